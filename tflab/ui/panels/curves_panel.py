"""Losses and metrics as curves: a drawing for each metric, its validation twin in the same one, or all in one.

Metrics by step and metrics by epoch have drawings of their own, each with its axis named; the cross-hair is shared by
all drawings over one axis. What is marked along the axis, and which kept runs lie beneath, the panel is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from tflab.messages import text
from tflab.ui.panels.curve_canvas import CurveCanvas
from tflab.ui.panels.curve_looks import CurveLooks

if TYPE_CHECKING:
    from tflab.ui.panels.curve_charts import Chart


class CurvesPanel(CurveCanvas):
    """Shows `Curves`, and does what its keys say."""

    DEFAULT_CSS = """
    CurvesPanel Input { dock: bottom; height: 1; border: none; padding: 0; background: $panel; display: none; }
    CurvesPanel Input:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_log", show=False),
        Binding("plus,equals_sign", "zoom(0.5)", show=False),
        Binding("minus", "zoom(2.0)", show=False),
        Binding("0,a", "fit", show=False),
        Binding("left", "move_cursor(-1)", show=False),
        Binding("right", "move_cursor(1)", show=False),
        Binding("shift+left", "pan(-0.25)", show=False),
        Binding("shift+right", "pan(0.25)", show=False),
        Binding("up", "choose(-1)", show=False),
        Binding("down", "choose(1)", show=False),
        Binding("space", "switch('alone')", show=False),
        Binding("g", "switch('ghosts')", show=False),
        Binding("e", "switch('everything')", show=False),
        Binding("o", "switch('overlaid')", show=False),
        Binding("s", "smooth", show=False),
        Binding("x", "next_axis", show=False),
        Binding("slash", "filter", show=False),
        Binding("r", "runs", show=False),
        Binding("w", "write", show=False),
        Binding("enter", "pick", show=False),
        Binding("escape", "live", show=False),
    ]

    class RunsWanted(Message):
        """Kept runs are to be chosen."""

    class WriteWanted(Message):
        """The drawings in sight are to be written to a file."""

        def __init__(self, charts: Sequence[Chart], looks: CurveLooks, path: str) -> None:
            super().__init__()
            self.charts = charts
            self.looks = looks
            self.path = path

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._asks_for_path = False

    def compose(self) -> ComposeResult:
        """A line to type in, out of sight until something is asked."""
        yield Input()

    # --- keys ---------------------------------------------------------------------------------------------------

    def action_toggle_log(self) -> None:
        """Logarithmic or linear."""
        chart = self._chosen()
        if chart is not None:
            view = self._looks.view(chart.group, chart.axis)
            self._looks.views[chart.group, chart.axis] = view.with_log(not view.log)
            self._changed()

    def action_zoom(self, factor: float) -> None:
        """Less or more in sight, around the cross-hair."""
        self.change_view("zoomed", factor, self._looks.cursor[1] if self._looks.cursor else None)

    def action_pan(self, fraction: float) -> None:
        """Earlier or later."""
        self.change_view("panned", fraction)

    def action_fit(self) -> None:
        """All of the curve."""
        chart = self._chosen()
        if chart is not None:
            self._looks.views[chart.group, chart.axis] = self._looks.view(chart.group, chart.axis).fitted()
            self._changed()

    def action_choose(self, by: int) -> None:
        """The next or previous drawing takes the keys."""
        count = len(self.charts())
        if count:
            self._looks.chosen = (self._looks.chosen + by) % count
            self._changed()

    def action_switch(self, name: str) -> None:
        """Alone, ghosts, everything or overlaid, or not: see `CurveLooks`."""
        setattr(self._looks, name, not getattr(self._looks, name))
        if name in ("everything", "overlaid"):
            self._looks.chosen = 0
        self._changed()

    def action_smooth(self) -> None:
        """Means over more of the values, and from the most back to none."""
        self._looks.next_smoothing()
        self._changed()

    def action_next_axis(self) -> None:
        """Steps, time, epochs where there are any."""
        self._looks.next_axis(any(curve.key.scope == "epoch" for curve in self._curves))
        self._changed()

    def action_runs(self) -> None:
        """Kept runs are chosen elsewhere."""
        self.post_message(self.RunsWanted())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the lab's where there is nothing to leave."""
        return action != "live" or self._looks.picked or self._looks.cursor is not None or bool(self._looks.pattern)

    def action_live(self) -> None:
        """Back to the latest step; then all metrics again."""
        if self._looks.picked or self._looks.cursor is not None:
            self.release()
            self.post_message(self.StepPicked(None))
        else:
            self._looks.pattern = ""
            self._changed()

    def action_move_cursor(self, by: int) -> None:
        """The cross-hair to the left or right."""
        self.move_cursor(by)

    def action_pick(self) -> None:
        """The moment under the cross-hair is shown in the other panels too."""
        self.pick()

    # --- asking -------------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Asks which metrics to show."""
        self._ask(self._looks.pattern, text("ui.curves.filter"), for_path=False)

    def action_write(self) -> None:
        """Asks where to write the drawings to."""
        if self.charts():
            self._ask("curves.svg", text("ui.curves.write"), for_path=True)

    def _ask(self, value: str, placeholder: str, *, for_path: bool) -> None:
        self._asks_for_path = for_path
        line = self.query_one(Input)
        line.placeholder = placeholder
        line.value = value
        line.display = self._asking = True
        line.focus()
        self._changed()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if not self._asks_for_path and self._asking:
            self._looks.pattern = event.value
            self._changed()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._asks_for_path and event.value.strip():
            self.post_message(self.WriteWanted(self.charts(), self._looks, event.value.strip()))
        self._answered()

    def on_key(self, event: events.Key) -> None:
        """Escape leaves the line as it was asked."""
        if event.key == "escape" and self._asking:
            event.stop()
            event.prevent_default()
            if not self._asks_for_path:
                self._looks.pattern = ""
            self._answered()

    def _answered(self) -> None:
        self.query_one(Input).display = self._asking = False
        self.focus()
        self._changed()

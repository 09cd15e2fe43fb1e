"""Losses and metrics as curves: a drawing for each metric, its validation twin in the same one.

Metrics by step and metrics by epoch have drawings of their own, each with its axis named; the cross-hair is shared by
all drawings over one axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tflab.messages import text
from tflab.protocol.events import MetricScope
from tflab.state.clock import Moment
from tflab.state.curves import Curve, Curves, GroupKey
from tflab.ui.panels.empty import empty_page
from tflab.ui.widgets.curve_view import CurveView
from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row

if TYPE_CHECKING:
    from tflab.ui.panels.curve_grid import Placed


class CurvesPanel(Widget, can_focus=True):
    """Shows `Curves`."""

    DEFAULT_CSS = """
    CurvesPanel { height: 1fr; width: 1fr; }
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
        Binding("space", "toggle_alone", show=False),
        Binding("g", "toggle_ghosts", show=False),
        Binding("e", "toggle_everything", show=False),
        Binding("enter", "pick", show=False),
        Binding("escape", "live", show=False),
    ]

    class StepPicked(Message):
        """A step was picked on a curve; None goes back to the latest."""

        def __init__(self, moment: Moment | None) -> None:
            super().__init__()
            self.moment = moment

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._curves = Curves()
        self._disabled: str | None = None
        self._views: dict[GroupKey, CurveView] = {}
        self._chosen = 0
        self._alone = False
        self._ghosts = True
        self._everything = False
        self._cursor: tuple[MetricScope, float] | None = None
        self._picked = False
        self._rows: list[Row] | None = None
        self._drawings: list[Placed] = []
        self._drag: float | None = None
        self._dragged = False

    def show_curves(self, curves: Curves, disabled: str | None) -> None:
        """Shows these; ``disabled`` is why there can be none."""
        if curves is not self._curves:
            self._cursor = None
        self._curves = curves
        self._disabled = disabled
        self._changed()

    def _changed(self) -> None:
        self._rows = None
        self.refresh()

    # --- drawing ------------------------------------------------------------------------------------------------

    def render(self) -> RenderResult:
        """Not used: rows are drawn one by one."""
        return ""

    def render_line(self, y: int) -> Strip:
        """Row ``y`` of the panel."""
        if self._rows is None:
            self._rows = self._draw(self.size.width, self.size.height)
        row = self._rows[y] if y < len(self._rows) else []
        return palette_of(self.app).strip(row, self.size.width, self.rich_style)

    def on_resize(self) -> None:
        """Drawn anew."""
        self._changed()

    def _draw(self, width: int, height: int) -> list[Row]:
        self._drawings = []
        groups = self._curves.groups(self._everything)
        if not groups:
            return empty_page(text("ui.curves.empty"), text("ui.curves.hint"), width, self._disabled).rows
        if width < 16 or height < 4:
            return []
        # NumPy comes with the first drawing.
        from tflab.ui.panels.curve_grid import GridLook, draw_grid

        self._chosen = min(self._chosen, len(groups) - 1)
        look = GridLook(
            views=self._views,
            cursor=self._cursor,
            chosen=self._chosen,
            alone=self._alone,
            ghosts=self._ghosts,
            focused=self.has_focus,
        )
        rows, self._drawings = draw_grid(groups, look, width, height)
        return rows

    # --- keys ---------------------------------------------------------------------------------------------------

    def _group(self) -> tuple[GroupKey, list[Curve]] | None:
        groups = list(self._curves.groups(self._everything).items())
        return groups[min(self._chosen, len(groups) - 1)] if groups else None

    def _change_view(self, change: str, *arguments: float | None) -> None:
        chosen = self._group()
        if chosen is None:
            return
        group, curves = chosen
        first = min(curve.series.first_step for curve in curves)
        last = max(curve.series.last_step for curve in curves)
        view = self._views.get(group, CurveView())
        self._views[group] = getattr(view, change)(*arguments, first, last)
        self._changed()

    def action_toggle_log(self) -> None:
        """Logarithmic or linear."""
        chosen = self._group()
        if chosen is not None:
            view = self._views.get(chosen[0], CurveView())
            self._views[chosen[0]] = CurveView(view.start, view.stop, not view.log)
            self._changed()

    def action_zoom(self, factor: float) -> None:
        """Fewer or more steps in sight, around the cross-hair."""
        self._change_view("zoomed", factor, self._cursor[1] if self._cursor else None)

    def action_pan(self, fraction: float) -> None:
        """Earlier or later steps."""
        self._change_view("panned", fraction)

    def action_fit(self) -> None:
        """All steps."""
        chosen = self._group()
        if chosen is not None:
            self._views[chosen[0]] = self._views.get(chosen[0], CurveView()).fitted()
            self._changed()

    def action_choose(self, by: int) -> None:
        """The next or previous drawing takes the keys."""
        count = len(self._curves.groups(self._everything))
        if count:
            self._chosen = (self._chosen + by) % count
            self._changed()

    def action_toggle_alone(self) -> None:
        """One drawing, or all."""
        self._alone = not self._alone
        self._changed()

    def action_toggle_ghosts(self) -> None:
        """The runs before, or not."""
        self._ghosts = not self._ghosts
        self._changed()

    def action_toggle_everything(self) -> None:
        """The curves of all steps that have run, or of the latest only."""
        self._everything = not self._everything
        self._chosen = 0
        self._changed()

    def action_move_cursor(self, by: int) -> None:
        """Moves the cross-hair by the width of a cell, at least one step; the first time it appears at the end."""
        chosen = self._group()
        if chosen is None:
            return
        group, curves = chosen
        scope = group.scope
        drawing = next((placed.drawing for placed in self._drawings if placed.group == group), None)
        if drawing is None:
            return
        last = max(curve.series.last_step for curve in curves)
        if self._cursor is None or self._cursor[0] != scope:
            at = min(float(last), drawing.stop)
        else:
            cell = (drawing.stop - drawing.start) / max(1, drawing.width - drawing.gutter)
            at = self._cursor[1] + by * max(1.0, cell)
        found = curves[0].series.at(min(max(at, drawing.start), drawing.stop))
        self._cursor = (scope, float(found[0]) if found else at)
        self._changed()
        if self._picked:
            self._post_pick()

    def action_pick(self) -> None:
        """The step under the cross-hair is shown in the other panels too."""
        if self._cursor is None:
            self.action_move_cursor(0)
        self._picked = True
        self._post_pick()

    def action_live(self) -> None:
        """Back to the latest step."""
        self.release()
        self.post_message(self.StepPicked(None))

    def release(self) -> None:
        """Takes the cross-hair away."""
        self._cursor = None
        self._picked = False
        self._changed()

    def _post_pick(self) -> None:
        chosen = self._group()
        if self._cursor is not None and chosen is not None and chosen[0].scope == self._cursor[0]:
            curve = chosen[1][0]
            found = curve.series.at(self._cursor[1])
            if found is not None:
                self.post_message(self.StepPicked(curve.moment(found[0])))

    # --- mouse --------------------------------------------------------------------------------------------------

    def _locate(self, x: float, y: float) -> tuple[GroupKey, float] | None:
        """Group and step under a cell."""
        for placed in self._drawings:
            drawing = placed.drawing
            if 0 <= x - placed.left < drawing.width and 0 <= y - placed.top < len(drawing.rows):
                step = drawing.step_at(x - placed.left)
                return None if step is None else (placed.group, step)
        return None

    def _choose_group(self, group: GroupKey) -> None:
        keys = list(self._curves.groups(self._everything))
        if group in keys:
            self._chosen = keys.index(group)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The cross-hair follows the mouse; with the button down the curve does."""
        found = self._locate(event.x, event.y)
        if found is None:
            return
        group, step = found
        if self._drag is not None and event.delta_x:
            self._choose_group(group)
            width = next(placed.drawing.width for placed in self._drawings if placed.group == group)
            self._dragged = True
            self.action_pan(-event.delta_x / max(1, width))
        if not self._picked:
            self._cursor = (group.scope, step)
            self._changed()

    def on_leave(self, event: events.Leave) -> None:
        """The mouse's cross-hair goes; a picked step stays."""
        if not self._picked and self._cursor is not None:
            self._cursor = None
            self._changed()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """May become a drag."""
        self._drag = event.x
        self._dragged = False
        self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """A click picks the step."""
        self.release_mouse()
        self._drag = None
        found = None if self._dragged else self._locate(event.x, event.y)
        if found is not None:
            self._choose_group(found[0])
            self._cursor = (found[0].scope, found[1])
            self.action_pick()
            self._changed()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Closer."""
        self._wheel(event, 0.8)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Further away."""
        self._wheel(event, 1.25)

    def _wheel(self, event: events.MouseEvent, factor: float) -> None:
        event.stop()
        found = self._locate(event.x, event.y)
        if found is not None:
            self._choose_group(found[0])
            self._change_view("zoomed", factor, found[1])

    def on_focus(self) -> None:
        """Shows which drawing has the keys."""
        self._changed()

    def on_blur(self) -> None:
        """As above."""
        self._changed()

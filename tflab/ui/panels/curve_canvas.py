"""Drawings of curves with a cross-hair, moved by mouse; `tflab.ui.panels.curves_panel` has the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tflab.messages import text
from tflab.state.clock import Moment
from tflab.state.curves import Curves
from tflab.ui.compared_runs import ComparedRun
from tflab.ui.panels.curve_looks import CurveLooks
from tflab.ui.panels.empty import empty_page
from tflab.ui.widgets.curve_marks import Mark
from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row, fit

if TYPE_CHECKING:
    from tflab.ui.panels.curve_charts import Chart
    from tflab.ui.panels.curve_grid import Placed


class CurveCanvas(Widget, can_focus=True):
    """Shows `Curves`."""

    DEFAULT_CSS = """
    CurveCanvas { height: 1fr; width: 1fr; }
    """

    class StepPicked(Message):
        """A step was picked on a curve; None goes back to the latest."""

        def __init__(self, moment: Moment | None) -> None:
            super().__init__()
            self.moment = moment

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._curves = Curves()
        self._marks: Sequence[Mark] = ()
        self._compared: Sequence[ComparedRun] = ()
        self._beneath: Sequence[ComparedRun] = ()
        self._disabled: str | None = None
        self._looks = CurveLooks()
        self._charts: list[Chart] | None = None
        self._rows: list[Row] | None = None
        self._drawings: list[Placed] = []
        self._drag: float | None = None
        self._dragged = False
        self._asking = False
        """Whether the last row is a line to type in."""

    def show_curves(self, curves: Curves, marks: Sequence[Mark], disabled: str | None) -> None:
        """Shows these, with what happened beside; ``disabled`` is why there can be none."""
        if curves is not self._curves:
            self._looks.cursor = None
        self._curves, self._marks, self._disabled = curves, marks, disabled
        self._changed()

    def compare(self, runs: Sequence[ComparedRun]) -> None:
        """Draws these kept runs beneath from now on."""
        self._compared = runs
        self._looks.ghosts = True
        self._changed()

    def lay_beneath(self, runs: Sequence[ComparedRun]) -> None:
        """Draws these, which go on beside, beneath from now on."""
        self._beneath = runs
        self._changed()

    def _changed(self) -> None:
        self._rows = self._charts = None
        self.refresh()

    # --- drawing ------------------------------------------------------------------------------------------------

    def render(self) -> RenderResult:
        """Not used: rows are drawn one by one."""
        return ""

    def render_line(self, y: int) -> Strip:
        """Row ``y`` of the panel."""
        if self._rows is None:
            self._rows = self._draw(self.size.width, self.size.height - self._asking)
        row = self._rows[y] if y < len(self._rows) else []
        return palette_of(self.app).strip(row, self.size.width, self.rich_style)

    def on_resize(self) -> None:
        """Drawn anew."""
        self._changed()

    def charts(self) -> list[Chart]:
        """The drawings that there are now."""
        if self._charts is None:
            if not len(self._curves):
                return []
            # NumPy comes with the first drawing.
            from tflab.ui.panels.curve_charts import charts

            self._charts = charts(self._curves, self._looks, [*self._beneath, *self._compared], self._marks)
            self._looks.chosen = max(0, min(self._looks.chosen, len(self._charts) - 1))
        return self._charts

    def _draw(self, width: int, height: int) -> list[Row]:
        self._drawings = []
        if not len(self._curves):
            return empty_page(text("ui.curves.empty"), text("ui.curves.hint"), width, self._disabled).rows
        charts = self.charts()
        if not charts:
            return [fit([(text("ui.curves.none_match", pattern=self._looks.pattern), "muted")], width)]
        if width < 16 or height < 4:
            return []
        from tflab.ui.panels.curve_grid import draw_grid

        rows, self._drawings = draw_grid(charts, self._looks, width, height, focused=self.has_focus)
        return rows

    def _chosen(self) -> Chart | None:
        charts = self.charts()
        return charts[self._looks.chosen] if charts else None

    # --- what is in sight --------------------------------------------------------------------------------------

    def change_view(self, change: str, *arguments: float | None) -> None:
        chart = self._chosen()
        if chart is None:
            return
        from tflab.ui.widgets.curve_drawing import ends

        first, last = ends(chart.lines, chart.axis)
        view = self._looks.view(chart.group, chart.axis)
        closest = ((last - first) / 1e6,) if change == "zoomed" and chart.axis == "time" else ()
        self._looks.views[chart.group, chart.axis] = getattr(view, change)(*arguments, first, last, *closest)
        self._changed()

    # --- the cross-hair ----------------------------------------------------------------------------------------

    def move_cursor(self, by: int) -> None:
        """Moves the cross-hair by the width of a cell, at least one step; the first time it appears at the end."""
        chart = self._chosen()
        if chart is None:
            return
        drawing = next((placed.drawing for placed in self._drawings if placed.chart.group == chart.group), None)
        if drawing is None or drawing.axis != chart.axis:
            return
        from tflab.ui.widgets.curve_axis import first_and_last

        axis = chart.axis
        cell = (drawing.stop - drawing.start) / max(1, drawing.width - drawing.gutter)
        if self._looks.cursor is None or self._looks.cursor[0] != axis:
            at = min(first_and_last(axis, chart.lines[0].track)[1], drawing.stop)
        else:
            at = self._looks.cursor[1] + by * (cell if axis == "time" else max(1.0, cell))
        at = min(max(at, drawing.start), drawing.stop)
        if axis == chart.lines[0].track.scope and (found := chart.lines[0].track.series.at(at)) is not None:
            at = float(found[0])
        self._looks.cursor = (axis, at)
        self._changed()
        if self._looks.picked:
            self._post_pick()

    def pick(self) -> None:
        """The moment under the cross-hair is shown in the other panels too."""
        if self._looks.cursor is None:
            self.move_cursor(0)
        self._looks.picked = True
        self._post_pick()

    def release(self) -> None:
        """Takes the cross-hair away."""
        self._looks.cursor = None
        self._looks.picked = False
        self._changed()

    def _post_pick(self) -> None:
        chart, cursor = self._chosen(), self._looks.cursor
        if cursor is None or chart is None or chart.axis != cursor[0]:
            return
        from tflab.ui.widgets.curve_legend import value_at

        found = value_at(chart.lines[0].track, chart.axis, cursor[1])
        if found is not None:
            self.post_message(self.StepPicked(chart.curves[0].moment(found[0])))

    # --- mouse --------------------------------------------------------------------------------------------------

    def _locate(self, x: float, y: float) -> tuple[Placed, float] | None:
        """Drawing and place of its axis under a cell."""
        for placed in self._drawings:
            drawing = placed.drawing
            if 0 <= x - placed.left < drawing.width and 0 <= y - placed.top < len(drawing.rows):
                place = drawing.place_at(x - placed.left)
                return None if place is None else (placed, place)
        return None

    def _choose(self, placed: Placed) -> None:
        for index, chart in enumerate(self.charts()):
            if chart.group == placed.chart.group:
                self._looks.chosen = index

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The cross-hair follows the mouse; with the button down the curve does."""
        found = self._locate(event.x, event.y)
        if found is None:
            return
        placed, place = found
        if self._drag is not None and event.delta_x:
            self._choose(placed)
            self._dragged = True
            self.change_view("panned", -event.delta_x / max(1, placed.drawing.width))
        if not self._looks.picked:
            self._looks.cursor = (placed.drawing.axis, place)
            self._changed()

    def on_leave(self, event: events.Leave) -> None:
        """The mouse's cross-hair goes; a picked step stays."""
        if not self._looks.picked and self._looks.cursor is not None:
            self._looks.cursor = None
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
            self._choose(found[0])
            self._looks.cursor = (found[0].drawing.axis, found[1])
            self.pick()
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
            self._choose(found[0])
            self.change_view("zoomed", factor, found[1])

    def on_focus(self) -> None:
        """Shows which drawing has the keys."""
        self._changed()

    def on_blur(self) -> None:
        """As above."""
        self._changed()

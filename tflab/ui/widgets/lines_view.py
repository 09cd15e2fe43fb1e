"""Lines that scroll, of which only those in sight are ever made.

The view's own size never depends on how many lines there are, so new lines cost a repaint of this widget and no layout
of the screen. Long lines are wrapped where they are drawn. A view either stays at its top or follows its end until
someone scrolls away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row, fit, text_of


class LineSource(Protocol):
    """What a view shows."""

    def __len__(self) -> int:
        """How many lines there are."""

    def rows(self, index: int, width: int, /) -> list[Row]:
        """Line ``index``, at most ``width`` cells wide: one row, or more where it is wrapped."""


class Rows:
    """A source of rows that are made already."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, index: int, width: int, /) -> list[Row]:
        """One row as it is."""
        return [self._rows[index]]


@dataclass(frozen=True)
class Page:
    """Rows made for one width, below a heading that does not scroll."""

    heading: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def fitted(self, width: int) -> Page:
        """With every row in at most ``width`` cells."""
        return Page([fit(row, width) for row in self.heading], [fit(row, width) for row in self.rows])


class LinesView(Widget, can_focus=True):
    """Shows a `LineSource`, or a `Page` that is made anew for each width."""

    DEFAULT_CSS = """
    LinesView { height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_lines(-1)", show=False),
        Binding("down", "scroll_lines(1)", show=False),
        Binding("pageup", "scroll_page(-1)", show=False),
        Binding("pagedown", "scroll_page(1)", show=False),
        Binding("home", "scroll_start", show=False),
        Binding("end", "scroll_finish", show=False),
    ]

    class LineClicked(Message):
        """A line was clicked."""

        def __init__(self, view: LinesView, index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> LinesView:
            """The view."""
            return self.view

    def __init__(self, *, follow: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: LineSource = Rows([])
        self._header: list[Row] = []
        self._make: Callable[[int], Page] | None = None
        self._made_for = -1
        self._follows = follow
        self._following = follow
        self._top = 0
        self._shown: list[tuple[int, Row]] | None = None
        self._bar = range(0)
        """Rows that the scroll bar's handle takes; none where all lines are in sight."""
        self._dragging = False

    # --- what is shown ------------------------------------------------------------------------------------------

    def show(self, source: LineSource) -> None:
        """Shows ``source`` from now on; also to be called when it has changed."""
        self._source = source
        self._header = []
        self._make = None
        self._changed()

    def show_page(self, make: Callable[[int], Page]) -> None:
        """Shows what ``make`` gives for the width in cells; it is asked again when the width changes."""
        self._make = make
        self._made_for = -1
        self._changed()

    def go_to_line(self, index: int) -> None:
        """Puts line ``index`` at the top, as far as there is enough below it."""
        self._visible()
        self._top = max(0, min(index, self._last_top()))
        self._following = self._follows and self._top >= self._last_top()
        self._changed()

    def follow(self) -> None:
        """Shows the end, and what is added there."""
        self._following = self._follows
        self._changed()

    @property
    def following(self) -> bool:
        """Whether the end is in sight and stays so."""
        return self._following

    @property
    def text_width(self) -> int:
        """Cells that a line has; the last column is the scroll bar's."""
        return max(1, self.size.width - 1)

    @property
    def _height(self) -> int:
        return max(0, self.size.height - len(self._header))

    def redraw(self) -> None:
        """Draws everything anew; to be called when the same lines look different."""
        self._changed()

    def came_in_sight(self, rows: list[tuple[int, Row]], /) -> None:
        """Told of the rows in sight, each with the index of its line, before they are drawn."""

    def _changed(self) -> None:
        self._shown = None
        self.refresh()

    def _last_top(self) -> int:
        """The first line of the last screenful."""
        width, left = self.text_width, self._height
        index = len(self._source)
        while index > 0:
            left -= len(self._source.rows(index - 1, width))
            if left < 0:
                break
            index -= 1
        return min(index, max(0, len(self._source) - 1))

    def _visible(self) -> list[tuple[int, Row]]:
        """The rows in sight, each with the index of its line."""
        if self._make is not None and self._made_for != self.text_width:
            self._made_for = self.text_width
            page = self._make(self.text_width)
            self._source, self._header = Rows(page.rows), page.heading
            self._shown = None
        if self._shown is not None:
            return self._shown
        width, height = self.text_width, self._height
        count = len(self._source)
        shown: list[tuple[int, Row]] = []
        if self._following:
            index = count
            while index > 0 and len(shown) < height:
                index -= 1
                shown[:0] = [(index, row) for row in self._source.rows(index, width)]
            shown = shown[max(0, len(shown) - height) :]
            self._top = shown[0][0] if shown else 0
        else:
            self._top = max(0, min(self._top, count - 1))
            index = self._top
            while index < count and len(shown) < height:
                shown += [(index, row) for row in self._source.rows(index, width)]
                index += 1
            del shown[height:]
        self._shown = shown
        self._bar = self._handle(shown)
        self.came_in_sight(shown)
        return shown

    # --- drawing ------------------------------------------------------------------------------------------------

    def render(self) -> RenderResult:
        """Not used: lines are drawn one by one."""
        return ""

    def render_line(self, y: int) -> Strip:
        """Row ``y`` of the widget."""
        palette = palette_of(self.app)
        base = self.rich_style
        visible = self._visible()
        if y < len(self._header):
            return palette.strip(self._header[y], self.size.width, base)
        y -= len(self._header)
        row = visible[y][1] if y < len(visible) else []
        strip = palette.strip(row, self.text_width, base)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(y)) is not None:
            start, end = span[0], self.text_width if span[1] == -1 else max(span)
            style = self.screen.get_component_rich_style("screen--selection")
            strip = Strip.join([strip.crop(0, start), strip.crop(start, end).apply_style(style), strip.crop(end)])
        mark = self._scroll_mark(y)
        return Strip.join([strip.apply_offsets(0, y), palette.strip([mark], 1, base)])

    def _scroll_mark(self, y: int) -> tuple[str, str]:
        if not self._bar:
            return (" ", "")
        return ("┃", "muted") if y in self._bar else ("│", "faint")

    def _handle(self, visible: list[tuple[int, Row]]) -> range:
        """Where the scroll bar's handle is while ``visible`` is in sight."""
        count, height = len(self._source), self._height
        if not visible or not count or (visible[0][0] == 0 and visible[-1][0] == count - 1):
            return range(0)
        length = max(1, round(height * (visible[-1][0] - visible[0][0] + 1) / count))
        first = round((height - length) * visible[0][0] / max(1, self._last_top()))
        return range(first, first + length)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, of the rows in sight."""
        return selection.extract("\n".join(text_of(row) for _, row in self._visible())), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """The selection was drawn larger or is gone."""
        self.refresh(Region(0, 0, *self.size))

    # --- moving -------------------------------------------------------------------------------------------------

    def action_scroll_lines(self, lines: int) -> None:
        """Up (negative) or down."""
        self.go_to_line(self._top + lines)

    def action_scroll_page(self, pages: int) -> None:
        """A screenful up or down."""
        self.action_scroll_lines(pages * max(1, self._height - 1))

    def action_scroll_start(self) -> None:
        """To the first line."""
        self.go_to_line(0)

    def action_scroll_finish(self) -> None:
        """To the end."""
        self.go_to_line(len(self._source))

    def on_resize(self) -> None:
        """Lines are wrapped anew."""
        self._changed()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three lines a notch."""
        event.stop()
        self.action_scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three lines a notch."""
        event.stop()
        self.action_scroll_lines(-3)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """On the scroll bar: go there, and follow the mouse."""
        if event.x == self.size.width - 1:
            event.stop()
            self._dragging = True
            self.capture_mouse()
            self._scroll_by_bar(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """While the scroll bar is dragged."""
        if self._dragging:
            self._scroll_by_bar(event.y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The scroll bar is let go."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _scroll_by_bar(self, y: int) -> None:
        fraction = (y - len(self._header)) / max(1, self._height - 1)
        self.go_to_line(round(min(1.0, max(0.0, fraction)) * self._last_top()))

    def on_click(self, event: events.Click) -> None:
        """Says which line was clicked."""
        y = event.y - len(self._header)
        visible = self._visible()
        if event.x < self.text_width and 0 <= y < len(visible):
            self.post_message(self.LineClicked(self, visible[y][0]))

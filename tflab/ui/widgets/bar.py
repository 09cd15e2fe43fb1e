"""One row of text with parts that can be clicked."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row, spread, width_of


@dataclass(frozen=True)
class Part:
    """A piece of a bar."""

    row: Row
    name: str = ""
    """What `Bar.Pressed` says when it is clicked; empty where a click does nothing."""


class Bar(Widget):
    """Shows parts from the left and from the right; where there is too little room the left ones give way."""

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; }
    """

    class Pressed(Message):
        """A part was clicked."""

        def __init__(self, bar: Bar, name: str) -> None:
            super().__init__()
            self.bar = bar
            self.name = name

        @property
        def control(self) -> Bar:
            """The bar."""
            return self.bar

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: tuple[Part, ...] = ()
        self._right: tuple[Part, ...] = ()

    def show(self, left: list[Part], right: list[Part] | None = None) -> None:
        """Shows these parts; repaints only where they differ from those shown."""
        parts = (tuple(left), tuple(right or ()))
        if parts != (self._left, self._right):
            self._left, self._right = parts
            self.refresh()

    def render(self) -> RenderResult:
        """Not used: the row is drawn by `render_line`."""
        return ""

    def render_line(self, y: int) -> Strip:
        """The one row."""
        left = [span for part in self._left for span in part.row]
        right = [span for part in self._right for span in part.row]
        width = self.size.width
        row = spread(left, right, width) if y == 0 else []
        return palette_of(self.app).strip(row, width, self.rich_style)

    def _part_at(self, x: int) -> str:
        at = 0
        for part in self._left:
            at += width_of(part.row)
            if x < at:
                return part.name
        at = self.size.width - sum(width_of(part.row) for part in self._right)
        for part in self._right:
            at += width_of(part.row)
            if x < at:
                return part.name if x >= at - width_of(part.row) else ""
        return ""

    def on_click(self, event: events.Click) -> None:
        """Says which part was clicked."""
        name = self._part_at(event.x)
        if name:
            event.stop()
            self.post_message(self.Pressed(self, name))

"""Names that could stand at the cursor, in a list beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual import events
from textual.app import RenderResult
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row, cut, pad

_MOST_ROWS: Final = 8
_MOST_CELLS: Final = 60


@dataclass(frozen=True)
class NameOffer:
    """What is to be shown at the cursor."""

    start: int
    names: Sequence[tuple[str, str]]
    first: bool
    """False where it adds to an offer of the same question."""
    final: bool
    """Whether no more names will follow."""


@dataclass(frozen=True)
class Offer:
    """What was offered for a word of a source."""

    start: int
    """Offset in the source at which the word begins."""
    names: tuple[tuple[str, str], ...]
    """Each name and what it is."""

    def fitting(self, source: str, position: int) -> list[tuple[str, str]]:
        """The names that begin as the word does up to ``position``; none where the cursor has left the word."""
        word = source[self.start : position]
        if position < self.start:
            return []
        exact = [name for name in self.names if name[0].startswith(word)]
        return exact or [name for name in self.names if name[0].lower().startswith(word.lower())]


class CompletionList(Widget):
    """Shows names; the editor has the keys."""

    DEFAULT_CSS = """
    CompletionList {
        display: none; overlay: screen; constrain: inside inside; background: $panel; width: auto; height: auto;
    }
    """

    class Clicked(Message):
        """A name was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._names: Sequence[tuple[str, str]] = ()
        self._chosen = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a list."""
        return bool(self._names)

    @property
    def chosen(self) -> str:
        """The name under the mark."""
        return self._names[self._chosen][0] if self._names else ""

    def show(self, names: Sequence[tuple[str, str]], at: Offset) -> None:
        """Shows ``names`` below the cell ``at`` of the screen, or above it where there is no room; hides for none."""
        self._names = names
        self._chosen = 0
        self.display = bool(names)
        if names:
            height = min(len(names), _MOST_ROWS)
            self.styles.width = min(_MOST_CELLS, max(len(name) + len(detail) for name, detail in names) + 4)
            self.styles.height = height
            below = at.y + 1 + height <= self.screen.size.height
            self.absolute_offset = Offset(at.x, at.y + 1 if below else at.y - height)
            self.refresh(layout=True)

    def move(self, by: int) -> None:
        """The mark goes down or up, around the ends."""
        if self._names:
            self._chosen = (self._chosen + by) % len(self._names)
            self.refresh()

    def choose(self, index: int) -> None:
        """The mark goes to a name."""
        self._chosen = index

    def _first(self) -> int:
        """The first name in sight."""
        return max(0, min(self._chosen - _MOST_ROWS // 2, len(self._names) - _MOST_ROWS))

    def render(self) -> RenderResult:
        """Not used: rows are drawn one by one."""
        return ""

    def render_line(self, y: int) -> Strip:
        """One name and what it is."""
        index = self._first() + y
        width = self.size.width
        row: Row = []
        if index < len(self._names):
            name, detail = self._names[index]
            marked = index == self._chosen
            room = max(0, width - len(name) - 4)
            row = [
                ("▸" if marked else " ", "accent"),
                (cut(name, width - 2), "strong" if marked else ""),
                ("  " + pad(cut(detail, room), room, "right"), "muted"),
            ]
        return palette_of(self.app).strip(row, width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Takes a name."""
        event.stop()
        index = self._first() + event.y
        if index < len(self._names):
            self.post_message(self.Clicked(index))

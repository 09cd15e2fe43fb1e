"""What a call takes, in one line above the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.app import RenderResult
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row, fit, width_of

_MOST_CELLS: Final = 90


@dataclass(frozen=True)
class CallShape:
    """A callable and its parameters."""

    name: str
    parameters: tuple[str, ...]
    """As they would be written: ``learning_rate=0.001``."""
    active: int | None = None
    """The parameter that the cursor is at; None where that is not known."""


def call_row(call: CallShape, width: int) -> Row:
    """The call in at most ``width`` cells; where it is too long the parameters before the active one give way."""
    first = 0
    while True:
        row: Row = [(call.name, "strong"), ("(", "muted")]
        if first:
            row.append(("…, ", "muted"))
        for index in range(first, len(call.parameters)):
            row.append((call.parameters[index], "accent" if index == call.active else ""))
            if index + 1 < len(call.parameters):
                row.append((", ", "muted"))
        row.append((")", "muted"))
        if call.active is None or first >= call.active:
            return fit(row, width)
        upto = 2 + bool(first) + 2 * (call.active - first) + 1
        if width_of(row[:upto]) <= width - 2:
            return fit(row, width)
        first += 1


class SignatureHint(Widget):
    """Shows a `CallShape` over the screen; the editor has the keys."""

    DEFAULT_CSS = """
    SignatureHint { display: none; overlay: screen; constrain: inside inside; background: $boost; height: 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._call: CallShape | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be seen."""
        return self._call is not None

    def show(self, call: CallShape | None, at: Offset, within: Region) -> None:
        """Shows ``call`` above the cell ``at`` of the screen, no wider than ``within``; hides for None."""
        self._call = call
        self.display = call is not None
        if call is not None:
            row = call_row(call, max(10, min(_MOST_CELLS, within.width - 2)))
            width = width_of(row) + 2
            self.styles.width = width
            x = max(within.x, min(at.x - len(call.name) - 2, within.right - width))
            self.absolute_offset = Offset(x, at.y - 1 if at.y > 1 else at.y + 1)
            self.refresh(layout=True)

    def render(self) -> RenderResult:
        """Not used: the row is drawn by `render_line`."""
        return ""

    def render_line(self, y: int) -> Strip:
        """The call, the active parameter brought out."""
        width = self.size.width
        row = [] if self._call is None else [(" ", ""), *call_row(self._call, width - 2)]
        return palette_of(self.app).strip(row, width, self.rich_style)

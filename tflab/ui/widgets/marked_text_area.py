"""A text area that marks lines: where a run failed, what a linter says, what a search has found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip

from tflab.ui.widgets.long_text_area import LongTextArea
from tflab.ui.widgets.marks import SYMBOLS, Mark, Severity

_COLOURS: Final[dict[Severity, str]] = {"failed": "error", "error": "error", "warning": "warning", "note": "primary"}


_CHOSEN: Final = Style(reverse=True, bold=True)
_FOUND_ON_DARK: Final = Style(bgcolor="#4d4020", underline=True)
_FOUND_ON_LIGHT: Final = Style(bgcolor="#ffe9a8", underline=True)


class MarkedTextArea(LongTextArea):
    """Marks come in layers, each replaced as a whole by whoever knows its marks."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self._layers: dict[str, tuple[Mark, ...]] = {}
        self._by_row: dict[int, list[Mark]] = {}
        self._found: re.Pattern[str] | None = None

    # --- marks --------------------------------------------------------------------------------------------------

    def show_marks(self, layer: str, marks: Sequence[Mark]) -> None:
        """Shows ``marks`` in place of those that ``layer`` had; rows that the text has not are left out."""
        kept = tuple(mark for mark in marks if 0 <= mark.row < self.document.line_count)
        if kept == self._layers.get(layer, ()):
            return
        self._layers[layer] = kept
        self._by_row = {}
        order = list(SYMBOLS)
        for mark in sorted(
            (mark for each in self._layers.values() for mark in each), key=lambda mark: order.index(mark.severity)
        ):
            self._by_row.setdefault(mark.row, []).append(mark)
        self._draw_anew()

    def marks_of(self, layer: str) -> tuple[Mark, ...]:
        """The marks of one layer."""
        return self._layers.get(layer, ())

    def marks_at(self, row: int) -> Sequence[Mark]:
        """The marks of a row, the worst first."""
        return self._by_row.get(row, ())

    def row_of_next_mark(self, backwards: bool = False) -> int | None:
        """The next row with a mark after that of the cursor, around the end; None where there is no mark."""
        rows = sorted(self._by_row, reverse=backwards)
        here = self.cursor_location[0]
        beyond = [row for row in rows if (row < here if backwards else row > here)]
        return next(iter(beyond or rows), None)

    def reveal(self, row: int) -> None:
        """Scrolls so that a row can be seen, the last for one beyond it; the cursor stays where it is."""
        # The text may have become shorter since the row was meant.
        row = max(0, min(row, self.document.line_count - 1))
        y = self.wrapped_document.location_to_offset((row, 0)).y
        self.scroll_to_region(Region(0, y, 1, 1), animate=False)

    def show_found(self, pattern: re.Pattern[str] | None) -> None:
        """Brings out what ``pattern`` matches; None for nothing."""
        if pattern != self._found:
            self._found = pattern
            self._draw_anew()

    # --- drawing ------------------------------------------------------------------------------------------------

    def _draw_anew(self) -> None:
        self._line_cache.clear()
        self.refresh()

    def get_line(self, line_index: int) -> Text:
        """The line, underlined where it is marked or something was found; the match that is selected is reversed."""
        line = super().get_line(line_index)
        for mark in self._by_row.get(line_index, ()):
            end = len(line) if mark.end_column is None else max(mark.end_column, mark.column + 1)
            line.stylize(Style(underline=True, bold=mark.severity == "failed"), mark.column, end)
        if self._found is not None:
            dark = self.app.current_theme.dark
            (row, start), (_, end) = min(self.selection), max(self.selection)
            for match in self._found.finditer(line.plain):
                chosen = line_index == row and match.span() == (start, end)
                line.stylize(_CHOSEN if chosen else _FOUND_ON_DARK if dark else _FOUND_ON_LIGHT, *match.span())
        return line

    def render_line(self, y: int) -> Strip:
        """Draws the symbol of a marked row in the gutter."""
        strip = super().render_line(y)
        lines = self.wrapped_document._offset_to_line_info
        at = y + self.scroll_offset[1]
        if not self._by_row or not 0 <= at < len(lines):
            return strip
        row, section = lines[at]
        marks = self._by_row.get(row)
        if not marks or section:
            return strip
        before, place, after = strip.divide([self.gutter_width - 2, self.gutter_width - 1, strip.cell_length])
        colour = self.app.theme_variables.get(_COLOURS[marks[0].severity], "red")
        ground = next((segment.style for segment in place if segment.style is not None), Style())
        symbol = Segment(SYMBOLS[marks[0].severity], ground + Style(color=colour, bold=True))
        return Strip.join([before, Strip([symbol]), after])

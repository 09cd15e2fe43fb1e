"""Textual's editor, made quick on long files.

At every key Textual colours the whole text anew and hands it to the parser line by line, which takes half a second
for ten thousand lines. Here only the rows around those in sight are coloured, others when they come into sight, and
the parser reads many lines at once.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from textual.document._syntax_aware_document import SyntaxAwareDocument
from textual.widgets import TextArea

_SHORT: Final = 120
"""Rows up to which a text is coloured as a whole."""
_AROUND: Final = 30
"""Rows above and below those in sight that are coloured with them."""
_READ_AT_ONCE: Final = 100
"""Lines that the parser gets in one piece."""


def _read(document: SyntaxAwareDocument, byte_offset: int, point: tuple[int, int]) -> bytes:
    """The text from ``point`` (row, and bytes into the row) on; empty at the end."""
    row, column = point
    lines = document.lines[row : row + _READ_AT_ONCE]
    end = document.newline if row + len(lines) < document.line_count else ""
    return (document.newline.join(lines) + end).encode("utf-8", "surrogateescape")[column:]


class LongTextArea(TextArea):
    """A text area whose cost of a key does not depend on the length of the text."""

    _coloured = range(0)
    """The rows that have their colours."""

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        if isinstance(self.document, SyntaxAwareDocument):
            self.document._read_callable = partial(_read, self.document)  # type: ignore[method-assign]

    def _build_highlight_map(self) -> None:
        if self.document.line_count <= _SHORT or not self._highlight_query:
            self._coloured = range(self.document.line_count)
            super()._build_highlight_map()
            return
        self._line_cache.clear()
        self._highlights.clear()
        seen = self._rows_in_sight()
        rows = self._coloured = range(max(0, seen.start - _AROUND), min(self.document.line_count, seen.stop + _AROUND))
        captures = self.document.query_syntax_tree(self._highlight_query, (rows.start, 0), (rows.stop, 0))
        for name, nodes in captures.items():
            for node in nodes:
                (first, begin), (last, end) = node.start_point, node.end_point
                for row in range(max(first, rows.start), min(last + 1, rows.stop)):
                    self._highlights[row].append((begin if row == first else 0, end if row == last else None, name))

    def _rows_in_sight(self) -> range:
        top = self.scroll_offset[1]
        lines = self.wrapped_document._offset_to_line_info
        if not lines:
            return range(_AROUND)
        first = lines[min(top, len(lines) - 1)][0]
        last = lines[min(top + max(1, self.size.height), len(lines) - 1)][0]
        return range(first, last + 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Colours what has come into sight."""
        super().watch_scroll_y(old_value, new_value)
        seen = self._rows_in_sight()
        if self.document.line_count > _SHORT and not (
            self._coloured.start <= seen.start and seen.stop <= self._coloured.stop
        ):
            self._build_highlight_map()
            self.refresh()

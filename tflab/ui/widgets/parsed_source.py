"""The text of an editor with its syntax tree, at a cost of a key that hardly depends on how long the text is.

Textual's document hands the parser one line at a time, encodes every line above an edit to find its byte, and compiles
the query that finds what to colour for every document anew. Here the parser reads many lines at once, lines are
encoded together, and the query is compiled once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.document._syntax_aware_document import SyntaxAwareDocument
from tree_sitter import Language, Query

if TYPE_CHECKING:
    from textual.document._document import Location

_READ_AT_ONCE: Final = 100
"""Lines that the parser gets in one piece."""


_compiled: dict[tuple[Language, str], Query] = {}


def is_compiled(language: Language, query: str) -> bool:
    """Whether a document's `ParsedSource.prepare_query` takes no time: compiling takes some 20 ms."""
    return (language, query) in _compiled


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class ParsedSource(SyntaxAwareDocument):
    """A text and its syntax tree."""

    def prepare_query(self, query: str) -> Query | None:
        """The query, compiled."""
        found = _compiled.get((self.language, query))
        if found is None:
            found = _compiled[self.language, query] = Query(self.language, query)
        return found

    def _read_callable(self, byte_offset: int, point: tuple[int, int]) -> bytes:
        """The text from ``point`` (row, and bytes into the row) on; empty at the end."""
        row, column = point
        lines = self.lines[row : row + _READ_AT_ONCE]
        end = self.newline if row + len(lines) < self.line_count else ""
        return _encoded(self.newline.join(lines) + end)[column:]

    def _location_to_byte_offset(self, location: Location) -> int:
        row, column = location
        above = _encoded(self.newline.join([*self.lines[:row], ""])) if row else b""
        return len(above) + (len(_encoded(self.lines[row][:column])) if row < self.line_count else 0)

"""The text of an editor with its syntax tree, at a cost of a key that hardly depends on how long the text is.

Textual's document hands the parser one line at a time, encodes every line above an edit to find its byte, has the
tree made anew at every key, and compiles the query that finds what to colour for every document. Here the parser reads
many lines at once, lines are encoded together, the tree of a long text is made when typing pauses (ten thousand
statements take it 20 ms, whatever has changed), and the query is compiled once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.document._document import Document
from textual.document._syntax_aware_document import SyntaxAwareDocument
from textual.document._wrapped_document import WrappedDocument
from tree_sitter import Language, Query

if TYPE_CHECKING:
    from textual.document._document import EditResult, Location

_READ_AT_ONCE: Final = 100
"""Lines that the parser gets in one piece."""


_PARSED_AT_ONCE: Final = 1000
"""Lines up to which the tree follows every edit at once."""

_compiled: dict[tuple[Language, str], Query] = {}


def is_compiled(language: Language, query: str) -> bool:
    """Whether a document's `ParsedSource.prepare_query` takes no time: compiling takes some 20 ms."""
    return (language, query) in _compiled


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class ParsedSource(SyntaxAwareDocument):
    """A text and its syntax tree."""

    def __init__(self, text: str, language: Language) -> None:
        self.is_behind = False
        """Whether the tree is not that of the text: its nodes are where they belong, but new text is not in it."""
        self._text: str | None = None
        super().__init__(text, language)

    @property
    def text(self) -> str:
        """All of it, put together once after each edit: Textual asks for every row that it draws."""
        if self._text is None:
            self._text = self.newline.join(self.lines)
        return self._text

    def prepare_query(self, query: str) -> Query | None:
        """The query, compiled."""
        found = _compiled.get((self.language, query))
        if found is None:
            found = _compiled[self.language, query] = Query(self.language, query)
        return found

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Puts ``text`` in place of what is there; the tree of a long text follows with `parse`."""
        top, bottom = sorted((start, end))
        first_byte, first_point = self._location_to_byte_offset(top), self._location_to_point(top)
        last_byte, last_point = self._location_to_byte_offset(bottom), self._location_to_point(bottom)
        result = Document.replace_range(self, start, end, text)
        self._text = None
        self._syntax_tree.edit(
            start_byte=first_byte,
            old_end_byte=last_byte,
            new_end_byte=self._location_to_byte_offset(result.end_location),
            start_point=first_point,
            old_end_point=last_point,
            new_end_point=self._location_to_point(result.end_location),
        )
        self.is_behind = True
        if self.line_count <= _PARSED_AT_ONCE:
            self.parse()
        return result

    def parse(self) -> None:
        """Brings the tree up to the text."""
        if self.is_behind:
            self.is_behind = False
            # All at once: for each piece that it asks for, the parser would have to wait for other threads.
            self._syntax_tree = self._parser.parse(_encoded(self.text), self._syntax_tree)

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


class WrappedSource(WrappedDocument):
    """A text in rows."""

    @property
    def height(self) -> int:
        """How many rows there are: counted once, where Textual counts them for every row that it draws."""
        return len(self._offset_to_line_info)

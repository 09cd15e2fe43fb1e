"""Textual's editor, made quick on long files.

At every key Textual colours the whole text anew, which takes half a second for ten thousand lines. Here only the rows
around those in sight are coloured, others when they come into sight.
"""

from __future__ import annotations

from typing import Final

from textual._tree_sitter import TREE_SITTER, get_language
from textual.document._document_navigator import DocumentNavigator
from textual.timer import Timer
from textual.widgets import TextArea

from tflab.ui.widgets.parsed_source import ParsedSource, WrappedSource, is_compiled

_SHORT: Final = 120
"""Rows up to which a text is coloured as a whole."""
_PAUSE: Final = 0.5
"""Seconds without a key after which a long text gets the colours of what was typed."""
_AROUND: Final = 30
"""Rows above and below those in sight that are coloured with them."""


class LongTextArea(TextArea):
    """A text area whose cost of a key does not depend on the length of the text."""

    _coloured = range(0)
    """The rows that have their colours."""
    _pause: Timer | None = None
    """Waits for the typing to pause."""

    def _set_document(self, text: str, language: str | None) -> None:
        grammar = get_language(language) if language and TREE_SITTER else None
        if language is None or grammar is None:
            super()._set_document(text, language)
            return
        document = ParsedSource(text, grammar)
        query = self._get_builtin_highlight_query(language)
        # The first text can be read before its colours are there.
        self._highlight_query = document.prepare_query(query) if is_compiled(grammar, query) else None
        self.document = document
        self.wrapped_document = WrappedSource(document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def on_resize(self) -> None:
        """Colours the text where that has waited for its first picture."""
        if self._highlight_query is None:
            self.call_after_refresh(self._prepare_colours)

    def _prepare_colours(self) -> None:
        if self._highlight_query is None and self.language and isinstance(self.document, ParsedSource):
            query = self._get_builtin_highlight_query(self.language)
            self._highlight_query = self.document.prepare_query(query)
            self._build_highlight_map()
            self.refresh()

    def _watch_language(self, language: str | None) -> None:
        # Textual makes the document of a new editor twice, for its text and for its language.
        if not (isinstance(self.document, ParsedSource) and self.document.language == get_language(language or "")):
            super()._watch_language(language)

    def _catch_up(self) -> None:
        if isinstance(self.document, ParsedSource) and self.document.is_behind:
            self.document.parse()
            self._build_highlight_map()
            self.refresh()

    def _build_highlight_map(self) -> None:
        if isinstance(self.document, ParsedSource) and self.document.is_behind:
            if self._pause is not None:
                self._pause.stop()
            self._pause = self.set_timer(_PAUSE, self._catch_up)
        if self.document.line_count <= _SHORT or not self._highlight_query:
            self._coloured = range(self.document.line_count)
            super()._build_highlight_map()
            return
        self._line_cache.clear()
        self._highlights.clear()
        seen = self._rows_in_sight()
        rows = self._coloured = range(max(0, seen.start - _AROUND), min(self.document.line_count, seen.stop + _AROUND))
        assert isinstance(self.document, ParsedSource)
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

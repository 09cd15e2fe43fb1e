"""Finding in the editor in sight, as the bar below it asks."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets.text_area import Selection

from tflab.ui.widgets.code_editor import CodeEditor
from tflab.ui.widgets.find_bar import FindBar, Purpose
from tflab.ui.widgets.text_search import Found, Query, matches, nearest, replaced


class CodeSearch:
    """A query, where it matches, and the match that is selected."""

    def __init__(self, bar: FindBar) -> None:
        self._bar = bar
        self._editor: CodeEditor | None = None
        self._query: Query | None = None
        self._found: Sequence[Found] = ()
        self._began = (0, 0)
        """Where the cursor was when the search began: what is typed is looked for from there."""

    def follow(self, editor: CodeEditor) -> None:
        """Another editor is in sight."""
        if editor is not self._editor:
            if self._editor is not None:
                self._editor.show_found(None)
            self._editor = editor
            self._began = editor.cursor_location
            if self._bar.is_open:
                self._look()

    def open(self, purpose: Purpose) -> None:
        """Begins at the cursor, with the selected text where it is within a line."""
        if self._editor is None:
            return
        self._began = min(self._editor.selection)
        selected = self._editor.selected_text
        self._bar.open(purpose, selected if "\n" not in selected else "")

    def close(self) -> None:
        """Leaves the cursor at what was found."""
        self._bar.close()
        self._query = None
        self._found = ()
        if self._editor is not None:
            self._editor.show_found(None)

    def typed(self, written: str) -> None:
        """Goes to the first match from where the search began."""
        if self._bar.purpose == "line":
            self._query = None
            self._bar.show_count(None, self._editor.document.line_count if self._editor is not None else 0)
            return
        self._query = Query.parse(written)
        self._look()
        self._select(nearest(self._found, self._began))

    def text_changed(self) -> None:
        """Looks again where something is looked for."""
        if self._bar.is_open and self._bar.purpose == "find":
            self._look()

    def go(self, backwards: bool) -> None:
        """To the next match after the selected one, or to the one before it."""
        if self._editor is not None and self._query is not None:
            selection = self._editor.selection
            at = min(selection) if backwards or selection.start == selection.end else max(selection)
            self._select(nearest(self._found, at, backwards))

    def again(self, backwards: bool) -> None:
        """To another match of what was looked for last, also where the bar is closed."""
        if self._editor is not None and self._bar.purpose == "find":
            self._query = Query.parse(self._bar.query_text)
            self._found = matches(self._editor.document.lines, self._query) if self._query is not None else ()
            self.go(backwards)

    def go_to_line(self, number: int) -> None:
        """To a line by the number in its gutter."""
        if self._editor is not None:
            self._editor.go_to(number - self._editor.line_number_start + 1)
        self.close()

    def replace(self, written: str, everywhere: bool) -> None:
        """Replaces the match that is selected and goes to the next, or replaces all at once."""
        editor, query = self._editor, self._query
        if editor is None or query is None or not self._found:
            return
        if everywhere:
            first, last = self._found[0][0], self._found[-1][0]
            lines = [replaced(editor.document.get_line(row), query, written) for row in range(first, last + 1)]
            cursor = editor.cursor_location
            editor.replace("\n".join(lines), (first, 0), (last, len(editor.document.get_line(last))))
            editor.move_cursor(cursor)
            self._look()
            return
        start, end = min(editor.selection), max(editor.selection)
        if (start[0], start[1], end[1]) in self._found and start[0] == end[0]:
            match = query.pattern.search(editor.document.get_line(start[0]), start[1])
            if match is not None:
                text = query.replacement(match, written)
                editor.replace(text, start, end, maintain_selection_offset=False)
                editor.move_cursor((start[0], start[1] + len(text)))
                self._look()
        self._select(nearest(self._found, editor.cursor_location))

    def _look(self) -> None:
        if self._editor is None:
            return
        lines = self._editor.document.lines
        self._found = matches(lines, self._query) if self._query is not None else ()
        self._editor.show_found(self._query.pattern if self._query is not None else None)
        self._show_count()

    def _select(self, index: int | None) -> None:
        if self._editor is not None and index is not None:
            row, start, end = self._found[index]
            self._editor.selection = Selection((row, start), (row, end))
            self._editor.scroll_cursor_visible(center=True)
        self._show_count()

    def _show_count(self) -> None:
        number = None
        if self._editor is not None:
            (row, start), (_, end) = min(self._editor.selection), max(self._editor.selection)
            if (row, start, end) in self._found:
                number = self._found.index((row, start, end))
        self._bar.show_count(number, len(self._found))

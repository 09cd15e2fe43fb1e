"""The editor for a step's code: Textual's, with what Python needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets.text_area import Selection

from tflab.ui.widgets import code_editing
from tflab.ui.widgets.code_editing import Edit
from tflab.ui.widgets.completing_text_area import CompletingTextArea
from tflab.ui.widgets.completion_list import CompletionList
from tflab.ui.widgets.editor_themes import EDITOR_THEMES, editor_theme
from tflab.ui.widgets.signature_hint import SignatureHint
from tflab.ui.widgets.vim_keys import VimKeys

_UNDO_STEPS: Final = 1000


class CodeEditor(CompletingTextArea):
    """Python source that is edited."""

    DEFAULT_CSS = """
    CodeEditor { border: none; padding: 0; height: 1fr; width: 1fr; background: transparent; }
    CodeEditor:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+underscore,ctrl+slash", "toggle_comment", show=False),
        Binding("alt+up", "move_rows(False)", show=False),
        Binding("alt+down", "move_rows(True)", show=False),
        Binding("alt+shift+down,ctrl+shift+d", "duplicate_rows", show=False),
        Binding("shift+tab", "dedent", show=False),
        Binding("ctrl+at,ctrl+space", "complete", show=False),
        Binding("alt+n", "next_mark", show=False),
        Binding("alt+shift+n,alt+N", "next_mark(True)", show=False),
        Binding("ctrl+home", "go_to_end(False)", show=False),
        Binding("ctrl+end", "go_to_end(True)", show=False),
        Binding("ctrl+shift+home", "go_to_end(False, True)", show=False),
        Binding("ctrl+shift+end", "go_to_end(True, True)", show=False),
    ]

    class SearchWanted(Message):
        """Vim asks to ``find`` something, or for the match ``find_next`` or ``find_previous``."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    class NoMark(Message):
        """There is no marked line to go to."""

    def __init__(
        self,
        source: str,
        *,
        completions: CompletionList,
        hint: SignatureHint,
        first_line: int = 1,
        id: str | None = None,
    ) -> None:
        """``completions`` shows what could stand at the cursor, ``hint`` what the call around it takes."""
        super().__init__(
            source,
            language="python",
            soft_wrap=True,
            tab_behavior="indent",
            show_line_numbers=True,
            line_number_start=first_line,
            max_checkpoints=_UNDO_STEPS,
            id=id,
        )
        self.indent_width = code_editing.INDENT
        for theme in EDITOR_THEMES:
            self.register_theme(theme)
        self._completions = completions
        self._hint = hint
        self.vim: VimKeys | None = None
        """Vim's keys; None for an editor without modes."""

    def on_mount(self) -> None:
        """Follows the app's theme."""
        self.watch(self.app, "theme", self._follow_theme)

    def _follow_theme(self) -> None:
        self.theme = editor_theme(self.app.current_theme.dark, self.app.console.color_system)

    # --- typing -------------------------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """Enter, brackets, quotes, Tab and Backspace as one expects of Python; other keys in the order of typing."""
        if event.key.startswith("alt+"):
            # From a terminal it comes with its letter, which is not meant to be written.
            event.prevent_default()
            await self._act_on(event)
            return
        if self.vim is not None and await self._press_in_vim(self.vim, event):
            return
        lines, (start, end) = self.document.lines, (min(self.selection), max(self.selection))
        edit: Edit | None = None
        if self._completions.is_open and self._complete_by(event.key):
            event.stop()
            event.prevent_default()
            return
        if event.key == "escape" and self._hint.is_open:
            event.stop()
            event.prevent_default()
            self.show_call(None)
            return
        if event.key == "tab" and start == end and self._in_word(start):
            event.stop()
            event.prevent_default()
            self.action_complete()
            return
        if event.key == "enter":
            edit = code_editing.new_line(lines, start, end)
        elif event.key == "backspace" and start == end:
            edit = code_editing.backspace(lines, start)
        elif event.key == "tab" and start[0] != end[0]:
            edit = code_editing.shift_rows(lines, *self.selection, deeper=True)
        elif event.is_printable and event.character:
            edit = code_editing.typed(event.character, lines, start, end)
        if edit is not None:
            event.stop()
            event.prevent_default()
            self._apply(edit)
        elif not event.is_printable:
            await self._act_on(event)

    async def _press_in_vim(self, vim: VimKeys, event: events.Key) -> bool:
        """Whether the key was one of vim's."""
        if self._completions.is_open or (event.key == "escape" and self._hint.is_open):
            return False
        outcome = vim.press(event.key, event.character, self.document.lines, *self.selection)
        if outcome is None:
            return False
        event.stop()
        event.prevent_default()
        if outcome.edit is not None:
            self.history.checkpoint()
            self._apply(outcome.edit)
        if outcome.selection is not None:
            self.selection = Selection(*outcome.selection)
        if outcome.copied:
            self.app.copy_to_clipboard(outcome.copied)
        if outcome.action in ("undo", "redo"):
            await self.run_action(outcome.action)
        elif outcome.action:
            self.post_message(self.SearchWanted(outcome.action))
        return True

    async def _act_on(self, event: events.Key) -> None:
        """Runs the binding of a key here and now.

        Textual would run it once the key has bubbled up to the application, by when letters typed after it are in
        the text already.
        """
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.stop()
            event.prevent_default()
            await self.run_action(binding.action)

    # --- going about --------------------------------------------------------------------------------------------

    def go_to(self, line: int) -> None:
        """Puts the cursor at the beginning of the code of the 1-based ``line``."""
        row = min(max(0, line - 1), self.document.line_count - 1)
        source = self.document.get_line(row)
        self.move_cursor((row, len(code_editing.indentation(source))), center=True)

    def action_next_mark(self, backwards: bool = False) -> None:
        """Puts the cursor on the next marked line."""
        row = self.row_of_next_mark(backwards)
        if row is None:
            self.post_message(self.NoMark())
            return
        mark = self.marks_at(row)[0]
        line = self.document.get_line(row)
        column = mark.column or len(code_editing.indentation(line))
        self.move_cursor((row, min(column, len(line))), center=True)

    # --- edits --------------------------------------------------------------------------------------------------

    def put(self, source: str) -> None:
        """Puts ``source`` in place of the whole text, as one step that undo takes back; what is equal stays as it is.

        The cursor keeps its line where the lines above it are the same.
        """
        old, new = self.document.lines, source.split("\n")
        if old == new:
            return
        # At least one line of each is left to be replaced.
        most = min(len(old), len(new)) - 1
        same = next((row for row in range(most) if old[row] != new[row]), most)
        most -= same
        tail = next((row for row in range(most) if old[-1 - row] != new[-1 - row]), most)
        cursor = self.cursor_location
        first, last = same, len(old) - 1 - tail
        self.history.checkpoint()
        self.replace(
            "\n".join(new[same : len(new) - tail]),
            (first, 0),
            (last, len(old[last])),
            maintain_selection_offset=False,
        )
        self.history.checkpoint()
        row = cursor[0] if cursor[0] <= last else cursor[0] + len(new) - len(old)
        row = max(0, min(row, len(new) - 1))
        self.move_cursor((row, min(cursor[1], len(new[row]))))

    def _apply(self, edit: Edit) -> None:
        if edit.text or edit.start != edit.end:
            self.replace(edit.text, edit.start, edit.end, maintain_selection_offset=False)
        self.selection = Selection(edit.anchor, edit.cursor)
        self.scroll_cursor_visible()

    def _edit_rows(self, change: Callable[..., Edit | None], *arguments: bool) -> None:
        edit = change(self.document.lines, *self.selection, *arguments)
        if edit is not None:
            self._apply(edit)

    def action_go_to_end(self, last: bool, select: bool = False) -> None:
        """Puts the cursor at the last or first place of the code, with ``select`` extending the selection."""
        self.move_cursor(self.document.end if last else self.document.start, select=select)

    def action_toggle_comment(self) -> None:
        """Comments the selected rows out or in."""
        self._edit_rows(code_editing.toggle_comment)

    def action_move_rows(self, down: bool) -> None:
        """Moves the selected rows."""
        self._edit_rows(code_editing.move_rows, down)

    def action_duplicate_rows(self) -> None:
        """Copies the selected rows below."""
        self._edit_rows(code_editing.duplicate_rows)

    def action_dedent(self) -> None:
        """Moves the selected rows one tab stop to the left."""
        self._edit_rows(code_editing.shift_rows, False)

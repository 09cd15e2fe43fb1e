"""The code of the step, edited; every step keeps an editor of its own, so undo reaches back across runs and visits."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Focus
from textual.message import Message

from tflab.ui.widgets.code_editor import CodeEditor
from tflab.ui.widgets.completion_list import CompletionList


class CodePane(Container):
    """Editors, one of them in sight."""

    class Edited(Message):
        """The code of a step was changed by hand."""

        def __init__(self, index: int, source: str) -> None:
            super().__init__()
            self.index = index
            self.source = source

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._editors: dict[int, CodeEditor] = {}
        self._completions = CompletionList(id="completions")
        self._index = 0

    def compose(self) -> ComposeResult:
        """The list of completions, hidden; editors come one by one."""
        yield self._completions

    def offer(self, start: int, names: Sequence[tuple[str, str]]) -> None:
        """Shows what could stand at the cursor of the editor in sight."""
        if self.editor is not None and self.editor.has_focus:
            self.editor.offer(start, names)

    @property
    def editor(self) -> CodeEditor | None:
        """The editor in sight; None before the first is there."""
        return self._editors.get(self._index)

    def show_step(self, index: int, source: str, first_line: int) -> None:
        """Shows the editor of step ``index``, made from ``source`` the first time."""
        self._index = index
        if index not in self._editors:
            editor = self._editors[index] = CodeEditor(source, first_line=first_line, completions=self._completions)
            self.mount(editor)
        for number, editor in self._editors.items():
            editor.display = number == index
        shown = self._editors[index]
        if shown.line_number_start != first_line:
            shown.line_number_start = first_line

    def sources(self) -> dict[int, str]:
        """The text of every editor by its step: what was typed so far, also in this very moment."""
        return {index: editor.text for index, editor in self._editors.items()}

    def replace_source(self, index: int, source: str) -> None:
        """Puts ``source`` in place of the code of step ``index``; undo brings the old back."""
        editor = self._editors.get(index)
        if editor is not None:
            editor.replace(source, (0, 0), editor.document.end)
            editor.move_cursor((0, 0))

    def forget_steps(self) -> None:
        """Another document is shown: its steps get editors of their own."""
        for editor in self._editors.values():
            editor.remove()
        self._editors.clear()

    def mark(self, index: int, line: int | None) -> None:
        """Marks a line of step ``index`` as the one that failed, None to take the mark away."""
        editor = self._editors.get(index)
        if editor is not None:
            editor.mark(line)

    def focus_editor(self) -> None:
        """The editor takes the keys."""
        if self.editor is not None:
            self.screen.set_focus(self.editor)

    @on(CodeEditor.Changed)
    def _changed(self, event: CodeEditor.Changed) -> None:
        event.stop()
        for index, editor in self._editors.items():
            if editor is event.text_area:
                # A mark belongs to the text that failed.
                editor.mark(None)
                self.post_message(self.Edited(index, editor.text))

    @on(CompletionList.Clicked)
    def _clicked(self, event: CompletionList.Clicked) -> None:
        event.stop()
        if self.editor is not None:
            self._completions.choose(event.index)
            self.editor.take()

    def on_focus(self, event: Focus) -> None:
        """The editor takes the keys."""
        self.focus_editor()

"""The code of the step, edited; every step keeps an editor of its own, so undo reaches back across runs and visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Focus
from textual.message import Message

from tflab.ui.panels.code_search import CodeSearch
from tflab.ui.widgets.code_editor import CodeEditor
from tflab.ui.widgets.completion_list import CompletionList, NameOffer
from tflab.ui.widgets.find_bar import FindBar
from tflab.ui.widgets.marks import Mark
from tflab.ui.widgets.signature_hint import CallShape, SignatureHint
from tflab.ui.widgets.vim_keys import VimKeys


class CodePane(Container):
    """Editors, one of them in sight, above a bar for finding."""

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
        self._hint = SignatureHint(id="signature")
        self._bar = FindBar(id="find")
        self._search = CodeSearch(self._bar)
        self._index = 0
        self._vim = False
        self._had_none = False
        """Whether the last offer had no names."""

    def compose(self) -> ComposeResult:
        """What helps, hidden; editors come one by one."""
        yield self._completions
        yield self._hint
        yield self._bar

    # --- help with typing ---------------------------------------------------------------------------------------

    def offer(self, offer: NameOffer) -> None:
        """Shows what could stand at the cursor of the editor in sight."""
        editor = self.editor
        # What comes later adds to a list; it does not open one that was closed.
        if (
            editor is not None
            and self.screen.focused is editor
            and (offer.first or self._completions.is_open or self._had_none)
        ):
            self._had_none = not offer.names
            editor.offer(offer.start, offer.names, take_only=offer.first and offer.final)

    def show_call(self, call: CallShape | None) -> None:
        """Shows what the call around the cursor takes."""
        if self.editor is not None and self.screen.focused is self.editor:
            self.editor.show_call(call)

    def use_vim(self, wanted: bool) -> None:
        """Gives all editors vim's keys, or takes them away."""
        self._vim = wanted
        for editor in self._editors.values():
            editor.vim = VimKeys() if wanted else None

    @property
    def mode(self) -> str:
        """The mode of the editor in sight: a name of `tflab.ui.widgets.vim_keys.Mode`; empty without modes."""
        return self.editor.vim.mode if self.editor is not None and self.editor.vim is not None else ""

    @property
    def message(self) -> str:
        """What is to be said of the line that the cursor is in; empty for nothing."""
        editor = self.editor
        marks = editor.marks_at(editor.cursor_location[0]) if editor is not None else ()
        return marks[0].message if marks else ""

    # --- editors ------------------------------------------------------------------------------------------------

    @property
    def editor(self) -> CodeEditor | None:
        """The editor in sight; None before the first is there."""
        return self._editors.get(self._index)

    def show_step(self, index: int, source: str, first_line: int) -> None:
        """Shows the editor of step ``index``, made from ``source`` the first time."""
        self._index = index
        if index not in self._editors:
            editor = self._editors[index] = CodeEditor(
                source, first_line=first_line, completions=self._completions, hint=self._hint
            )
            editor.vim = VimKeys() if self._vim else None
            self.mount(editor)
        for number, editor in self._editors.items():
            editor.display = number == index
        shown = self._editors[index]
        if shown.line_number_start != first_line:
            shown.line_number_start = first_line
        self._search.follow(shown)

    def sources(self) -> dict[int, str]:
        """The text of every editor by its step: what was typed so far, also in this very moment."""
        return {index: editor.text for index, editor in self._editors.items()}

    def replace_source(self, index: int, source: str) -> None:
        """Puts ``source`` in place of the code of step ``index``; undo brings the old back."""
        editor = self._editors.get(index)
        if editor is not None:
            editor.put(source)

    def forget_steps(self) -> None:
        """Another document is shown: its steps get editors of their own."""
        for editor in self._editors.values():
            self._drop(editor)
        self._editors.clear()

    def renumber(self, moved: Mapping[int, int]) -> None:
        """The steps have other numbers: ``moved`` has the new one of each that is still there, by the old."""
        for index, editor in self._editors.items():
            if index not in moved:
                self._drop(editor)
        self._editors = {moved[index]: editor for index, editor in self._editors.items() if index in moved}
        self._index = moved.get(self._index, -1)

    def _drop(self, editor: CodeEditor) -> None:
        if self.screen.focused is editor:
            # Else Textual gives the keys to the pane before, which on a narrow screen takes the room of the code.
            self.screen.set_focus(None)
        editor.remove()

    def show_marks(self, index: int, layer: str, marks: Sequence[Mark]) -> None:
        """Marks lines of step ``index`` in place of those that ``layer`` had marked there."""
        editor = self._editors.get(index)
        if editor is not None:
            editor.show_marks(layer, marks)

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
                editor.show_marks("run", ())
                editor.show_marks("problems", ())
                self.post_message(self.Edited(index, editor.text))
        self._search.text_changed()

    @on(CompletionList.Clicked)
    def _clicked(self, event: CompletionList.Clicked) -> None:
        event.stop()
        if self.editor is not None:
            self._completions.choose(event.index)
            self.editor.take()

    def on_focus(self, event: Focus) -> None:
        """The editor takes the keys."""
        self.focus_editor()

    # --- finding ------------------------------------------------------------------------------------------------

    @property
    def is_finding(self) -> bool:
        """Whether the line that finds and replaces has the keys."""
        return self._bar.has_focus_within

    def find(self) -> None:
        """Looks for what is selected, or for what is typed next."""
        self._search.open("find")

    def go_to_line(self) -> None:
        """Asks for the number of a line."""
        self._search.open("line")

    @on(CodeEditor.SearchWanted)
    def _search_wanted(self, event: CodeEditor.SearchWanted) -> None:
        event.stop()
        if event.action == "find":
            self.find()
        else:
            self._search.again(backwards=event.action == "find_previous")

    @on(FindBar.Typed)
    def _typed(self, event: FindBar.Typed) -> None:
        event.stop()
        self._search.typed(event.query)

    @on(FindBar.Went)
    def _went(self, event: FindBar.Went) -> None:
        event.stop()
        self._search.go(event.backwards)

    @on(FindBar.Replaced)
    def _replaced(self, event: FindBar.Replaced) -> None:
        event.stop()
        self._search.replace(event.replacement, event.everywhere)

    @on(FindBar.LineWanted)
    def _line_wanted(self, event: FindBar.LineWanted) -> None:
        event.stop()
        self._search.go_to_line(event.line)
        self.focus_editor()

    @on(FindBar.Closed)
    def _find_closed(self, event: FindBar.Closed) -> None:
        event.stop()
        self._search.close()
        self.focus_editor()

"""The text above the code, edited where it is read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from tflab.messages import text
from tflab.ui.launch import Launch
from tflab.ui.screens.file_keys import FileKeys
from tflab.ui.text_parts import PartChange, TextParts
from tflab.ui.widgets.code_editing import offset_of

if TYPE_CHECKING:
    from tflab.ui.widgets.text_editor import TextEditor


class TextKeys(FileKeys):
    """Opens the Markdown cells of a step in an editor, all in one text, and takes them from there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+v", "edit_text", priority=True, show=False),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._parts = TextParts()

    @property
    def text_editor(self) -> TextEditor | None:
        """The editor of the text; None while the text is read."""
        return self.panes.prose.editor if self.ready else None

    @property
    def is_writing(self) -> bool:
        """Whether the text's editor has the keys."""
        return self.text_editor is not None and self.focused is self.text_editor

    def action_edit_text(self) -> None:
        """Edits the text above the code, or leaves it."""
        if self.copy.cells is None:
            self.notify(text("ui.cells.not_here"), timeout=6)
        elif self.is_writing:
            self.call_later(self.leave_text)
        else:
            self.call_later(self._write)

    def on_prose_pane_edit_wanted(self) -> None:
        """Enter, where the text is read."""
        self.action_edit_text()

    async def _write(self) -> None:
        editor = self.text_editor
        if editor is None and self.copy.cells is not None and self.document.steps:
            sources = [cell.source for cell in self.copy.cells.text_cells(self.step)]
            self._parts = TextParts.of(sources)
            editor = self.panes.prose.edit(self._parts.join(sources))
            if not self.panes.has_prose:
                self.panes.suit(titles=(), prose=True)
        self.panes.focus_prose()
        if editor is not None:
            self.set_focus(editor)

    async def on_text_editor_left(self) -> None:
        """The text is read again."""
        await self.leave_text()

    async def leave_text(self) -> None:
        """Shows the text as it is read, and gives the keys to the code."""
        self.keep_typing()
        await self.show_step(self.step)
        self.suit_panes()
        self.panes.focus_code()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """What is written is kept."""
        if event.text_area is self.text_editor:
            self._take_text()

    def keep_typing(self) -> None:
        """Keeps what was typed up to this moment, in the text, too."""
        self._take_text()
        super().keep_typing()

    def _take_text(self, *, leaving: bool = False) -> None:
        editor, cells = self.text_editor, self.copy.cells
        if editor is None or cells is None:
            return
        sources = self._parts.split(editor.text)
        if not sources and not leaving and not cells.has_code(self.step):
            # Without its text this step would be none; perhaps something else is typed next.
            return
        self.copy.rewrite(self.step, sources, time.monotonic())

    async def show_step(self, index: int) -> None:
        """Shows a step; a text that is being edited is read again."""
        if self.text_editor is not None:
            self._take_text(leaving=True)
            self.panes.prose.leave_editor()
            self.desk = self._new_desk(self.document)
            index = max(0, min(index, len(self.document.steps) - 1))
        await super().show_step(index)

    def change_part(self, change: PartChange) -> None:
        """Changes the Markdown cell that the cursor is in."""
        editor = self.text_editor
        if editor is None:
            return
        row, _ = at = editor.cursor_location
        done = self._parts.changed(change, editor.text, row, offset_of(editor.document.lines, at))
        if done is None:
            self.notify(text("ui.cells.no_other_text"), timeout=4)
        else:
            editor.put(*done)
            self._take_text()

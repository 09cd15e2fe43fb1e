"""The keys that change the cells of a file of one's own: what has the keys, code or text, is what they are about."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tflab.messages import text
from tflab.ui.screens.text_keys import TextKeys
from tflab.ui.widgets.code_editing import offset_of
from tflab.ui.working_copy import Rearrangement, StillRunning

if TYPE_CHECKING:
    from tflab.ui.cell_copy import CellCopy


class CellKeys(TextKeys):
    """Adds, splits, joins, moves, turns and deletes cells; every such change can be undone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+a", "add_below", priority=True, show=False),
        Binding("alt+A,alt+shift+a", "add_above", priority=True, show=False),
        Binding("alt+s", "split_cell", priority=True, show=False),
        Binding("alt+j", "join_cell", priority=True, show=False),
        Binding("alt+m", "turn_cell", priority=True, show=False),
        Binding("alt+w", "delete_cell", priority=True, show=False),
        Binding("alt+u", "undo_cells", priority=True, show=False),
        Binding("alt+y", "redo_cells", priority=True, show=False),
        Binding("shift+f3", "move_up", priority=True, show=False),
        Binding("shift+f4", "move_down", priority=True, show=False),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The line that finds and replaces has a key of these for itself."""
        return not (action == "add_below" and self.panes.code.is_finding)

    def action_add_above(self) -> None:
        """A new cell above this one."""
        if self.is_writing:
            self.change_part("add_above")
        else:
            self._change(lambda cells: cells.add(self.step, after=False))

    def action_add_below(self) -> None:
        """A new cell below this one."""
        if self.is_writing:
            self.change_part("add_below")
        else:
            self._change(lambda cells: cells.add(self.step, after=True))

    def action_split_cell(self) -> None:
        """Two cells of one, cut at the cursor."""
        if self.is_writing:
            self.change_part("split_cell")
        else:
            self._change(self._split, "ui.cells.no_code")

    def _split(self, cells: CellCopy) -> int | None:
        editor = self.panes.code.editor
        if editor is None:
            return None
        return cells.split(self.step, offset_of(editor.document.lines, editor.cursor_location))

    def action_join_cell(self) -> None:
        """One cell of this and the next of its kind."""
        if self.is_writing:
            self.change_part("join_cell")
        else:
            self._change(lambda cells: cells.join(self.step), "ui.cells.no_next")

    def action_turn_cell(self) -> None:
        """Markdown of code, code of Markdown."""
        if self.is_writing:
            self._change(self._turn_text, "ui.cells.no_other_text")
        else:
            self._change(lambda cells: cells.to_text(self.step), "ui.cells.no_code")

    def _turn_text(self, cells: CellCopy) -> int | None:
        editor = self.text_editor
        texts = cells.text_cells(self.step)
        if editor is None or not texts:
            return None
        part = self._parts.part_at(editor.text, editor.cursor_location[0])
        return cells.to_code(texts[min(part, len(texts) - 1)].identity)

    def action_delete_cell(self) -> None:
        """Takes the cell away."""
        if self.is_writing:
            self.change_part("delete_cell")
        else:
            self._change(lambda cells: cells.delete(self.step), "ui.cells.no_code", done="ui.cells.deleted")

    def action_move_up(self) -> None:
        """Before the one above: a step with its text, a cell of text among those of its step."""
        if self.is_writing:
            self.change_part("move_up")
        else:
            self._change(lambda cells: cells.move(self.step, down=False), "ui.cells.first")

    def action_move_down(self) -> None:
        """Behind the one below."""
        if self.is_writing:
            self.change_part("move_down")
        else:
            self._change(lambda cells: cells.move(self.step, down=True), "ui.cells.last")

    def action_undo_cells(self) -> None:
        """Takes the last change of the cells back."""
        self._change(lambda cells: cells.undo(self.step), "ui.cells.no_undo")

    def action_redo_cells(self) -> None:
        """Does it again."""
        self._change(lambda cells: cells.undo(self.step, again=True), "ui.cells.no_redo")

    def action_reset_lesson(self) -> None:
        """The cells and their code as the file has them; that, too, can be undone."""
        if self.copy.cells is None:
            super().action_reset_lesson()
        else:
            self._change(lambda cells: cells.restore(), done="ui.cells.restored")

    # --- what all of them do ------------------------------------------------------------------------------------

    def _change(
        self, change: Callable[[CellCopy], int | None], refusal: str = "ui.cells.no_code", done: str = ""
    ) -> None:
        """Changes the cells; says why where it cannot be done."""

        async def do() -> None:
            if self.copy.cells is None or not self.document.steps:
                self.notify(text("ui.cells.not_here"), timeout=6)
                return
            self.keep_typing()
            try:
                result = self.copy.rearrange(change, time.monotonic(), self.conductor.running)
            except StillRunning:
                self.notify(text("ui.cells.running"), severity="warning", timeout=6)
                return
            if result is None:
                self.notify(text(refusal), timeout=4)
                return
            await self._show_cells(result)
            if done:
                self.notify(text(done), timeout=4)

        self.call_later(do)

    async def _show_cells(self, result: Rearrangement) -> None:
        """The steps are others from now on."""
        self.panes.prose.leave_editor()
        code = self.panes.code
        code.renumber(result.moved)
        for index, source in code.sources().items():
            if source != self.copy.source(index):
                code.replace_source(index, self.copy.source(index))
        self.conductor.renumber(result.moved)
        self.desk = self._new_desk(self.document)
        self.forget_marks()
        self.suit_panes()
        await self.show_step(result.shown)
        self.panes.focus_code()

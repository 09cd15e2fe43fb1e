"""The file of one's own: it is saved, under a name where it has none, and made again what it was."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from tflab.curriculum.document import Document
from tflab.curriculum.saving import AlreadyThere, Unsaveable
from tflab.messages import text
from tflab.ui.launch import Launch
from tflab.ui.screens.lab_editing import LabEditing


class FileKeys(LabEditing):
    """Saves what was typed, and what cells of a notebook have shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", priority=True, show=False),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self.keep_outputs()

    def keep_outputs(self) -> None:
        """A notebook's file holds what its cells show, and so may the file that an untitled one becomes."""
        if self.document.cells and (self.document.path.suffix.lower() == ".ipynb" or self.document.is_untitled):
            from tflab.curriculum.session_outputs import SessionOutputs

            self.conductor.outputs = SessionOutputs()

    @property
    def is_unsaved(self) -> bool:
        """Whether the file lacks anything that it could hold."""
        if self.document.kind == "lesson":
            return False
        outputs = self.conductor.outputs
        return self.copy.is_changed or (outputs is not None and outputs.unsaved)

    def action_save(self) -> None:
        """Writes what was typed into the file; it is kept as a draft until then."""
        self.keep_typing()
        cells, outputs = self.copy.cells, self.conductor.outputs
        if self.launch.save is None or self.document.kind == "lesson":
            self.notify(text("curriculum.save.lesson"), timeout=6)
        elif self.document.is_untitled:
            self._ask_for_a_name()
        elif cells is None:
            self.notify(text("curriculum.save.laid_out", path=self.document.path.name), severity="error", timeout=10)
        else:
            try:
                saved = self.launch.save(cells.file, cells.history.cells, outputs.shown() if outputs else {})
            except Unsaveable as error:
                self.notify(str(error), severity="error", timeout=10)
            else:
                self._is_saved(saved)

    def _ask_for_a_name(self) -> None:
        from tflab.ui.screens.file_name_screen import FileNameScreen

        self.app.push_screen(FileNameScreen(self._save_as), self._named)

    def _save_as(self, name: str, replace_it: bool) -> tuple[Document | None, str, bool]:
        """Writes the cells into a file: the document, or what is wrong and whether asking again helps."""
        cells, outputs = self.copy.cells, self.conductor.outputs
        if self.launch.save_as is None or cells is None:
            return None, text("curriculum.save.lesson"), False
        shown = outputs.shown() if outputs else {}
        try:
            target = Path(name).expanduser()
            return self.launch.save_as(cells.history.cells, shown, target, replace_it=replace_it), "", False
        except AlreadyThere as error:
            return None, str(error), True
        except Unsaveable as error:
            return None, str(error), False
        except RuntimeError:
            # The home folder of a user that is not there.
            return None, text("curriculum.save.no_name", path=name), False

    def _named(self, document: Document | None) -> None:
        if document is not None:
            self._is_saved(document)
            if document.path.suffix.lower() != ".ipynb":
                self.conductor.outputs = None

    def _is_saved(self, document: Document) -> None:
        same = self.copy.saved(document)
        if self.conductor.outputs is not None:
            self.conductor.outputs.saved()
        self.notify(text("curriculum.save.saved", path=document.path.name), timeout=3)
        if not same:
            # A line that was typed begins a cell of its own.
            self.call_later(self.show_file_anew)

    async def show_file_anew(self) -> None:
        """The steps are not those of before."""
        self.panes.code.forget_steps()
        self.state.forget_steps()
        self.desk = self._new_desk(self.document)
        self.suit_panes()
        await self.show_step(max(0, min(self.step, len(self.document.steps) - 1)))
        self.panes.focus_code()

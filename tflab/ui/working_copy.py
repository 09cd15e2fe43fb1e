"""A document as the person has it now, kept in drafts: the code of its steps, and in a file of one's own its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tflab.curriculum.document import Document
from tflab.ui.launch import Drafts

if TYPE_CHECKING:
    from tflab.ui.cell_copy import CellCopy

SAVE_AFTER: Final = 0.4
"""Seconds after the last key at which what was typed is kept."""
SAVE_WITHIN: Final = 0.6
"""Seconds after which it is kept though the typing goes on."""


class StillRunning(Exception):
    """A cell that runs cannot be taken away."""


@dataclass(frozen=True)
class Rearrangement:
    """What a change of the cells did to the steps."""

    moved: Mapping[int, int]
    """Where each step has gone, of those that are still there."""
    shown: int
    """The step to show."""


class WorkingCopy:
    """A document and what was typed in it."""

    def __init__(self, document: Document, drafts: Drafts) -> None:
        self.document = document
        """The document as it is shown: its steps in the order that they have now, their ``source`` as in the file."""
        self._drafts = drafts
        self._sources = {
            index: source for index, source in drafts.load(document).items() if 0 <= index < len(document.steps)
        }
        self.cells: CellCopy | None = None
        """The cells of a file of one's own; None for a lesson, and for Markdown that cannot be written back."""
        if document.cells:
            from tflab.ui.cell_copy import CellCopy

            self.cells = CellCopy(document, drafts.load_cells(document), self._sources)
            self.show_cells()
        self._unsaved: set[int] = set()
        self._cells_unsaved = False
        self._edited_at = 0.0
        self._unsaved_since = 0.0

    # --- code ---------------------------------------------------------------------------------------------------

    def source(self, index: int) -> str:
        """The code of step ``index``: the draft where there is one."""
        return self._sources.get(index, self.document.steps[index].source)

    def is_edited(self, index: int) -> bool:
        """Whether the code differs from the file's."""
        return self.source(index) != self.document.steps[index].source

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the file."""
        return bool(self.edits()) or (self.cells is not None and self.cells.is_rearranged)

    def edit(self, index: int, source: str, now: float) -> None:
        """The code of step ``index`` is ``source`` from now on."""
        if source != self.source(index):
            self._sources[index] = source
            self._note(now)
            self._unsaved.add(index)
            if self.cells is not None:
                self.cells.type(index, source)

    def first_line(self, index: int) -> int:
        """Line of the file that step ``index`` would begin at, were all drafts written into it; 1 but for scripts."""
        step = self.document.steps[index]
        if self.document.kind != "script":
            return step.first_line
        if self.cells is not None and self.cells.is_rearranged:
            return self.cells.first_line(index)
        grown = sum(
            self.source(earlier.index).count("\n") - earlier.source.count("\n")
            for earlier in self.document.steps[:index]
        )
        return step.first_line + grown

    def line_in_step(self, index: int, line: int) -> int:
        """1-based line of step ``index`` that an event's ``line`` means, which counts in the file for scripts."""
        return line - self.first_line(index) + 1

    # --- cells --------------------------------------------------------------------------------------------------

    def rearrange(
        self, change: Callable[[CellCopy], int | None], now: float, running: int | None = None
    ) -> Rearrangement | None:
        """Changes the cells. None where ``change``, which gives the cell to show next, gives none.

        Raises `StillRunning` where step ``running`` would be gone; nothing has changed then.
        """
        if self.cells is None:
            return None
        before, state = self.cells.identities(), self.cells.history.state
        shown = change(self.cells)
        if shown is None:
            return None
        after = {identity: index for index, identity in enumerate(self.cells.identities())}
        if running is not None and before[running] not in after:
            self.cells.history.state = state
            raise StillRunning
        self.show_cells()
        self._note(now)
        self._cells_unsaved = True
        moved = {index: after[identity] for index, identity in enumerate(before) if identity in after}
        return Rearrangement(moved, self.cells.step_of(shown))

    def show_cells(self) -> None:
        """Makes steps of the cells as they are now."""
        if self.cells is not None:
            self.document = replace(self.document, steps=self.cells.steps())
            self._sources = dict(enumerate(self.cells.sources()))

    # --- keeping ------------------------------------------------------------------------------------------------

    def _note(self, now: float) -> None:
        if not self._unsaved and not self._cells_unsaved:
            self._unsaved_since = now
        self._edited_at = now

    def rewrite(self, index: int, sources: Sequence[str], now: float) -> None:
        """The text above the code of a step is other Markdown cells from now on."""
        if self.cells is None or sources == [cell.source for cell in self.cells.text_cells(index)]:
            return
        self.cells.rewrite(index, sources)
        self.show_cells()
        self._note(now)
        self._cells_unsaved = True

    def save_if_due(self, now: float) -> None:
        """Keeps what was typed once the typing has paused, or has gone on for long."""
        if (self._unsaved or self._cells_unsaved) and (
            now - self._edited_at >= SAVE_AFTER or now - self._unsaved_since >= SAVE_WITHIN
        ):
            self.save()

    def save(self) -> None:
        """Keeps what was typed, at once."""
        cells = self.cells
        if cells is not None and cells.is_rearranged:
            if self._unsaved or self._cells_unsaved:
                self._drafts.save_cells(cells.file, cells.history.cells)
        else:
            for index in sorted(self._unsaved if not self._cells_unsaved else self._sources):
                self._drafts.save(self.document, index, self.source(index))
            if cells is not None and self._cells_unsaved:
                # The cells are the file's own again.
                self._drafts.save_cells(cells.file, None)
        self._unsaved.clear()
        self._cells_unsaved = False

    def edits(self) -> dict[int, str]:
        """The steps whose code differs from the file's."""
        return {step.index: self.source(step.index) for step in self.document.steps if self.is_edited(step.index)}

    def saved(self, document: Document) -> bool:
        """What was typed is in the file: ``document`` is what it holds now, and no draft is needed.

        False where its steps are not one for one what they were.
        """
        if self.cells is None:
            for index in self.edits():
                # The file's own text ends a draft.
                self._drafts.save(self.document, index, self.document.steps[index].source)
            same = True
        else:
            file = self.cells.file
            # Drafts of single steps may lie below the draft of all cells.
            edited = [step.index for step in file.steps] if self.cells.is_rearranged else self.edits()
            for index in edited:
                self._drafts.save(file, index, file.steps[index].source)
            self._drafts.save_cells(file, None)
            same = self.cells.keep(document)
        self.document = document
        self._sources.clear()
        self._unsaved.clear()
        self._cells_unsaved = False
        self.show_cells()
        return same

    @property
    def trouble(self) -> str:
        """One line where drafts are not being kept; else empty."""
        return self._drafts.trouble

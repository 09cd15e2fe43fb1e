"""Edits of a file's structure: cells are added, split, joined, moved, turned into another kind, and taken away.

Every such edit can be undone and done again; what was typed in the meantime is never lost by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tflab.curriculum.file_cells import CellKind, FileCell, next_identity

Cells = tuple[FileCell, ...]
MOST_STEPS: Final = 500
"""Edits that can be undone."""


@dataclass(frozen=True)
class _Edit:
    before: Cells
    after: Cells
    saves: int
    """How often the file had been saved."""
    halves: tuple[int, int] | None = None
    """The identities of two cells that are one before the edit or after it."""


class CellHistory:
    """The cells of one file and the edits of their structure."""

    def __init__(self, saved: Sequence[FileCell], cells: Sequence[FileCell] | None = None) -> None:
        """``saved`` is what the file holds, ``cells`` what became of it."""
        self.saved: Cells = tuple(saved)
        self.cells: Cells = tuple(saved if cells is None else cells)
        self._undo: list[_Edit] = []
        self._redo: list[_Edit] = []
        self._saves = 0
        self._next = max(next_identity(self.saved), next_identity(self.cells))

    @property
    def state(self) -> tuple[Cells, list[_Edit], list[_Edit]]:
        """What there is and what can be undone, to come back to."""
        return self.cells, list(self._undo), list(self._redo)

    @state.setter
    def state(self, state: tuple[Cells, list[_Edit], list[_Edit]]) -> None:
        self.cells, self._undo, self._redo = state

    # --- looking ------------------------------------------------------------------------------------------------

    def place(self, identity: int) -> int:
        """Where a cell is. Raises KeyError."""
        for index, cell in enumerate(self.cells):
            if cell.identity == identity:
                return index
        raise KeyError(identity)

    @property
    def is_rearranged(self) -> bool:
        """Whether anything but the code of the file's own cells differs from the file."""
        return [_shape(cell) for cell in self.cells] != [_shape(cell) for cell in self.saved]

    # --- text ---------------------------------------------------------------------------------------------------

    def type(self, identity: int, source: str) -> None:
        """The text of a cell changes; what is typed is not undone here."""
        at = self.place(identity)
        self.cells = (*self.cells[:at], replace(self.cells[at], source=source), *self.cells[at + 1 :])

    # --- structure ----------------------------------------------------------------------------------------------

    def insert(self, at: int, kind: CellKind, source: str = "") -> int:
        """Puts a new cell before place ``at``; its identity."""
        cell = self._new(kind, source)
        self._change([*self.cells[:at], cell, *self.cells[at:]])
        return cell.identity

    def split(self, identity: int, offset: int) -> int:
        """Cuts a cell's text into two cells; the identity of the second. The line break at the cut goes."""
        at = self.place(identity)
        cell = self.cells[at]
        first, second = cell.source[:offset], cell.source[offset:]
        first = first.rstrip(" \t").removesuffix("\n") if not second.startswith("\n") else first
        second = second.removeprefix("\n")
        pictures = {**cell.attachments, **_pictures(cell)}
        new = replace(self._new(cell.kind, second), attachments=pictures if cell.kind == "markdown" else {})
        self._change(
            [*self.cells[:at], replace(cell, source=first), new, *self.cells[at + 1 :]], (identity, new.identity)
        )
        return new.identity

    def join(self, identity: int, other: int) -> None:
        """Puts the text of ``other``, a cell of the same kind further below, behind that of ``identity``, which takes
        its place: what lies between the two comes before them."""
        cell, gone = self.cells[self.place(identity)], self.cells[self.place(other)]
        joined = replace(cell, source=_joined(cell, gone))
        if cell.kind == "markdown":
            joined = replace(joined, attachments={**gone.attachments, **_pictures(gone), **cell.attachments})
        cells = [joined if each is gone else each for each in self.cells if each is not cell]
        self._change(cells, (identity, other))

    def move(self, first: int, last: int, to: int) -> None:
        """Moves the cells at places ``first`` to ``last``, the last included, before the cell at place ``to``."""
        moved = self.cells[first : last + 1]
        if first <= to <= last + 1:
            return
        if to < first:
            self._change([*self.cells[:to], *moved, *self.cells[to:first], *self.cells[last + 1 :]])
        else:
            self._change([*self.cells[:first], *self.cells[last + 1 : to], *moved, *self.cells[to:]])

    def delete(self, identity: int) -> None:
        """Takes a cell away; where it was the last of code, an empty one takes its place."""
        cells = [cell for cell in self.cells if cell.identity != identity]
        if not any(cell.kind == "code" for cell in cells):
            cells.insert(min(self.place(identity), len(cells)), self._new("code"))
        self._change(cells)

    def convert(self, identity: int, kind: CellKind) -> None:
        """Makes a cell one of code or of Markdown; of code, one stays."""
        cells = [replace(cell, kind=kind) if cell.identity == identity else cell for cell in self.cells]
        if not any(cell.kind == "code" for cell in cells):
            cells.insert(self.place(identity) + 1, self._new("code"))
        self._change(cells)

    def rewrite(self, places: slice, sources: Sequence[str]) -> None:
        """Puts Markdown cells with these texts in place of those at ``places``; equal ones stay what they are."""
        from difflib import SequenceMatcher

        old = self.cells[places]
        new: list[FileCell] = []
        pictures = {name: picture for cell in old for name, picture in {**cell.attachments, **_pictures(cell)}.items()}
        matcher = SequenceMatcher(
            a=[cell.source.strip("\n") for cell in old], b=[source.strip("\n") for source in sources], autojunk=False
        )
        for operation, first, last, begin, end in matcher.get_opcodes():
            if operation == "equal":
                new += old[first:last]
                continue
            for number, source in enumerate(sources[begin:end]):
                if first + number < last:
                    new.append(replace(old[first + number], source=source))
                else:
                    new.append(replace(self._new("markdown", source), attachments=pictures))
        cells = [*self.cells[: places.start], *new, *self.cells[places.stop :]]
        if len(new) == len(old):
            self.cells = tuple(cells)
        else:
            self._change(cells)

    def restore(self) -> None:
        """Makes the cells what the file holds."""
        self._change(self.saved)

    # --- undoing ------------------------------------------------------------------------------------------------

    def undo(self) -> bool:
        """Takes the last edit back. False where there is none."""
        return self._go(self._undo, self._redo)

    def redo(self) -> bool:
        """Does again what was taken back last. False where there is nothing."""
        return self._go(self._redo, self._undo)

    def _go(self, source: list[_Edit], target: list[_Edit]) -> bool:
        if not source:
            return False
        edit = source.pop()
        now = self.cells
        self.cells = tuple(self._restored(edit))
        # The way back leads to what is there now, with all that was typed.
        target.append(_Edit(before=now, after=self.cells, saves=self._saves, halves=edit.halves))
        return True

    def _restored(self, edit: _Edit) -> list[FileCell]:
        """What was there before ``edit``, with what was typed since in cells that it left alone."""
        now = {cell.identity: cell for cell in self.cells}
        made = {cell.identity: cell for cell in edit.after}
        result: list[FileCell] = []
        for cell in edit.before:
            current, left = now.get(cell.identity), made.get(cell.identity)
            if current is None or left is None:
                # The file may hold something else at its place by now.
                result.append(cell if edit.saves == self._saves else replace(cell, origin=None))
                continue
            source = self._text(edit, cell, current, left, now, made)
            if current.kind == cell.kind:
                result.append(replace(current, source=source, attachments=cell.attachments))
            else:
                origin = current.origin if edit.saves == self._saves else None
                result.append(replace(cell, source=source, origin=origin))
        return result

    def _text(
        self,
        edit: _Edit,
        cell: FileCell,
        current: FileCell,
        left: FileCell,
        now: dict[int, FileCell],
        made: dict[int, FileCell],
    ) -> str:
        first, second = edit.halves or (None, None)
        if cell.identity == first and second in now and second in made and not _holds(edit.before, second):
            # Two become one again: as it was where neither was touched, else whatever they hold.
            touched = current.source != left.source or now[second].source != made[second].source
            return _joined(current, now[second]) if touched else cell.source
        return current.source if current.source != left.source or cell.source == left.source else cell.source

    def keep(self, saved: Sequence[FileCell]) -> None:
        """The file holds ``saved`` from now on, which are the cells as they were read back from it."""
        if [cell.identity for cell in saved] != [cell.identity for cell in self.cells]:
            self._undo.clear()
            self._redo.clear()
        self.saved = self.cells = tuple(saved)
        self._saves += 1
        self._next = max(self._next, next_identity(saved))

    def _change(self, cells: Sequence[FileCell], halves: tuple[int, int] | None = None) -> None:
        self._undo.append(_Edit(self.cells, tuple(cells), self._saves, halves))
        del self._undo[:-MOST_STEPS]
        self._redo.clear()
        self.cells = tuple(cells)

    def _new(self, kind: CellKind, source: str = "") -> FileCell:
        self._next += 1
        return FileCell(kind, source, identity=self._next - 1)


def _shape(cell: FileCell) -> tuple[object, ...]:
    return cell.identity, cell.kind, cell.source if cell.kind == "markdown" else ""


def _joined(cell: FileCell, other: FileCell) -> str:
    between = "\n\n" if cell.kind == "markdown" else "\n"
    return between.join(source for source in (cell.source, other.source) if source)


def _pictures(cell: FileCell) -> dict[str, object]:
    """The pictures that a cell of a notebook brought along."""
    attachments = cell.piece.get("attachments") if isinstance(cell.piece, dict) else None
    return attachments if isinstance(attachments, dict) else {}


def _holds(cells: Sequence[FileCell], identity: int | None) -> bool:
    return any(cell.identity == identity for cell in cells)

"""The cells of a file of one's own as they are edited in the lab: a step is a cell of code and the text above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tflab.curriculum.cell_history import CellHistory
from tflab.curriculum.document import Document, Step
from tflab.curriculum.file_cells import FileCell, steps_of
from tflab.curriculum.file_forms import first_lines

TAIL: Final = -1
"""Stands for the cell of the last step where that is text without code."""


class CellCopy:
    """Finds the cells that a step is made of, and changes them. Steps are meant by their index, cells by identity."""

    def __init__(self, document: Document, kept: Sequence[FileCell] | None, sources: Mapping[int, str]) -> None:
        """``kept`` are the cells of a draft, ``sources`` the code of steps that was typed where there is none."""
        self.file = document
        """The document as its file has it."""
        self.history = CellHistory(document.cells, kept)
        self._lines: tuple[object, list[int]] = (None, [])
        if kept is None:
            for index, source in sources.items():
                self.type(index, source)

    # --- looking ------------------------------------------------------------------------------------------------

    @property
    def is_rearranged(self) -> bool:
        """Whether anything but the code of the file's own cells differs from the file."""
        return self.history.is_rearranged

    def identities(self) -> list[int]:
        """The cell of code of every step."""
        found = [cell.identity for cell in self.history.cells if cell.kind == "code"]
        return [*found, TAIL] if len(found) < len(self.steps()) else found

    def steps(self) -> tuple[Step, ...]:
        """The steps in the order of now, with the code that the file has for them."""
        saved = {cell.identity: cell.source for cell in self.history.saved if cell.kind == "code"}
        cells = [
            replace(cell, source=saved.get(cell.identity, "")) if cell.kind == "code" else cell
            for cell in self.history.cells
        ]
        return steps_of(cells)

    def sources(self) -> list[str]:
        """The code of the steps as it is now."""
        return [step.source for step in steps_of(self.history.cells)]

    def step_of(self, identity: int | None) -> int:
        """The step that a cell belongs to, of code or of text; the last one where there is no such cell."""
        step = 0
        for cell in self.history.cells:
            if cell.identity == identity:
                break
            step += cell.kind == "code"
        return max(0, min(step, len(self.steps()) - 1))

    def first_line(self, index: int) -> int:
        """The line of a script that a step would begin at, were everything saved."""
        if self._lines[0] is not self.history.cells:
            self._lines = self.history.cells, first_lines(self.history.saved, self.history.cells)
        lines = self._lines[1]
        return lines[index] if index < len(lines) else 1

    def text_places(self, index: int) -> slice:
        """Where the Markdown cells of a step are among all cells: those between the code before it and its own."""
        at = self._code_place(index)
        start = at
        while start > 0 and self.history.cells[start - 1].kind != "code":
            start -= 1
        return slice(start, at)

    def text_cells(self, index: int) -> list[FileCell]:
        """The Markdown cells of a step."""
        return [cell for cell in self.history.cells[self.text_places(index)] if cell.kind == "markdown"]

    def has_code(self, index: int) -> bool:
        """Whether a step has a cell of code; the last one may be text alone."""
        return self.identities()[index] != TAIL

    def _code_place(self, index: int) -> int:
        """The place of a step's code among all cells; behind the last one for text without code."""
        identity = self.identities()[index]
        return len(self.history.cells) if identity == TAIL else self.history.place(identity)

    # --- changing -----------------------------------------------------------------------------------------------

    def type(self, index: int, source: str) -> None:
        """The code of a step is ``source``; text without code gets a cell of code below it."""
        identities = self.identities()
        if index < len(identities) and identities[index] != TAIL:
            self.history.type(identities[index], source)
        elif source:
            self.history.insert(len(self.history.cells), "code", source)

    def add(self, index: int, *, after: bool) -> int:
        """A new cell of code below a step's, or above its text."""
        places = self.text_places(index)
        at = min(places.stop + 1, len(self.history.cells)) if after else places.start
        return self.history.insert(at, "code")

    def split(self, index: int, offset: int) -> int | None:
        """Cuts a step's code in two; the second half."""
        identity = self.identities()[index]
        return None if identity == TAIL else self.history.split(identity, offset)

    def join(self, index: int) -> int | None:
        """Puts the next step's code behind this one's; the text between them goes above. None where there is none."""
        identities = self.identities()
        if index + 1 >= len(identities) or TAIL in identities[index : index + 2]:
            return None
        self.history.join(identities[index], identities[index + 1])
        return identities[index]

    def move(self, index: int, *, down: bool) -> int | None:
        """Changes places with the step below or above, each with its text. None where there is none."""
        upper = index if down else index - 1
        identities = self.identities()
        if upper < 0 or upper + 1 >= len(identities) or identities[upper + 1] == TAIL:
            return None
        first, second = self.text_places(upper), self.text_places(upper + 1)
        self.history.move(second.start, second.stop, first.start)
        return identities[index]

    def delete(self, index: int) -> int | None:
        """Takes a step's code away; its text stays. The cell to show next."""
        identities = self.identities()
        if identities[index] == TAIL:
            return None
        self.history.delete(identities[index])
        left = self.identities()
        return left[min(index, len(left) - 1)]

    def to_text(self, index: int) -> int | None:
        """Makes Markdown of a step's code."""
        identity = self.identities()[index]
        if identity == TAIL:
            return None
        self.history.convert(identity, "markdown")
        return identity

    def to_code(self, identity: int) -> int:
        """Makes code of a Markdown cell."""
        self.history.convert(identity, "code")
        return identity

    def rewrite(self, index: int, sources: Sequence[str]) -> None:
        """Gives a step's text other Markdown cells; what is neither code nor Markdown among them stays in front."""
        places = self.text_places(index)
        start = places.start
        for place in range(places.start, places.stop):
            if self.history.cells[place].kind == "other":
                start = place + 1
        others = [cell for cell in self.history.cells[places.start : start] if cell.kind == "markdown"]
        self.history.rewrite(slice(start, places.stop), sources[len(others) :])

    def undo(self, index: int, *, again: bool = False) -> int | None:
        """Takes the last change of the cells back, or does it ``again``; the cell to show. None where there is none."""
        before = {cell.identity for cell in self.history.cells}
        here = self.identities()[index]
        if not (self.history.redo() if again else self.history.undo()):
            return None
        now = [cell.identity for cell in self.history.cells]
        left = self.identities()
        fresh = next((identity for identity in now if identity not in before), here)
        return fresh if fresh in now else left[min(index, len(left) - 1)]

    def restore(self) -> int:
        """Makes the cells and their code what the file holds; the cell to show."""
        self.history.restore()
        return self.identities()[0]

    def keep(self, document: Document) -> bool:
        """The file holds ``document`` now; whether its cells are those of before."""
        before = [cell.identity for cell in self.history.cells]
        self.file = document
        self.history.keep(document.cells)
        return before == [cell.identity for cell in document.cells]

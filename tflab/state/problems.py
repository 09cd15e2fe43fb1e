"""What is wrong with the learner's program, as far as the runs so far have shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from tflab.protocol.events import ProblemFound, Site
from tflab.state.places import place_of, step_number

MOST_PROBLEMS: Final = 200


@dataclass
class Problems:
    """The problems of every cell's latest run."""

    version: int = 0
    found: list[ProblemFound] = field(default_factory=list)
    """In the order in which they were found."""

    def record(self, problem: ProblemFound) -> None:
        """One more."""
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(problem)
            self.version += 1

    def begin(self, cell: int | None) -> None:
        """A cell runs anew: what it found, and what was found in its lines, is no longer known."""
        kept = [problem for problem in self.found if problem.cell != cell and cell_of(problem) != cell]
        self.version += len(kept) != len(self.found)
        self.found = kept

    def has_question(self, cell: int) -> bool:
        """Whether a recorded run of ``cell`` would name an operation that is not known yet."""
        return any(problem.unexplained and problem.cell == cell for problem in self.found)

    def renumber(self, moved: Mapping[int, int]) -> None:
        """The cells have other numbers; what was found in one that is not there any more goes with it."""
        kept: list[ProblemFound] = []
        for problem in self.found:
            here, cell = cell_of(problem), problem.cell
            if here is not None and here not in moved:
                continue
            file = problem.file if here is None else f"<cell {moved[here] + 1}>"
            kept.append(msgspec.structs.replace(problem, file=file, cell=None if cell is None else moved.get(cell)))
        self.found = kept
        self.version += 1

    @property
    def by_severity(self) -> list[ProblemFound]:
        """Errors first, each kind in the order in which they were found."""
        return sorted(self.found, key=lambda problem: problem.severity != "error")


def cell_of(problem: ProblemFound) -> int | None:
    """The index of the cell that the problem's line is in; None where it is in a file, or nowhere."""
    if problem.line is None:
        return None
    number = step_number(place_of(Site(file=problem.file, line=problem.line)))
    return None if number is None else number - 1

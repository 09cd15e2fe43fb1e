"""The exercises of a lesson: what is graded, and the answers, hints and reasons that come with it.

The form is agreed in ``lessons/README.md``: a cell tagged ``exercise`` and behind it the cells that belong to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tflab.curriculum.cells import Cell
from tflab.curriculum.document import Document
from tflab.curriculum.lesson import HIDDEN_TAGS, read_lesson_cells
from tflab.curriculum.needed_cells import needed_cells
from tflab.protocol.grading import CellToRun, CheckOrder

EXERCISE: Final = "exercise"


@dataclass(frozen=True)
class WrongAnswer:
    """A common mistake."""

    source: str
    expect: str
    """Words that the evidence against it holds."""
    line: int = 0
    """1-based line of the lesson's file."""


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson. What the file lacks is empty; ``tflab check`` finds it."""

    name: str
    step_index: int
    """The step that it is; what ``cell`` is in events."""
    starter: str
    check: str
    """Claims about what the run must show, in Python; never shown to the learner."""
    solutions: tuple[str, ...]
    """Right answers; the first is the one to show."""
    wrong: tuple[WrongAnswer, ...]
    hints: tuple[str, ...]
    """Markdown, from the vaguest to the plainest."""
    why: str
    """Markdown, for after a pass."""


@dataclass(frozen=True)
class ExerciseCells:
    """An exercise as the file has it."""

    step_index: int
    starter: Cell
    others: tuple[Cell, ...]
    """The hidden cells that follow it."""

    def tagged(self, tag: str) -> tuple[Cell, ...]:
        """Those with one tag."""
        return tuple(cell for cell in self.others if tag in cell.tags)

    @property
    def exercise(self) -> Exercise:
        """What they make together."""

        def sources(tag: str) -> tuple[str, ...]:
            return tuple(cell.source for cell in self.tagged(tag))

        return Exercise(
            name=self.starter.name,
            step_index=self.step_index,
            starter=self.starter.source,
            check="\n\n".join(sources("check")),
            solutions=sources("solution"),
            wrong=tuple(WrongAnswer(cell.source, cell.expect, cell.line) for cell in self.tagged("wrong")),
            hints=sources("hint"),
            why="\n\n".join(sources("why")),
        )


def exercises_of(path: Path) -> tuple[Exercise, ...]:
    """The exercises of a lesson file, in order. Raises `UnreadableDocument`."""
    _, cells = read_lesson_cells(path)
    groups, _ = group_exercises(cells)
    return tuple(group.exercise for group in groups)


def group_exercises(cells: Iterable[Cell]) -> tuple[tuple[ExerciseCells, ...], tuple[Cell, ...]]:
    """The exercises among all cells of a lesson, and the hidden cells that belong to none."""
    groups: list[tuple[int, Cell, list[Cell]]] = []
    strays: list[Cell] = []
    step = 0
    is_open = False
    for cell in cells:
        if cell.tags & HIDDEN_TAGS:
            if is_open:
                groups[-1][2].append(cell)
            else:
                strays.append(cell)
        elif cell.kind == "code":
            is_open = EXERCISE in cell.tags
            if is_open:
                groups.append((step, cell, []))
            step += 1
    found = tuple(ExerciseCells(index, starter, tuple(others)) for index, starter, others in groups)
    return found, tuple(strays)


def order_check(
    document: Document,
    exercises: Sequence[Exercise],
    exercise: Exercise,
    source: str,
    passed: Mapping[str, str] | None = None,
) -> CheckOrder:
    """What it takes to grade ``source`` as an answer to ``exercise``.

    ``exercises`` are all of the document's, ``passed`` the learner's own text of those that were passed, by name; of
    any other earlier exercise the first solution stands in. Of the other steps the lesson's own text is replayed,
    whatever the learner has tried out there. Cells that neither the answer nor the check builds on are left out.
    """
    answers = {other.step_index: _answer(other, passed or {}) for other in exercises}
    earlier = [
        CellToRun(step.index, answers.get(step.index, step.source))
        for step in document.steps[: exercise.step_index]
        if step.source.strip()
    ]
    needed = needed_cells([cell.source for cell in earlier], [source, exercise.check])
    return CheckOrder(
        exercise=exercise.name,
        answer=CellToRun(exercise.step_index, source),
        check=exercise.check,
        replay=tuple(earlier[index] for index in needed),
        devices=document.devices,
    )


def _answer(exercise: Exercise, passed: Mapping[str, str]) -> str:
    if exercise.name in passed:
        return passed[exercise.name]
    return exercise.solutions[0] if exercise.solutions else exercise.starter

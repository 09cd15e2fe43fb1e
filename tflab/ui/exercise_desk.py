"""Hints, checks and answers of a document's exercises: what the keys for them do, and what the lesson shows then.

What it has to say about a step is Markdown behind the step's prose, so that it stands beside the task at every
window size and scrolls with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tflab.curriculum.document import Document, UnreadableDocument
from tflab.messages import text
from tflab.state.terminal_text import plain

if TYPE_CHECKING:
    from tflab.client.grading import CheckOutcome, CheckProgress
    from tflab.curriculum.exercises import Exercise
    from tflab.protocol.grading import CheckOrder

_MARKDOWN = re.compile(r"([\\*_\[\]<>#|~])")
"""What evidence may hold and must not format."""


class Check(Protocol):
    """A check on its way: `tflab.client.grading.RunningCheck`."""

    @property
    def progress(self) -> CheckProgress: ...
    @property
    def outcome(self) -> CheckOutcome | None: ...
    @property
    def stopped(self) -> str: ...
    @property
    def is_over(self) -> bool: ...

    def cancel(self) -> None:
        """Ends it soon. Never blocks."""


class Grader(Protocol):
    """Grades in throwaway sessions: `tflab.client.grading.ExerciseGrader`."""

    def start(self, order: CheckOrder, /) -> Check:
        """Begins and returns at once."""


@dataclass
class _Desk:
    """What was asked for and said about one exercise."""

    hints: int = 0
    """How many are shown."""
    solution: bool = False
    passed: str | None = None
    """The text that passed; empty where it passed before this launch."""
    report: list[str] = field(default_factory=list)
    """The last check's lines of Markdown."""


class ExerciseDesk:
    """The exercises of one document. Only the interface's own thread may use it."""

    def __init__(
        self,
        document: Document,
        grader: Grader | None = None,
        passed: Collection[str] = (),
        on_pass: Callable[[Document, str], None] | None = None,
    ) -> None:
        """``passed`` names the exercises passed earlier; ``on_pass`` is told of every pass."""
        self._document = document
        self._grader = grader
        self._on_pass = on_pass
        self._exercises = _exercises_of(document)
        self._desks = {exercise.name: _Desk() for exercise in self._exercises}
        for name in passed:
            if name in self._desks:
                self._desks[name].passed = ""
        self._check: Check | None = None
        self._checked: Exercise | None = None
        self._answer = ""

    def exercise(self, step: int) -> Exercise | None:
        """The exercise that a step is."""
        return next((exercise for exercise in self._exercises if exercise.step_index == step), None)

    def is_passed(self, step: int) -> bool:
        """Whether the step is an exercise that has passed."""
        exercise = self.exercise(step)
        return exercise is not None and self._desks[exercise.name].passed is not None

    def next_open(self, step: int) -> int | None:
        """The next exercise after ``step`` that has not passed, from the beginning again behind the last.

        Who knows a lesson already goes from one to the next and passes them; that is all a lesson asks for.
        """
        ahead = [exercise.step_index for exercise in self._exercises if not self.is_passed(exercise.step_index)]
        return min(ahead, key=lambda index: (index <= step, index), default=None)

    @property
    def checking(self) -> bool:
        """Whether a check is on its way."""
        return self._check is not None

    # --- asking -------------------------------------------------------------------------------------------------

    def check(self, step: int, sources: Callable[[int], str]) -> bool:
        """Grades a step; ``sources`` gives the code of every step as it is now. False where there is nothing to.

        A check that is on its way goes on where it is of the same code, and gives way where it is not: who changed
        the code and asks again wants to know about the code in sight.
        """
        exercise = self.exercise(step)
        if exercise is None or self._grader is None:
            return False
        self.follow()
        if self._check is not None:
            if self._checked is exercise and self._answer == sources(step):
                return False
            self._check.cancel()
        from tflab.curriculum.exercises import order_check

        # What passed in an earlier launch has only its draft to be replayed from.
        passed = {
            other.name: self._desks[other.name].passed or sources(other.step_index)
            for other in self._exercises
            if self._desks[other.name].passed is not None
        }
        self._checked, self._answer = exercise, sources(step)
        self._check = self._grader.start(order_check(self._document, self._exercises, exercise, self._answer, passed))
        return True

    def cancel(self) -> None:
        """Stops the check that is on its way."""
        if self._check is not None:
            self._check.cancel()

    def hint(self, step: int) -> bool:
        """Shows one hint more. False where the step has none left."""
        exercise = self.exercise(step)
        if exercise is None or self._desks[exercise.name].hints >= len(exercise.hints):
            return False
        self._desks[exercise.name].hints += 1
        return True

    def show_solution(self, step: int) -> bool:
        """Shows the solution. False where there is none."""
        exercise = self.exercise(step)
        if exercise is None or not exercise.solutions:
            return False
        self._desks[exercise.name].solution = True
        return True

    def reset(self, step: int) -> None:
        """Forgets the hints, the solution and the last verdict of a step; that it passed once stays."""
        exercise = self.exercise(step)
        if exercise is not None:
            self._desks[exercise.name] = _Desk(passed=self._desks[exercise.name].passed)

    # --- being told ---------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Takes in how the check goes; to be called with every frame."""
        check, exercise = self._check, self._checked
        if check is None or exercise is None or not check.is_over:
            return
        self._check = self._checked = None
        desk = self._desks[exercise.name]
        outcome = check.outcome
        if outcome is None:
            desk.report = [f"**{_escaped(check.stopped)}**"]
            return
        finished = outcome.finished
        title = "check.desk.passed" if finished.passed else "check.desk.not_yet"
        desk.report = [f"**{text(title, seconds=f'{outcome.seconds:.1f}')}**", ""]
        for evidence in finished.evidence:
            observed = f": {_escaped(evidence.observed)}" if evidence.observed and not evidence.held else ""
            desk.report.append(f"- {'✓' if evidence.held else '✗'} {_escaped(evidence.claim)}{observed}")
        if finished.passed:
            desk.passed = self._answer
            if self._on_pass is not None:
                self._on_pass(self._document, exercise.name)

    # --- showing ------------------------------------------------------------------------------------------------

    def prose(self, step: int) -> str:
        """The step's prose and all that was asked for, as Markdown."""
        parts = [self._document.steps[step].prose]
        exercise = self.exercise(step)
        if exercise is None:
            return parts[0]
        desk = self._desks[exercise.name]
        for number, hint in enumerate(exercise.hints[: desk.hints], start=1):
            parts += [f"**{text('check.desk.hint', number=number, total=len(exercise.hints))}**", hint]
        if desk.solution:
            parts += [f"**{text('check.desk.solution')}**", f"```python\n{exercise.solutions[0]}\n```"]
        if self._check is not None and self._checked is exercise:
            parts.append(f"*{_escaped(self._check.progress.sentence)} …*")
        elif desk.report:
            parts.append("\n".join(desk.report))
        if desk.passed is not None and exercise.why:
            parts += [f"**{text('check.desk.why')}**", exercise.why]
        if desk.passed is None and not desk.report and self._check is None:
            parts.append(f"*{text('check.desk.invitation')}*")
        return "\n\n".join(part for part in parts if part.strip())


def _exercises_of(document: Document) -> tuple[Exercise, ...]:
    if not any("exercise" in step.tags for step in document.steps) or document.kind != "lesson":
        return ()
    from tflab.curriculum.exercises import exercises_of

    try:
        return exercises_of(document.path)
    # The file changed since it was opened; its steps are there, only its exercises are not.
    except UnreadableDocument:
        return ()


def _escaped(sentence: str) -> str:
    parts = plain(sentence).replace("\n", " ").split("`")
    # Names stand between backquotes, where nothing formats and nothing can be escaped.
    return "`".join(part if number % 2 else _MARKDOWN.sub(r"\\\1", part) for number, part in enumerate(parts))

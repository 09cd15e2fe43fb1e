"""What ``tflab check`` runs of one lesson, and what it makes of the outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from tflab.client.grading import LIMITS, CheckOutcome, ExerciseGrader
from tflab.client.throwaway import ForksAside, NoSession
from tflab.client.throwaway_run import Cancelled, CellTimedOut, Forged, SessionGone, ThrowawayRun
from tflab.curriculum.cells import Cell, steps_from
from tflab.curriculum.content_rules import LessonFile, is_complete
from tflab.curriculum.document import Document
from tflab.curriculum.exercises import Exercise, order_check
from tflab.curriculum.findings import Finding
from tflab.curriculum.lesson import HIDDEN_TAGS, devices_of
from tflab.messages import text
from tflab.protocol.events import CellFinished, CheckFinished, Evidence, ProblemFound
from tflab.protocol.grading import CellToRun

CELL_SECONDS: Final = 10.0
"""What a cell of a lesson may take."""
CHECK_SECONDS: Final = 20.0
"""What a check may take from the key to the answer, on a slow machine."""
PATIENCE: Final = 60.0
"""Seconds after which a cell is given up."""


@dataclass(frozen=True)
class Result:
    """What one task found."""

    findings: tuple[Finding, ...] = ()
    is_slow: bool = False
    """Whether something took too long, or nearly nothing else could be said."""


Judge = Callable[[CheckOutcome], Iterator[Finding]]


class LessonTasks:
    """The tasks of one lesson; each runs in a session of its own."""

    def __init__(self, lesson: LessonFile, sessions: ForksAside, cancelled: threading.Event) -> None:
        self._lesson = lesson
        self._sessions = sessions
        self._cancelled = cancelled
        self._grader = ExerciseGrader(sessions)
        self._exercises = [group.exercise for group in lesson.exercises]
        shown = [cell for cell in lesson.cells if not cell.tags & HIDDEN_TAGS]
        self._code = [cell for cell in shown if cell.kind == "code"]
        self._document = Document(
            path=lesson.path,
            kind="lesson",
            title=lesson.name,
            steps=steps_from(shown),
            devices=devices_of(lesson.head) or (),
        )

    def tasks(self) -> Iterator[Callable[[], Result]]:
        """Each may be called on any thread, and again. Raises `Cancelled`."""
        if self._code:
            yield self._run_straight_through
        for group, exercise in zip(self._lesson.exercises, self._exercises, strict=True):
            if is_complete(exercise):
                yield partial(self._grade, exercise, group.starter, partial(self._judge_starter, group.starter))
                for index, cell in enumerate(group.tagged("solution"), start=1):
                    yield partial(self._grade, exercise, cell, partial(self._judge_solution, exercise, cell, index))
                for index, cell in enumerate(group.tagged("wrong"), start=1):
                    yield partial(self._grade, exercise, cell, partial(self._judge_wrong, exercise, cell, index))

    # --- the lesson from its first cell to its last --------------------------------------------------------------

    def _run_straight_through(self) -> Result:
        """Every cell, with the first solution of each exercise."""
        answers = {exercise.step_index: exercise.solutions[0] for exercise in self._exercises if exercise.solutions}
        findings: list[Finding] = []
        is_slow = False
        cell = self._code[0]
        try:
            processor, devices = 10 * LIMITS.processor, self._document.devices
            with ThrowawayRun(self._sessions, self._cancelled, processor_seconds=processor, devices=devices) as run:
                for index, cell in enumerate(self._code):
                    run.problems.clear()
                    finished = run.run_cell(CellToRun(index, answers.get(index, cell.source)), PATIENCE)
                    if index in answers:
                        findings += [self._problem(cell, problem) for problem in run.problems]
                    if finished.seconds > CELL_SECONDS:
                        findings.append(self._slow_cell(cell, finished.seconds))
                        is_slow = True
                    if finished.status != "ok" or finished.exit_status is not None:
                        findings.append(self._failed_cell(cell, finished, is_own=index not in answers))
                        break
        except CellTimedOut as timeout:
            message = text("check.ended.timeout.no_line", seconds=f"{PATIENCE:g}")
            findings.append(self._failure(cell.line + (timeout.line or 1) - 1, message))
            is_slow = True
        except (SessionGone, NoSession) as gone:
            findings.append(self._failure(cell.line, str(gone)))
        except Forged:
            findings.append(self._failure(cell.line, text("check.ended.forged")))
        return Result(tuple(findings), is_slow)

    def _failed_cell(self, cell: Cell, finished: CellFinished, *, is_own: bool) -> Finding:
        """``is_own``: what ran is the cell's own text, so that lines can be counted in it."""
        error = finished.error
        if error is None:
            return self._failure(cell.line, finished.status)
        line = cell.line + error.line - 1 if is_own and error.line is not None else cell.line
        return self._failure(line, f"{error.name}: {error.message}" if error.message else error.name)

    def _failure(self, line: int, message: str) -> Finding:
        return Finding(self._lesson.path, line, text("check.finding.cell_failed", message=message))

    def _problem(self, cell: Cell, problem: ProblemFound) -> Finding:
        message = text("check.finding.solution_problem", code=problem.code, message=problem.message)
        return Finding(self._lesson.path, cell.line, message)

    def _slow_cell(self, cell: Cell, seconds: float) -> Finding:
        message = text("check.finding.cell_slow", seconds=f"{seconds:.1f}", limit=f"{CELL_SECONDS:g}")
        return Finding(self._lesson.path, cell.line, message)

    # --- one answer to one exercise ------------------------------------------------------------------------------

    def _grade(self, exercise: Exercise, cell: Cell, judge: Judge) -> Result:
        check = self._grader.start(order_check(self._document, self._exercises, exercise, cell.source))
        while not check.wait(0.1):
            if self._cancelled.is_set():
                check.cancel()
        if self._cancelled.is_set():
            raise Cancelled
        if check.error is not None:
            raise check.error
        outcome = check.outcome
        if outcome is None:
            message = text("check.finding.not_graded", name=exercise.name, observed=check.stopped)
            return Result((Finding(self._lesson.path, cell.line, message),))
        findings = list(judge(outcome))
        seconds = outcome.answer.seconds if outcome.answer is not None else 0.0
        is_slow = seconds > CELL_SECONDS or outcome.seconds > CHECK_SECONDS
        if seconds > CELL_SECONDS:
            findings.append(self._slow_cell(cell, seconds))
        elif is_slow:
            took = f"{outcome.seconds:.1f}"
            message = text("check.finding.check_slow", name=exercise.name, seconds=took, limit=f"{CHECK_SECONDS:g}")
            findings.append(Finding(self._lesson.path, cell.line, message))
        return Result(tuple(findings), is_slow)

    def _judge_starter(self, cell: Cell, outcome: CheckOutcome) -> Iterator[Finding]:
        answer, finished = outcome.answer, outcome.finished
        if finished.passed:
            message = text("check.finding.starter_passes", name=finished.exercise)
            yield Finding(self._lesson.path, cell.line, message)
        elif answer is None or answer.status != "ok" or answer.exit_status is not None:
            observed = _failures(finished)
            message = text("check.finding.starter_fails_to_run", name=finished.exercise, observed=observed)
            yield Finding(self._lesson.path, cell.line, message)

    def _judge_solution(self, exercise: Exercise, cell: Cell, index: int, outcome: CheckOutcome) -> Iterator[Finding]:
        if not outcome.finished.passed:
            observed = _failures(outcome.finished)
            message = text("check.finding.solution_fails", index=index, name=exercise.name, observed=observed)
            yield Finding(self._lesson.path, cell.line, message)

    def _judge_wrong(self, exercise: Exercise, cell: Cell, index: int, outcome: CheckOutcome) -> Iterator[Finding]:
        observed = _failures(outcome.finished)
        if outcome.finished.passed:
            message = text("check.finding.wrong_passes", index=index, name=exercise.name)
            yield Finding(self._lesson.path, cell.line, message)
        elif cell.expect not in observed:
            message = text(
                "check.finding.wrong_message",
                index=index,
                name=exercise.name,
                expect=repr(cell.expect),
                observed=observed,
            )
            yield Finding(self._lesson.path, cell.line, message)


def _failures(finished: CheckFinished) -> str:
    """What did not hold, in one line."""
    return "; ".join(_sentence(evidence) for evidence in finished.evidence if not evidence.held) or "-"


def _sentence(evidence: Evidence) -> str:
    return f"{evidence.claim}: {evidence.observed}" if evidence.observed else evidence.claim

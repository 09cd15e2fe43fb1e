"""Grades exercises in throwaway sessions; the live session is never touched.

>>> check = ExerciseGrader(supervisor).start(order)
>>> check.progress.sentence        # at any time: "replaying step 2 (1 of 3)"
>>> check.wait(); check.outcome.finished.evidence
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from tflab.client import answer_evidence
from tflab.client.throwaway import ForksAside, NoSession
from tflab.client.throwaway_run import Cancelled, CellTimedOut, Forged, SessionGone, ThrowawayRun
from tflab.messages import text
from tflab.protocol.events import CellFinished, CheckFinished, Evidence
from tflab.protocol.grading import CheckOrder
from tflab.protocol.requests import CheckExerciseRequest

Stage = Literal["waiting", "starting", "replaying", "answering", "checking", "done"]


@dataclass(frozen=True)
class CheckLimits:
    """How long a check may take, in seconds."""

    replay: float = 60.0
    """For each earlier cell."""
    answer: float = 30.0
    """For the learner's cell."""
    check: float = 30.0
    """For the check cell."""
    processor: int = 240
    """Of all cores together, for the whole session."""


LIMITS: Final = CheckLimits()


@dataclass(frozen=True)
class CheckProgress:
    """How far a check has come."""

    stage: Stage
    done: int = 0
    """Earlier cells that were replayed."""
    total: int = 0
    """Earlier cells that the exercise builds on."""
    step: int = 0
    """While replaying, the step that runs, counted from 1."""

    @property
    def sentence(self) -> str:
        """The same for people."""
        return text(f"check.progress.{self.stage}", step=self.step, done=self.done + 1, total=self.total)

    @property
    def fraction(self) -> float:
        """0 to 1, cells done over cells to run; the check counts as one."""
        cells = self.total + 2
        done = {"waiting": 0, "starting": 0, "replaying": self.done, "answering": self.total, "checking": cells - 1}
        return done.get(self.stage, cells) / cells


@dataclass(frozen=True)
class CheckOutcome:
    """The answer to an order."""

    finished: CheckFinished
    answer: CellFinished | None
    """How the learner's cell ended; None where it did not come to that, or did not end."""
    seconds: float


class RunningCheck:
    """A check on its way; any thread may look at it."""

    def __init__(self, order: CheckOrder, on_change: Callable[[RunningCheck], None] | None) -> None:
        self.order = order
        self.progress = CheckProgress("waiting", total=len(order.replay))
        self.outcome: CheckOutcome | None = None
        """The answer; None while there is none, and for good where the check was stopped."""
        self.stopped = ""
        """Why there will be no answer, in one line for people; empty otherwise."""
        self.error: Exception | None = None
        """A fault of the lab's own that ended it."""
        self.cancelled = threading.Event()
        self._over = threading.Event()
        self._on_change = on_change

    @property
    def is_over(self) -> bool:
        """Whether there is an answer, or never will be."""
        return self._over.is_set()

    def cancel(self) -> None:
        """Ends the check soon, without an answer. Never blocks."""
        self.cancelled.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is over; False where ``timeout`` seconds passed without."""
        return self._over.wait(timeout)

    def move(self, progress: CheckProgress) -> None:
        """The check has come so far."""
        self.progress = progress
        self._tell()

    def end(self, outcome: CheckOutcome | None, stopped: str = "") -> None:
        """The check is over."""
        self.outcome, self.stopped = outcome, stopped
        self.progress = CheckProgress("done", done=len(self.order.replay), total=len(self.order.replay))
        self._over.set()
        self._tell()

    def _tell(self) -> None:
        if self._on_change is not None:
            self._on_change(self)


class ExerciseGrader:
    """Grades orders, as many at once as are started."""

    def __init__(self, sessions: ForksAside, limits: CheckLimits = LIMITS) -> None:
        self._sessions = sessions
        self._limits = limits

    def start(self, order: CheckOrder, on_change: Callable[[RunningCheck], None] | None = None) -> RunningCheck:
        """Begins to grade ``order`` and returns at once.

        ``on_change`` is called with the check at every turn and once it is over, on a thread of the check's own.
        """
        check = RunningCheck(order, on_change)
        threading.Thread(target=self._grade, args=(check,), name="tflab-check", daemon=True).start()
        return check

    def _grade(self, check: RunningCheck) -> None:
        try:
            check.end(self._outcome(check))
        except Cancelled:
            check.end(None, text("check.cancelled"))
        except NoSession as error:
            check.end(None, text("check.no_session", reason=error))
        # A bug of ours must not leave whoever waits in the dark, nor write on a terminal that is a screen.
        except Exception as error:
            check.error = error
            check.end(None, text("check.no_session", reason=f"{type(error).__name__}: {error}"))

    def _outcome(self, check: RunningCheck) -> CheckOutcome:
        order = check.order
        if not order.check.strip():
            raise NoSession(text("check.none"))
        try:
            processor = self._limits.processor
            with ThrowawayRun(
                self._sessions, check.cancelled, processor_seconds=processor, devices=order.devices
            ) as run:
                return self._carry_out(check, run)
        except SessionGone as gone:
            raise NoSession(str(gone)) from None

    def _carry_out(self, check: RunningCheck, run: ThrowawayRun) -> CheckOutcome:
        order, limits, started = check.order, self._limits, time.monotonic()
        answer: CellFinished | None = None

        def failed(evidence: Evidence) -> CheckOutcome:
            finished = CheckFinished(
                cell=order.answer.cell, exercise=order.exercise, passed=False, evidence=(evidence,)
            )
            return CheckOutcome(finished, answer, time.monotonic() - started)

        limit, in_check = limits.replay, False
        try:
            for done, cell in enumerate(order.replay):
                check.move(CheckProgress("replaying", done=done, total=len(order.replay), step=cell.cell + 1))
                evidence = answer_evidence.of_earlier(cell.cell + 1, run.run_cell(cell, limits.replay))
                if evidence is not None:
                    return failed(evidence)
            check.move(CheckProgress("answering", done=len(order.replay), total=len(order.replay)))
            limit = limits.answer
            answer = run.run_cell(order.answer, limits.answer)
            evidence = answer_evidence.of_answer(answer)
            if evidence is not None:
                return failed(evidence)
            check.move(CheckProgress("checking", done=len(order.replay), total=len(order.replay)))
            in_check = True
            request = CheckExerciseRequest(
                cell=order.answer.cell, exercise=order.exercise, source=order.check, token=secrets.token_hex(16)
            )
            finished = run.check(request, limits.check)
        except CellTimedOut as timeout:
            if in_check:
                return failed(answer_evidence.of_slow_check(limits.check))
            return failed(answer_evidence.of_timeout(timeout, limit))
        except SessionGone as gone:
            return failed(answer_evidence.of_lost_session(gone, limits.processor, in_check=in_check))
        except Forged:
            return failed(answer_evidence.of_forgery())
        return CheckOutcome(finished, answer, time.monotonic() - started)

"""Exercises graded in real throwaway sessions, forked from the warm server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.sessions import LOADING, PATIENCE, WarmServer
from tflab.client.grading import LIMITS, CheckLimits, CheckOutcome, ExerciseGrader, RunningCheck
from tflab.client.permissions import for_lessons
from tflab.client.supervisor import Supervisor
from tflab.messages import language
from tflab.protocol.events import Evidence
from tflab.protocol.grading import CellToRun, CheckOrder
from tflab.protocol.server import SessionSpec

IMPORTS = "import numpy as np\nimport tensorflow as tf\n"


def order(answer: str, check: str, *, replay: Sequence[str] = (IMPORTS,)) -> CheckOrder:
    """An exercise after these cells."""
    cells = tuple(CellToRun(index, source) for index, source in enumerate(replay))
    return CheckOrder("it", answer=CellToRun(len(cells), answer), check=check, replay=cells)


def make_spec(scratch: Path) -> SessionSpec:
    """A session as lessons have it."""
    return SessionSpec(permissions=for_lessons().permissions(scratch), language=language())


class GradingLab:
    """A supervisor with a live session beside which exercises are graded."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor

    def start(
        self, answer: str, check: str, *, replay: Sequence[str] = (IMPORTS,), limits: CheckLimits = LIMITS
    ) -> RunningCheck:
        """Begins to grade."""
        return ExerciseGrader(self.supervisor, limits).start(order(answer, check, replay=replay))

    def grade(
        self, answer: str, check: str, *, replay: Sequence[str] = (IMPORTS,), limits: CheckLimits = LIMITS
    ) -> CheckOutcome:
        """The outcome of grading."""
        running = self.start(answer, check, replay=replay, limits=limits)
        assert running.wait(LOADING)
        assert running.outcome is not None, running.stopped
        return running.outcome

    def evidence(self, answer: str, check: str, *, replay: Sequence[str] = (IMPORTS,)) -> list[Evidence]:
        """The evidence of an answer that ran to its end."""
        outcome = self.grade(answer, check, replay=replay)
        assert outcome.answer is not None
        assert outcome.answer.status == "ok", outcome.answer.error
        return list(outcome.finished.evidence)


@contextmanager
def grading_lab(warm_server: WarmServer) -> Iterator[GradingLab]:
    """A lab for a ``with`` block."""
    supervisor = Supervisor(make_spec, sample_devices=None, launcher=warm_server.launcher)
    supervisor.start()
    try:
        assert supervisor.wait(PATIENCE)
        yield GradingLab(supervisor)
    finally:
        supervisor.close()

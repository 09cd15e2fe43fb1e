"""Which cell runs, which wait, and what became of an interrupt or a time limit: plain logic, no process."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import msgspec

from tflab.messages import text
from tflab.protocol.events import CellError, CellFinished, CellStatus, ProblemFound
from tflab.protocol.lifecycle import EndReason
from tflab.protocol.requests import RunCellRequest

OVERDUE: Final = 3.0
"""Seconds after which an interrupt counts as without effect."""
BEGINNING: Final = 60.0
"""Seconds that a session may take to begin a cell, before the cell's own time limit counts."""


class Due(Enum):
    """What the clock asks for."""

    NOTHING = auto()
    TIME_LIMIT = auto()
    """The cell ran past its time: interrupt it."""
    OVERDUE = auto()
    """The interrupt has had no effect: say so."""
    HOPELESS = auto()
    """The interrupt of a cell that ran past its time has had no effect: end the session."""


@dataclass
class RunningCell:
    """The cell that the session works on."""

    request: RunCellRequest
    timeout: float | None
    started: float
    """When the session was asked for it."""
    begun: float | None = None
    """When the session said that it runs the cell's code."""
    interrupted: float | None = None
    """When an interrupt was asked for."""
    overdue: bool = False
    """Whether that was found to be without effect."""
    timed_out: bool = False

    def due(self, now: float) -> Due:
        """What is to be done at ``now``; each is said once."""
        counts_from = self.started + BEGINNING if self.begun is None else self.begun
        if self.timeout is not None and not self.timed_out and now - counts_from >= self.timeout:
            self.timed_out = True
            return Due.TIME_LIMIT
        if self.interrupted is not None and not self.overdue and now - self.interrupted >= OVERDUE:
            self.overdue = True
            return Due.HOPELESS if self.timed_out else Due.OVERDUE
        return Due.NOTHING

    @property
    def timeout_message(self) -> str:
        """What ended the cell, where its time limit did."""
        return text("client.timeout", seconds=f"{self.timeout or 0:g}")

    def judged(self, event: CellFinished) -> CellFinished:
        """``event`` as it is told: an interrupt by the time limit is no interrupt by the learner."""
        if not self.timed_out or event.status == "ok":
            return event
        line = event.error.line if event.error is not None else None
        error = CellError(name="TimeoutError", message=self.timeout_message, line=line, traceback="")
        return msgspec.structs.replace(event, status="timeout", error=error)

    def killed(self, reason: EndReason, message: str, now: float) -> CellFinished:
        """The end of the cell with its session."""
        status: CellStatus = "timeout" if reason == "timeout" else "killed"
        error = CellError(name="SessionEnded", message=message, line=None, traceback="")
        return CellFinished(cell=self.request.cell, status=status, seconds=now - self.started, error=error)

    def problem(self, reason: EndReason, message: str) -> ProblemFound | None:
        """What the end of the session says against the cell; None where it says nothing."""
        if reason != "memory":
            return None
        return ProblemFound(
            cell=self.request.cell,
            code="memory-limit",
            cause=None,
            severity="error",
            line=None,
            message=message,
            fix=text("diagnosis.memory-limit.fix"),
        )


class CellQueue:
    """Cells in order, one at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: deque[tuple[RunCellRequest, float | None]] = deque()
        self.running: RunningCell | None = None

    def add(self, request: RunCellRequest, timeout: float | None) -> None:
        """``request`` waits its turn."""
        self._waiting.append((request, timeout))

    def take(self) -> RunCellRequest | None:
        """The next cell, which runs from now on; None while another runs or none waits."""
        if self.running is not None or not self._waiting:
            return None
        request, timeout = self._waiting.popleft()
        self.running = RunningCell(request, timeout, self._clock())
        return request

    def begun(self, cell: int | None) -> None:
        """The session says that it runs the code of ``cell``."""
        if self.running is not None and self.running.request.cell == cell and self.running.begun is None:
            self.running.begun = self._clock()

    def drop(self) -> tuple[int, ...]:
        """Forgets the cells that wait; returns them."""
        cells = tuple(request.cell for request, _ in self._waiting)
        self._waiting.clear()
        return cells

    def interrupted(self) -> None:
        """An interrupt of the running cell was asked for."""
        if self.running is not None:
            self.running.interrupted, self.running.overdue = self._clock(), False

    @property
    def hopeless_message(self) -> str:
        """Why the session is ended, where `due` found the running cell hopeless."""
        limit = self.running.timeout if self.running is not None else None
        return text("client.session_timeout", seconds=f"{limit or 0:g}")

    def due(self) -> Due:
        """What the clock asks for now."""
        return Due.NOTHING if self.running is None else self.running.due(self._clock())

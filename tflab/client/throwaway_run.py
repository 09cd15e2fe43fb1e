"""Runs cells in a throwaway session, one after the other, each with a time limit."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Final

import msgspec

from tflab.client import endings
from tflab.client.cell_queue import BEGINNING
from tflab.client.throwaway import ForksAside, NoSession, NotReady, ThrowawaySession
from tflab.client.watchdog import SessionWatch
from tflab.messages import text
from tflab.protocol import requests
from tflab.protocol.events import (
    CellFinished,
    CellStarted,
    CheckFinished,
    Event,
    InputRequested,
    ProblemFound,
    SessionReady,
)
from tflab.protocol.grading import CellToRun
from tflab.protocol.logical_devices import LogicalDevices
from tflab.protocol.server import SessionSpec

INTERRUPT_GRACE: Final = 3.0
"""Seconds that a cell past its time has to say in which line it was."""
LOADING: Final = 600.0
"""Seconds that TensorFlow's import may take, at most."""
READY: Final = 60.0
"""Seconds from the fork to a session that is ready, at most."""
_POLL: Final = 0.1


class Cancelled(Exception):
    """Somebody does not want the answer any more."""


class CellTimedOut(Exception):
    """A cell was still busy when its time was over."""

    def __init__(self, line: int | None) -> None:
        super().__init__(line)
        self.line = line
        """1-based line of the cell that it was in; None where that is not known."""


class SessionGone(Exception):
    """The session ended by itself; the message says how, in words for people."""

    def __init__(self, how: str, status: int | None) -> None:
        super().__init__(how)
        self.status = status


class Forged(Exception):
    """The session said something that only the learner's code can have made up."""


class ThrowawayRun:
    """A throwaway session for a ``with`` block. ``cancelled`` may be set from any thread and ends it; ``devices`` are
    the logical devices that it starts with.

    Seeds are fixed and no process can be started. Entering raises `Cancelled`, `SessionGone` and
    `tflab.client.throwaway.NoSession`.
    """

    def __init__(
        self,
        sessions: ForksAside,
        cancelled: threading.Event,
        *,
        processor_seconds: int,
        devices: LogicalDevices = (),
    ) -> None:
        self._sessions = sessions
        self._cancelled = cancelled
        self._processor_seconds = processor_seconds
        self._devices = devices
        self._arrived: SimpleQueue[CellFinished | CheckFinished | SessionReady | None] = SimpleQueue()
        self._asked: int | None = None
        """The cell that was asked for and has not begun."""
        self._begun = 0.0
        """When the last one began."""
        self.problems: list[ProblemFound] = []
        """What was found to be wrong so far; as hostile as the session."""
        self._session: ThrowawaySession
        self._watch: SessionWatch | None = None

    def __enter__(self) -> ThrowawayRun:
        self._session = self._forked()
        try:
            self._wait(READY)
        except BaseException:
            self._session.end()
            raise
        self._watch_over()
        return self

    def _forked(self) -> ThrowawaySession:
        deadline = time.monotonic() + LOADING
        while not self._cancelled.is_set():
            try:
                return self._sessions.fork_aside(self._adapted, self._on_event, lambda: self._arrived.put(None))
            except NotReady:
                if time.monotonic() > deadline:
                    raise NoSession(text("check.no_server")) from None
                self._cancelled.wait(_POLL)
        raise Cancelled

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.end()

    def _adapted(self, spec: SessionSpec) -> SessionSpec:
        permissions = msgspec.structs.replace(
            spec.permissions, network=False, processes=False, cpu_seconds=self._processor_seconds
        )
        return msgspec.structs.replace(spec, permissions=permissions, grading=True, logical_devices=self._devices)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ProblemFound):
            self.problems.append(event)
        elif isinstance(event, CellStarted) and event.cell == self._asked:
            # Only once: what runs could say it again and again.
            self._begun, self._asked = time.monotonic(), None
        elif isinstance(event, (CellFinished, CheckFinished, SessionReady)):
            self._arrived.put(event)
        elif isinstance(event, InputRequested):
            # Nobody is there to answer.
            self._session.client.send(requests.AnswerInputRequest(text="", end=True))

    # --- work ----------------------------------------------------------------------------------------------------

    def run_cell(self, cell: CellToRun, limit: float) -> CellFinished:
        """Runs a cell to its end, within ``limit`` seconds from its beginning.

        Raises `Cancelled`, `CellTimedOut`, `SessionGone`, `Forged`.
        """
        self._asked = cell.cell
        self._session.client.send(requests.RunCellRequest(cell=cell.cell, source=cell.source))
        try:
            finished = self._wait(limit, begins=True)
        except TimeoutError:
            raise CellTimedOut(self._line_of_busy_cell()) from None
        if not isinstance(finished, CellFinished) or finished.cell != cell.cell:
            raise Forged
        return finished

    def check(self, request: requests.CheckExerciseRequest, limit: float) -> CheckFinished:
        """The session's verdict, within ``limit`` seconds. Raises as `run_cell` does."""
        self._session.client.send(request)
        try:
            finished = self._wait(limit)
        except TimeoutError:
            raise CellTimedOut(None) from None
        if not isinstance(finished, CheckFinished) or finished.token != request.token:
            raise Forged
        return msgspec.structs.replace(finished, token="")

    def _line_of_busy_cell(self) -> int | None:
        self._session.client.send(requests.InterruptRequest())
        try:
            finished = self._wait(INTERRUPT_GRACE)
        except (TimeoutError, SessionGone):
            return None
        error = finished.error if isinstance(finished, CellFinished) else None
        return error.line if error is not None else None

    def _wait(self, limit: float, *, begins: bool = False) -> CellFinished | CheckFinished | SessionReady:
        """What comes next, within ``limit`` seconds; of a cell that ``begins`` these count from its beginning."""
        asked = time.monotonic()
        while True:
            if self._cancelled.is_set():
                raise Cancelled
            begun = asked if not begins else asked + BEGINNING if self._asked is not None else self._begun
            left = begun + limit - time.monotonic()
            try:
                arrived = self._arrived.get(timeout=max(0.0, min(_POLL, left)))
            except Empty:
                if left <= 0:
                    raise TimeoutError from None
                self._look_after_limits()
                continue
            if arrived is None:
                raise self._gone()
            return arrived

    def _watch_over(self) -> None:
        """Holds the session to its limits, once its process is known: its own word may be faster than its source's."""
        client = self._session.client
        if self._watch is None and client.is_ready and client.pid is not None:
            self._watch = SessionWatch(client.pid, client.spec.permissions)

    def _look_after_limits(self) -> None:
        self._watch_over()
        verdict = self._watch.limit_verdict() if self._watch is not None else None
        if verdict is not None:
            raise SessionGone(verdict.message, None)

    def _gone(self) -> Exception:
        client = self._session.client
        if client.broken:
            return Forged()
        client.exited.wait(READY)
        return SessionGone(client.last_output if client.pid is None else endings.how(client.status), client.status)

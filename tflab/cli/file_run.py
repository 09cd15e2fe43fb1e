"""Runs a document's cells in a session and says how it went."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, Protocol

import msgspec

from tflab.cli.event_file import EventFile, UnwritableEvents
from tflab.cli.run_output import RunOutput
from tflab.cli.run_summary import RunSummary
from tflab.cli.typed_input import TypedInput
from tflab.curriculum.document import Document
from tflab.messages import text
from tflab.protocol.events import (
    CellFinished,
    CellStarted,
    Event,
    InputRequested,
    ResultShown,
    SessionReady,
    StreamWritten,
)
from tflab.protocol.lifecycle import InterruptOverdue, SessionEnded
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import ServerFailed, ServerProgressed

OK: Final = 0
FAILED: Final = 1
NO_SESSION: Final = 3
TIMED_OUT: Final = 124
INTERRUPTED: Final = 130
OUT_OF_MEMORY: Final = 137

_PATIENCE = 3.0
"""Seconds that a cell past its time gets to yield to an interrupt before it is killed."""
_GRACE = 5.0
"""Seconds for the last events of a session that was killed."""
_POLL_SECONDS = 0.05
"""How soon a signal, a line on stdin or the clock is noticed; events wake the loop at once."""


class RunningSession(Protocol):
    """What a run needs of `tflab.client.supervisor.Supervisor`."""

    def start(self) -> None: ...
    def run(self, request: RunCellRequest, /) -> None: ...
    def interrupt(self) -> None: ...
    def restart(self) -> None: ...
    def answer_input(self, text: str, /, *, end_of_file: bool = False) -> None: ...
    def drain(self) -> Sequence[Any]: ...
    def wait(self, timeout: float | None = None) -> bool: ...


class FileRun:
    """One run of one document. ``run`` gives the exit status of the contract."""

    def __init__(
        self,
        document: Document,
        session: RunningSession,
        output: RunOutput,
        events: EventFile | None = None,
        *,
        keep_going: bool = False,
        timeout: float | None = None,
    ) -> None:
        self._document = document
        self._session = session
        self._output = output
        self._events = events
        self._keep_going = keep_going
        self._timeout = timeout
        self._summary = RunSummary()
        self._input = TypedInput()
        self._waiting_for_input = False
        self._steps = [step for step in document.steps if step.source.strip()]
        self._next = 0
        # As under `python FILE`, the last expression of a plain script shows nothing.
        self._shows_results = not (document.kind == "script" and len(document.steps) == 1)
        self._began = time.monotonic()
        self._cell_began: float | None = None
        self._overdue_at: float | None = None
        self._timed_out = False
        self._killed_at: float | None = None
        self._ready = False
        self._signals: list[int] = []
        self._signals_minded = 0
        self._failure = OK
        self._status: int | None = None

    def run(self) -> int:
        """Runs every cell, or up to the first that fails; the exit status.

        Raises BrokenPipeError where nobody reads the output any more.
        """
        with self._minding_signals():
            self._session.start()
            self._run_next_cell()
            while self._status is None:
                self._session.wait(_POLL_SECONDS)
                self._take_everything()
                self._mind_signals()
                self._mind_the_clock()
                self._mind_input()
                self._output.live(self._summary.live(time.monotonic() - self._began) if self._ready else "")
            self._take_the_rest()
        self._input.hide(False)
        self._output.live("")
        for line in self._summary.lines(self._document.path.name, time.monotonic() - self._began):
            self._output.say(line)
        return self._status

    # --- events --------------------------------------------------------------------------------------------------

    def _take_everything(self) -> None:
        for event in self._session.drain():
            self._take(event)

    def _take_the_rest(self) -> None:
        """What the session still had to say when its last cell ended."""
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline and self._session.wait(0.02):
            for event in self._session.drain():
                # After the end there is nothing to decide any more.
                if isinstance(event, Event):
                    self._record(event)

    def _take(self, event: object) -> None:
        if isinstance(event, CellFinished):
            event = self._as_timeout(event)
        if isinstance(event, Event):
            self._record(event)
        if isinstance(event, SessionReady):
            self._ready = True
            self._output.live("")
        elif isinstance(event, CellStarted):
            self._cell_began = time.monotonic()
        elif isinstance(event, InputRequested):
            self._output.write("stdout", event.prompt)
            self._input.hide(event.secret)
            self._waiting_for_input = True
        elif isinstance(event, CellFinished):
            self._cell_finished(event)
        elif isinstance(event, ServerProgressed):
            if not self._ready:
                self._output.live(text("cli.run.loading", stage=event.stage, percent=f"{event.fraction:.0%}"))
        elif isinstance(event, ServerFailed):
            self._end(NO_SESSION, event.message)
        elif isinstance(event, SessionEnded):
            self._session_ended(event)
        elif isinstance(event, InterruptOverdue) and self._signals:
            self._output.say(text("cli.run.deaf"))

    def _record(self, event: Event) -> None:
        """Shows and writes what an event says, whatever it means for the run."""
        if isinstance(event, StreamWritten):
            self._output.write(event.name, event.text)
        elif isinstance(event, ResultShown) and self._shows_results:
            self._output.write("stdout", event.mime.get("text/plain", "") + "\n")
        elif isinstance(event, CellFinished) and event.error is not None:
            self._output.write("stderr", event.error.traceback.rstrip("\n") + "\n")
        self._summary.add(event)
        if self._events is not None:
            try:
                self._events.write(event)
            except UnwritableEvents as error:
                self._events = None
                self._end(FAILED, str(error))

    def _as_timeout(self, event: CellFinished) -> CellFinished:
        """The end of a cell that we stopped because its time was up."""
        if self._timed_out and event.status in ("interrupted", "killed", "error"):
            return msgspec.structs.replace(event, status="timeout")
        return event

    # --- cells ---------------------------------------------------------------------------------------------------

    def _run_next_cell(self) -> None:
        if self._next == len(self._steps):
            self._status = self._failure
            return
        step = self._steps[self._next]
        self._next += 1
        self._session.run(
            RunCellRequest(
                cell=step.index,
                source=step.source,
                filename=self._document.filename,
                first_line=step.first_line,
            )
        )

    def _cell_finished(self, event: CellFinished) -> None:
        self._cell_began = self._overdue_at = None
        self._waiting_for_input = False
        self._input.hide(False)
        timed_out, self._timed_out = event.status == "timeout", False
        if event.exit_status is not None:
            self._end(OK if event.exit_status == 0 and self._failure == OK else self._failure or FAILED)
        elif event.status == "ok":
            self._run_next_cell()
        elif event.status == "interrupted":
            self._end(INTERRUPTED)
        elif event.status == "killed":
            # `SessionEnded` follows and says why.
            self._failure = self._failure or FAILED
        else:
            if timed_out:
                self._output.say(text("cli.run.timeout", seconds=f"{self._timeout:g}"))
            self._failure = TIMED_OUT if timed_out else self._failure or FAILED
            if self._keep_going and self._killed_at is None:
                self._run_next_cell()
            else:
                self._end(self._failure)

    def _session_ended(self, event: SessionEnded) -> None:
        if self._status is not None:
            return
        if self._signals:
            self._end(_status_of(self._signals[-1]))
        elif event.reason == "memory":
            self._end(OUT_OF_MEMORY, event.message)
        elif not self._ready:
            self._end(NO_SESSION, event.message)
        else:
            self._end(self._failure or FAILED, event.message)

    def _end(self, status: int, line: str = "") -> None:
        if line:
            self._output.say(f"tflab: {line}")
        if self._status is None:
            self._status = status

    # --- what comes from outside ---------------------------------------------------------------------------------

    @contextmanager
    def _minding_signals(self) -> Iterator[None]:
        """Collects signals instead of dying of them: the session must be ended first."""

        def collect(number: int, frame: FrameType | None) -> None:
            # Nothing more: the session's locks may be held by the very code that was interrupted.
            self._signals.append(number)

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, collect) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _mind_signals(self) -> None:
        while self._signals_minded < len(self._signals) and self._status is None:
            number = self._signals[self._signals_minded]
            self._signals_minded += 1
            if number == signal.SIGINT and self._signals_minded == 1 and self._cell_began is not None:
                self._session.interrupt()
            elif self._cell_began is None:
                self._end(_status_of(number))
            else:
                self._kill()
        if self._killed_at is not None and time.monotonic() - self._killed_at > _GRACE:
            self._end(_status_of(self._signals[-1]) if self._signals else TIMED_OUT)

    def _mind_the_clock(self) -> None:
        if self._timeout is None or self._cell_began is None:
            return
        now = time.monotonic()
        if not self._timed_out and now - self._cell_began > self._timeout:
            self._timed_out = True
            self._overdue_at = now + _PATIENCE
            self._session.interrupt()
        elif self._overdue_at is not None and now > self._overdue_at:
            self._overdue_at = None
            self._kill()

    def _kill(self) -> None:
        if self._killed_at is None:
            self._killed_at = time.monotonic()
            self._session.restart()

    def _mind_input(self) -> None:
        if not self._waiting_for_input:
            return
        try:
            line = self._input.poll()
        except EOFError:
            self._waiting_for_input = False
            self._session.answer_input("", end_of_file=True)
            return
        if line is not None:
            self._waiting_for_input = False
            self._session.answer_input(line)


def _status_of(number: int) -> int:
    return 128 + number

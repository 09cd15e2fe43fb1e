"""Runs a document's cells in a session and says how it went."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from typing import Any, Final, Protocol

from tflab.cli.event_file import UnwritableFile
from tflab.cli.run_signals import RunSignals
from tflab.cli.run_summary import RunSummary
from tflab.cli.typed_input import InputLines, TypedInput
from tflab.client import endings
from tflab.curriculum.document import Document
from tflab.messages import text
from tflab.protocol.events import (
    CellFinished,
    CellStarted,
    Event,
    InputRequested,
    ResultShown,
    SessionReady,
    StreamName,
    StreamWritten,
)
from tflab.protocol.lifecycle import InterruptOverdue, SessionEnded
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import ServerFailed, ServerProgressed
from tflab.state.result_text import result_text

OK: Final = 0
FAILED: Final = 1
NO_SESSION: Final = 3
TIMED_OUT: Final = 124
INTERRUPTED: Final = 130
OUT_OF_MEMORY: Final = 137

_GRACE: Final = 5.0
"""Seconds for the last events of a session that was killed."""
POLL_SECONDS: Final = 0.05
"""How soon a signal, a line on stdin or the clock is noticed; events wake the loop at once."""


class RunningSession(Protocol):
    """What a run needs of `tflab.client.supervisor.Supervisor`."""

    def start(self) -> None: ...
    def run(self, request: RunCellRequest, timeout: float | None = None) -> None: ...
    def interrupt(self) -> None: ...
    def restart(self) -> None: ...
    def answer_input(self, line: str | None) -> None: ...
    def drain(self) -> Sequence[Any]: ...
    def wait(self, timeout: float | None = None) -> bool: ...
    def close(self) -> None: ...


class Output(Protocol):
    """Where a run's text goes: `tflab.cli.run_output.RunOutput`."""

    def write(self, name: StreamName, text: str) -> None: ...
    def say(self, line: str) -> None: ...
    def live(self, line: str) -> None: ...


class Listener(Protocol):
    """What takes a run's events down: `tflab.cli.event_file.EventFile`, `tflab.cli.notebook_file.NotebookFile`."""

    def write(self, event: Event) -> None:
        """Takes an event. Raises `UnwritableFile`."""


class FileRun:
    """One run of one document. ``run`` gives the exit status of the contract."""

    def __init__(
        self,
        document: Document,
        session: RunningSession,
        output: Output,
        listeners: Sequence[Listener] = (),
        *,
        keep_going: bool = False,
        timeout: float | None = None,
        record: bool = False,
        signals: RunSignals | None = None,
        lines: InputLines | None = None,
        title: str = "",
        ends_the_deaf: bool = False,
    ) -> None:
        """``signals`` are collected by who turns the run, where that is not `run` itself; ``lines`` answers
        ``input()``; ``title`` heads the summary. ``ends_the_deaf``: a cell that does not heed an interrupt is ended
        with its session."""
        self._document = document
        self._session = session
        self._output = output
        self._listeners = list(listeners)
        self._keep_going = keep_going
        self._timeout = timeout
        self._records_operations = record
        self._summary = RunSummary(lines_count_in_cell=document.kind != "script")
        self._input: InputLines = lines or TypedInput()
        self._title = title or document.path.name
        self._ends_the_deaf = ends_the_deaf
        self._waiting_for_input = False
        self._steps = [step for step in document.steps if step.source.strip()]
        self._next = 0
        # As under `python FILE`, the last expression of a plain script shows nothing.
        self._shows_results = not (document.kind == "script" and len(document.steps) == 1)
        self._began = time.monotonic()
        self._seconds = 0.0
        self._in_cell = False
        self._updates: dict[str, str] = {}
        """What displays of the running cell have become, by their ids."""
        self._killed_at: float | None = None
        self._ready = False
        self._collector = signals or RunSignals()
        self._signals = self._collector.numbers
        self._signals_minded = 0
        self._failure = OK
        self._status: int | None = None

    def run(self) -> int:
        """Runs every cell, or up to the first that fails; the exit status. Starts and closes the session.

        Raises BrokenPipeError where nobody reads the output any more.
        """
        with self._collector.collected():
            try:
                self.begin()
                while self._status is None:
                    self._session.wait(POLL_SECONDS)
                    self.turn()
            finally:
                self.close()
        self.summarize()
        return self._status

    # --- a turn at a time: for who has several runs ------------------------------------------------------------------

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        return self._status

    def begin(self) -> None:
        """Starts the session and asks for the first cell."""
        self._session.start()
        self._run_next_cell()

    def turn(self) -> None:
        """Deals with all that has happened since. Raises BrokenPipeError."""
        for event in self._session.drain():
            self._take(event)
        self._mind_signals()
        self._mind_input()
        if self._status is None:
            self._output.live(self._summary.live(time.monotonic() - self._began) if self._ready else "")

    def give_up(self, status: int) -> None:
        """Ends the run with ``status``, unless it has one; `close` then ends the session."""
        self._end(status)

    def close(self) -> None:
        """Ends the session, and takes down what it still said while it ended. Raises BrokenPipeError."""
        self._input.hide(False)
        self._output.live("")
        self._session.close()
        self._seconds = time.monotonic() - self._began
        for event in self._session.drain():
            # There is nothing to decide any more.
            if isinstance(event, Event):
                self._record(event)

    def summarize(self) -> None:
        """Says what the run did."""
        for line in self._summary.lines(self._title, self._seconds):
            self._output.say(line)

    # --- events --------------------------------------------------------------------------------------------------

    def _take(self, event: object) -> None:
        if isinstance(event, SessionReady):
            self._ready = True
            self._output.live("")
        if isinstance(event, Event):
            self._record(event)
        if isinstance(event, CellStarted):
            self._in_cell = True
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
            if self._ends_the_deaf:
                self._kill()
            else:
                self._output.say(text("cli.run.deaf"))

    def _record(self, event: Event) -> None:
        """Shows and writes what an event says, whatever it means for the run."""
        if isinstance(event, StreamWritten):
            self._output.write(event.name, event.text)
        elif isinstance(event, ResultShown) and self._shows_results:
            self._show_result(event)
        elif isinstance(event, CellFinished):
            self._show_updates()
        if isinstance(event, CellFinished) and event.error is not None and event.error.traceback:
            self._output.write("stderr", event.error.traceback.rstrip("\n") + "\n")
        self._summary.add(event)
        # The lab measures the machine from the start; a run's events begin with the session that they are about.
        if self._ready:
            self._tell_listeners(event)

    def _show_result(self, event: ResultShown) -> None:
        """Writes a result; of a display that is updated again and again what it was at first and at the end."""
        shown = result_text(event.mime)
        if event.update and event.display_id is not None:
            self._updates[event.display_id] = shown
        else:
            self._output.write("stdout", shown + "\n")

    def _show_updates(self) -> None:
        for shown in self._updates.values():
            self._output.write("stdout", shown + "\n")
        self._updates.clear()

    def _tell_listeners(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            try:
                listener.write(event)
            except UnwritableFile as error:
                self._listeners.remove(listener)
                self._end(FAILED, str(error))

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
                record=self._records_operations,
            ),
            self._timeout,
        )

    def _cell_finished(self, event: CellFinished) -> None:
        self._in_cell = self._waiting_for_input = False
        self._input.hide(False)
        if event.exit_status is not None:
            self._end(self._failure or (OK if event.exit_status == 0 else FAILED))
        elif event.status == "ok":
            self._run_next_cell()
        elif event.status == "interrupted":
            self._end(INTERRUPTED)
        else:
            self._failure = TIMED_OUT if event.status == "timeout" else self._failure or FAILED
            if _took_the_session_along(event):
                # `SessionEnded` follows and says why.
                return
            if event.error is not None and not event.error.traceback:
                self._output.say(f"tflab: {event.error.message}")
            if self._keep_going:
                self._run_next_cell()
            else:
                self._end(self._failure)

    def _session_ended(self, event: SessionEnded) -> None:
        if not self._ready:
            # Another is forked; `ServerFailed` follows where none can be.
            return
        if self._signals:
            self._end(128 + self._signals[-1])
        elif event.reason == "memory":
            self._end(OUT_OF_MEMORY, event.message)
        elif self._status is None:
            self._end(self._failure or FAILED, _how_it_ended(event))

    def _end(self, status: int, line: str = "") -> None:
        if line:
            self._output.say(f"tflab: {line}")
        if self._status is None:
            self._status = status

    # --- what comes from outside ---------------------------------------------------------------------------------

    def _mind_signals(self) -> None:
        while self._signals_minded < len(self._signals) and self._status is None:
            number = self._signals[self._signals_minded]
            self._signals_minded += 1
            if not self._in_cell:
                self._end(128 + number)
            elif number == signal.SIGINT and self._signals_minded == 1:
                self._session.interrupt()
            else:
                self._kill()
        if self._killed_at is not None and time.monotonic() - self._killed_at > _GRACE:
            self._end(128 + self._signals[-1])

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
            self._session.answer_input(None)
            return
        if line is not None:
            self._waiting_for_input = False
            self._session.answer_input(line)


def _how_it_ended(event: SessionEnded) -> str:
    """One line; in a run no fresh session takes the place of one that is gone."""
    if event.reason in ("exited", "crashed"):
        return text("cli.run.session_ended", how=endings.how(event.status))
    return event.message


def _took_the_session_along(event: CellFinished) -> bool:
    """Whether the session is gone with the cell; the lab writes such an end itself."""
    return event.status == "killed" or (event.error is not None and event.error.name == "SessionEnded")

"""Runs steps in a session and says what they say, line by line, until they end."""

from __future__ import annotations

import getpass
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, Protocol

from tflab.cli.file_run import RunningSession
from tflab.messages import text
from tflab.protocol.events import CellFinished, InputRequested, ProblemFound, ResultShown, StreamWritten
from tflab.protocol.lifecycle import CellsDropped, InterruptOverdue, SessionEnded
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import ServerFailed
from tflab.state.run_state import RunState
from tflab.state.terminal_text import TerminalText, plain
from tflab.ui.widgets.figures import duration
from tflab.ui.working_copy import WorkingCopy

_SGR: Final = re.compile(r"\x1b\[[0-9;]*m")
_TURN: Final = 0.1
"""Seconds that one turn waits for news."""


class Spoken(Protocol):
    """Where lines go."""

    def __call__(self, line: str = "") -> None:
        """Says one line."""


class WatchedRun:
    """One session, run from and listened to."""

    def __init__(self, session: RunningSession, state: RunState, say: Spoken, ask: Callable[[str], str]) -> None:
        """``ask`` reads a line for a cell that waits for one; it may raise EOFError."""
        self._session = session
        self._state = state
        self._say = say
        self._ask = ask
        self._texts: dict[str, TerminalText] = {}
        self._ended: CellFinished | None = None
        self._lost = False
        self._said_loading = False
        self._interrupts = 0
        """How often Ctrl+C was pressed since the step began."""

    def run(self, copy: WorkingCopy, steps: Sequence[int]) -> list[int]:
        """Runs ``steps`` up to the first that fails; those that ended well. Ctrl+C stops the one that runs."""
        done = []
        for index in steps:
            if not copy.source(index).strip():
                continue
            finished = self._run_one(copy, index)
            if finished is None or finished.status != "ok":
                break
            done.append(index)
        return done

    def listen(self) -> None:
        """Takes in what has happened meanwhile."""
        for event in self._session.drain():
            self._state.apply(event)

    def _run_one(self, copy: WorkingCopy, index: int) -> CellFinished | None:
        self.listen()
        if self._state.phase == "failed":
            self._say(text("ui.output.no_session", reason=self._state.failure))
            return None
        if self._state.session is None and not self._said_loading:
            self._said_loading = True
            self._say(text("plain.loading"))
        self._ended, self._lost, self._texts = None, False, {}
        self._session.run(
            RunCellRequest(
                cell=index,
                source=copy.source(index),
                filename=copy.document.filename,
                first_line=copy.first_line(index),
                record=index in self._state.armed,
            )
        )
        with self._counting_interrupts():
            obeyed = 0
            while self._ended is None and not self._lost:
                self._turn()
                if self._interrupts > obeyed:
                    obeyed += 1
                    self._stop(by_force=obeyed > 1)
        return self._ended

    @contextmanager
    def _counting_interrupts(self) -> Iterator[None]:
        """Ctrl+C is counted, so that it never comes between an event and what is made of it."""

        def count(number: int, frame: FrameType | None) -> None:
            self._interrupts += 1

        self._interrupts = 0
        before = signal.signal(signal.SIGINT, count)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _stop(self, by_force: bool) -> None:
        self._say(text("plain.restarting" if by_force else "plain.interrupting"))
        if by_force:
            self._session.restart()
        else:
            self._session.interrupt()

    def _turn(self) -> None:
        self._session.wait(_TURN)
        for event in self._session.drain():
            self._state.apply(event)
            self._tell(event)

    def _tell(self, event: Any) -> None:
        match event:
            case StreamWritten():
                for line in self._texts.setdefault(event.name, TerminalText()).feed(event.text):
                    self._say(_bare(line))
            case ResultShown():
                self._finish_lines()
                for line in event.mime.get("text/plain", "").splitlines():
                    self._say(_bare(line))
            case InputRequested():
                self._finish_lines()
                self._answer(event)
            case ProblemFound():
                self._say(text("plain.problem", message=plain(event.message)))
            case CellFinished():
                self._finish_lines()
                self._tell_end(event)
                self._ended = event
            case SessionEnded() | CellsDropped() | ServerFailed():
                self._finish_lines()
                if isinstance(event, (SessionEnded, ServerFailed)):
                    self._say(plain(event.message))
                self._lost = True
            case InterruptOverdue():
                self._say(text("plain.overdue"))

    def _answer(self, event: InputRequested) -> None:
        prompt = plain(event.prompt)
        prompt = prompt + " " if prompt else ""
        counting = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            line = getpass.getpass(prompt) if event.secret else self._ask(prompt)
        except EOFError:
            self._session.answer_input(None)
        except KeyboardInterrupt:
            self._interrupts += 1
        else:
            self._session.answer_input(line)
        finally:
            signal.signal(signal.SIGINT, counting)
        self._state.answered()

    def _finish_lines(self) -> None:
        for reader in self._texts.values():
            if (rest := reader.finish()) is not None:
                self._say(_bare(rest))

    def _tell_end(self, event: CellFinished) -> None:
        if event.error is not None and event.error.traceback:
            for line in event.error.traceback.splitlines():
                self._say(_bare(line))
        status = text("ui.output.status." + event.status)
        line = text("plain.ended", step=(event.cell or 0) + 1, status=status, time=duration(event.seconds))
        if event.error is not None and event.error.line is not None:
            line += ", " + text("ui.line", line=event.error.line)
        self._say(line)


def _bare(line: str) -> str:
    """A line without colours."""
    return _SGR.sub("", line)

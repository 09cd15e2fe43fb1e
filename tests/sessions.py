"""Real sessions for tests, forked from one warm server; everything that waits has a timeout and waits for an event."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from tflab.client.fork_server_client import ForkServerClient
from tflab.client.scratch import remove_scratch
from tflab.client.session_client import SessionClient
from tflab.protocol import requests, server
from tflab.protocol.events import CellFinished, Event, ResultShown, SessionReady, StreamWritten

LOADING = 240.0
"""Seconds that TensorFlow's import may take on a slow, busy machine without bytecode."""
PATIENCE = 90.0
"""Seconds that anything else may take."""

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Run:
    """What one cell did."""

    events: tuple[Event, ...]

    @property
    def finished(self) -> CellFinished:
        """How it ended."""
        return self.all(CellFinished)[-1]

    def all(self, kind: type[E]) -> list[E]:
        """Its events of one type, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    def text(self, name: str = "stdout") -> str:
        """What it wrote to one stream."""
        return "".join(event.text for event in self.all(StreamWritten) if event.name == name)

    @property
    def results(self) -> list[str]:
        """``text/plain`` of what it showed."""
        return [event.mime["text/plain"] for event in self.all(ResultShown)]

    @property
    def traceback(self) -> str:
        """The traceback of a failed cell."""
        assert self.finished.error is not None
        return self.finished.error.traceback


class LiveSession:
    """One session, and everything that it said."""

    def __init__(self, spec: server.SessionSpec) -> None:
        self.client = SessionClient(spec, self._on_event, lambda _: self._arrived.put(None))
        self.ready: SessionReady
        self._arrived: SimpleQueue[Event | None] = SimpleQueue()
        self.reading = threading.Event()
        """Cleared, the lab's side stops reading, and the session's prints have to wait."""
        self.reading.set()
        self._cell = 0

    def _on_event(self, client: SessionClient, event: Event, size: int) -> None:
        self.reading.wait(PATIENCE)
        self._arrived.put(event)

    def next_event(self, timeout: float = PATIENCE) -> Event | None:
        """The next event; None once the session said all that it will ever say. Raises TimeoutError."""
        try:
            return self._arrived.get(timeout=timeout)
        except Empty:
            raise TimeoutError("the session said nothing") from None

    def wait_for(self, matches: Callable[[Event], bool], timeout: float = PATIENCE) -> tuple[Event, ...]:
        """Everything up to and including the event that matches. Raises EOFError where the session ends before."""
        deadline = time.monotonic() + timeout
        seen: list[Event] = []
        while True:
            event = self.next_event(max(0.001, deadline - time.monotonic()))
            if event is None:
                raise EOFError(f"the session ended: {seen}; status {self.client.status}; {self.client.last_output}")
            seen.append(event)
            if matches(event):
                return tuple(seen)

    def start(self, source: str, *, cell: int | None = None, filename: str = "", first_line: int = 1) -> int:
        """Asks for a cell; the next index where none is given. Returns the index."""
        if cell is None:
            cell = self._cell
        self._cell = cell + 1
        self.client.send(requests.RunCellRequest(cell=cell, source=source, filename=filename, first_line=first_line))
        return cell

    def finish(self, timeout: float = PATIENCE) -> Run:
        """Waits until the running cell ended."""
        return Run(self.wait_for(lambda event: isinstance(event, CellFinished), timeout))

    def run(self, source: str, **options: int | str | None) -> Run:
        """Runs a cell to its end."""
        self.start(source, **options)  # type: ignore[arg-type]
        return self.finish()

    def check(self, source: str, **options: int | str | None) -> Run:
        """Runs a cell that has to end well."""
        run = self.run(source, **options)
        assert run.finished.status == "ok", run.finished
        return run

    def interrupt(self) -> None:
        """Asks for the running cell to stop."""
        self.client.send(requests.InterruptRequest())

    def rest(self) -> list[Event]:
        """Everything until the session's end."""
        events = []
        while (event := self.next_event()) is not None:
            events.append(event)
        return events


class WarmServer:
    """The one fork server of a test run."""

    def __init__(self) -> None:
        self.client = ForkServerClient(sys.executable, self._on_event, self._on_end)
        self._told: SimpleQueue[server.ServerEvent | None] = SimpleQueue()
        self._sessions: list[LiveSession] = []
        self.ready: server.ServerReady
        self.progress: list[server.ServerProgressed] = []

    def start(self) -> None:
        """Launches it and waits until sessions can be forked."""
        self.client.launch()
        event = self._wait_for(server.ServerReady, server.ServerFailed, timeout=LOADING)
        assert isinstance(event, server.ServerReady), event
        self.ready = event

    def _on_event(self, event: server.ServerEvent) -> None:
        if isinstance(event, server.ServerProgressed):
            self.progress.append(event)
        elif isinstance(event, server.SessionExited):
            for session in self._sessions:
                if session.client.pid == event.pid and not session.client.exited.is_set():
                    session.client.status = event.status
                    session.client.exited.set()
        else:
            self._told.put(event)

    def _on_end(self, client: ForkServerClient, status: int | None, output: str) -> None:
        self._told.put(None)

    def _wait_for(self, *kinds: type[server.ServerEvent], timeout: float) -> server.ServerEvent:
        while True:
            event = self._told.get(timeout=timeout)
            assert event is not None, "the fork server ended"
            if isinstance(event, kinds):
                return event

    def fork(self, spec: server.SessionSpec) -> LiveSession:
        """A session that is ready."""
        session = LiveSession(spec)
        self._sessions.append(session)
        session.client.fork_id = self.client.fork(spec, *session.client.descriptors)
        forked = self._wait_for(server.SessionForked, server.ForkFailed, timeout=PATIENCE)
        assert isinstance(forked, server.SessionForked), forked
        session.client.pid = forked.pid
        session.client.start()
        *_, ready = session.wait_for(lambda event: isinstance(event, SessionReady))
        assert isinstance(ready, SessionReady)
        session.ready = ready
        return session

    def end(self, session: LiveSession) -> None:
        """Kills ``session`` if it still lives and removes its scratch folder."""
        session.reading.set()
        if session.client.pid is not None:
            self.client.kill(session.client.pid)
        assert session.client.exited.wait(PATIENCE)
        assert session.client.ended.wait(PATIENCE)
        self._sessions.remove(session)
        remove_scratch(session.client.spec)

    @contextmanager
    def session(
        self,
        *,
        sandbox: bool = True,
        read: Sequence[Path | str] = (),
        write: Sequence[Path | str] = (),
        **options: object,
    ) -> Iterator[LiveSession]:
        """A session for a ``with`` block; ``options`` are fields of `SessionSpec`."""
        scratch = tempfile.mkdtemp(prefix="tflab-test-")
        permissions = server.Permissions(
            scratch=scratch, sandbox=sandbox, read=tuple(map(str, read)), write=tuple(map(str, write))
        )
        session = self.fork(server.SessionSpec(permissions=permissions, **options))  # type: ignore[arg-type]
        try:
            yield session
        finally:
            self.end(session)

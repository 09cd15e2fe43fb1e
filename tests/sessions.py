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
from typing import Any, TypeVar

from tflab.client.fork_server_client import ForkServerClient
from tflab.client.scratch import remove_scratch
from tflab.client.session_client import SessionClient
from tflab.client.session_source import OnServerEnd, OnServerEvent
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
        self.client = SessionClient(spec, self._on_events, lambda _: self._arrived.put(None))
        self.ready: SessionReady
        self._arrived: SimpleQueue[Event | None] = SimpleQueue()
        self.forked = threading.Event()
        self.reading = threading.Event()
        """Cleared, the lab's side stops reading, and the session's prints have to wait."""
        self.reading.set()
        self._cell = 0

    def on_server_event(self, event: server.ServerEvent) -> None:
        """What the fork server says of this session."""
        match event:
            case server.SessionForked():
                self.client.pid = event.pid
                self.forked.set()
            case server.SessionExited():
                self.client.status = event.status
                self.client.exited.set()

    def _on_events(self, client: SessionClient, events: Sequence[tuple[Event, int]]) -> None:
        self.reading.wait(PATIENCE)
        for event, _ in events:
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

    def wait_for_text(self, text: str, name: str = "stdout") -> tuple[Event, ...]:
        """Everything until ``text`` was written since this call, in however many pieces."""
        written = ""

        def matches(event: Event) -> bool:
            nonlocal written
            if isinstance(event, StreamWritten) and event.name == name:
                written += event.text
            return text in written

        return self.wait_for(matches)

    def start(
        self, source: str, *, cell: int | None = None, filename: str = "", first_line: int = 1, record: bool = False
    ) -> int:
        """Asks for a cell; the next index where none is given. Returns the index."""
        if cell is None:
            cell = self._cell
        self._cell = cell + 1
        self.client.send(
            requests.RunCellRequest(cell=cell, source=source, filename=filename, first_line=first_line, record=record)
        )
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
    """The one fork server of a test run; every session's events go to who forked it."""

    def __init__(self) -> None:
        self.client = ForkServerClient(sys.executable, self._on_event, self._on_end)
        self._ready: SimpleQueue[server.ServerEvent | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._by_fork: dict[int, OnServerEvent] = {}
        self._by_pid: dict[int, OnServerEvent] = {}
        self.ready: server.ServerReady
        self.progress: list[server.ServerProgressed] = []

    def start(self) -> None:
        """Launches it and waits until sessions can be forked."""
        self.client.launch()
        event = self._ready.get(timeout=LOADING)
        assert isinstance(event, server.ServerReady), event
        self.ready = event

    def _on_event(self, event: server.ServerEvent) -> None:
        match event:
            case server.ServerProgressed():
                self.progress.append(event)
            case server.ServerReady() | server.ServerFailed():
                self._ready.put(event)
            case server.SessionForked():
                with self._lock:
                    owner = self._by_pid[event.pid] = self._by_fork.pop(event.fork_id)
                owner(event)
            case server.ForkFailed():
                with self._lock:
                    owner = self._by_fork.pop(event.fork_id)
                owner(event)
            case server.SessionExited():
                self._by_pid.pop(event.pid)(event)

    def _on_end(self, status: int | None, output: str) -> None:
        self._ready.put(None)

    def request_fork(
        self, spec: server.SessionSpec, descriptors: server.SessionDescriptors, on_event: OnServerEvent
    ) -> int:
        """Asks for a session whose server events go to ``on_event``."""
        with self._lock:
            fork_id = self.client.fork(spec, descriptors)
            self._by_fork[fork_id] = on_event
        return fork_id

    def launcher(self, on_event: OnServerEvent, on_end: OnServerEnd) -> SharedSource:
        """For `Supervisor`: this server again, ready at once."""
        return SharedSource(self, on_event)

    def fork(self, spec: server.SessionSpec) -> LiveSession:
        """A session that is ready."""
        session = LiveSession(spec)
        self.request_fork(spec, session.client.descriptors, session.on_server_event)
        assert session.forked.wait(PATIENCE)
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
        remove_scratch(session.client.spec)

    @contextmanager
    def session(
        self, *, read: Sequence[Path | str] = (), write: Sequence[Path | str] = (), **options: Any
    ) -> Iterator[LiveSession]:
        """A session for a ``with`` block; ``options`` are fields of `Permissions` and of `SessionSpec`."""
        scratch = tempfile.mkdtemp(prefix="tflab-test-")
        chosen = {name: options.pop(name) for name in server.Permissions.__struct_fields__ if name in options}
        permissions = server.Permissions(
            scratch=scratch, read=tuple(map(str, read)), write=tuple(map(str, write)), **chosen
        )
        session = self.fork(server.SessionSpec(permissions=permissions, **options))
        try:
            yield session
        finally:
            self.end(session)


class SharedSource:
    """The warm server as a supervisor's own: ready at once; closing it ends only the supervisor's sessions."""

    def __init__(self, warm: WarmServer, on_event: OnServerEvent) -> None:
        self._warm = warm
        self._on_event = on_event
        self._pids: set[int] = set()

    def launch(self) -> None:
        """Is ready."""
        threading.Thread(target=self._on_event, args=(self._warm.ready,), daemon=True).start()

    def fork(self, spec: server.SessionSpec, descriptors: server.SessionDescriptors) -> int:
        """Forks for the supervisor."""
        return self._warm.request_fork(spec, descriptors, self._on_session)

    def _on_session(self, event: server.ServerEvent) -> None:
        if isinstance(event, server.SessionForked):
            self._pids.add(event.pid)
        elif isinstance(event, server.SessionExited):
            self._pids.discard(event.pid)
        self._on_event(event)

    def kill(self, pid: int) -> None:
        """Kills a session."""
        self._warm.client.kill(pid)

    def close(self) -> None:
        """Ends the supervisor's sessions."""
        for pid in tuple(self._pids):
            self._warm.client.kill(pid)

"""Keeps the source of sessions alive: launches it, and anew where it ends after it worked."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from tflab.client import endings
from tflab.client.session_source import Launcher, SessionSource
from tflab.messages import text
from tflab.protocol import server

MOST_LAUNCHES: Final = 3
"""In a minute."""
_ENDED_FROM_OUTSIDE: Final = (-signal.SIGKILL, -signal.SIGTERM)
"""By the kernel, short of memory, or by a person: worth another try, also where it never worked."""


ProcessEvent = server.SessionForked | server.ForkFailed | server.SessionExited


class SessionOwner(Protocol):
    """Who is told what becomes of the source; called on its thread."""

    def on_server_ready(self) -> None:
        """Sessions can be forked."""

    def on_server_lost(self) -> None:
        """The source ended, and every session with it."""

    def on_process(self, event: ProcessEvent) -> None:
        """A session's process exists, could not be made, or is gone."""


class ServerKeeper:
    """One source of sessions after the other; ``tell`` gets what the interface is to know of them."""

    def __init__(self, launcher: Launcher, owner: SessionOwner, tell: Callable[[server.ServerEvent], None]) -> None:
        self._launcher = launcher
        self._owner = owner
        self._tell = tell
        self._source: SessionSource | None = None
        self._launches: deque[float] = deque(maxlen=MOST_LAUNCHES)
        self._closing = False
        self._lock = threading.RLock()
        self.is_ready = False
        """Whether sessions can be forked now."""
        self.has_failed = False
        """Whether it was told that none can ever be, unless it is launched afresh."""

    @property
    def is_running(self) -> bool:
        """Whether there is a source, ready or not."""
        return self._source is not None

    def launch(self, *, afresh: bool = False) -> None:
        """Starts a source; ``afresh`` forgets how many were started before."""
        with self._lock:
            if self._closing:
                return
            if afresh:
                self._launches.clear()
            self._launches.append(time.monotonic())
            self.has_failed = False
            self._source = self._launcher(self._on_event, self._on_end)
            try:
                self._source.launch()
            except OSError as error:
                self._source = None
                self.fail(text("client.server_ended", how=str(error), output="").strip())

    def fail(self, message: str) -> None:
        """Tells that no session can start."""
        self.has_failed = True
        self._tell(server.ServerFailed(message=message))

    def fork(self, spec: server.SessionSpec, descriptors: server.SessionDescriptors) -> int:
        """Asks for a session; its ``fork_id``. Raises OSError where there is no source that could answer."""
        with self._lock:
            if self._source is None or not self.is_ready:
                raise ConnectionError
            return self._source.fork(spec, descriptors)

    def kill(self, pid: int) -> None:
        """Ends a session and what it started."""
        with self._lock:
            if self._source is not None:
                self._source.kill(pid)

    def close(self) -> None:
        """Ends the source for good."""
        with self._lock:
            self._closing = True
            source = self._source
        if source is not None:
            source.close()

    def _on_event(self, event: server.ServerEvent) -> None:
        match event:
            case server.ServerProgressed():
                self._tell(event)
            case server.ServerReady():
                self.is_ready = True
                self._tell(event)
                self._owner.on_server_ready()
            case server.ServerFailed():
                self.has_failed = True
                self._tell(event)
            case server.SessionForked() | server.ForkFailed() | server.SessionExited():
                self._owner.on_process(event)

    def _on_end(self, status: int | None, output: str) -> None:
        with self._lock:
            was_ready, self.is_ready, self._source = self.is_ready, False, None
        self._owner.on_server_lost()
        if self._closing or self.has_failed:
            return
        how = endings.how(status)
        if not was_ready and status not in _ENDED_FROM_OUTSIDE:
            self.fail(text("client.server_ended", how=how, output=output).strip())
        elif len(self._launches) == MOST_LAUNCHES and time.monotonic() - self._launches[0] < 60:
            self.fail(text("client.server_restarts", how=how))
        else:
            self.launch()

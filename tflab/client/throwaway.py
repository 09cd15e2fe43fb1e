"""Sessions beside the live one: forked for one purpose, ended after it, unseen in the stream of events."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from tflab.client.scratch import remove_scratch
from tflab.client.session_client import SessionClient
from tflab.client.session_source import SessionSource
from tflab.protocol import server
from tflab.protocol.events import Event

_GOODBYE: float = 5.0
"""Seconds that a killed process has to be gone."""


class NotReady(Exception):
    """TensorFlow is still being loaded: ask again."""


class NoSession(Exception):
    """No session can be had; the message is one line for people."""


Adapt = Callable[[server.SessionSpec], server.SessionSpec]
"""Turns the specification of an ordinary session, scratch folder included, into the one wanted."""


class ForksAside(Protocol):
    """Where throwaway sessions come from: `tflab.client.supervisor.Supervisor`."""

    def fork_aside(
        self, adapt: Adapt, on_event: Callable[[Event], None], on_end: Callable[[], None]
    ) -> ThrowawaySession:
        """See `tflab.client.supervisor.Supervisor.fork_aside`. Raises `NotReady`, `NoSession`."""


class ThrowawaySession:
    """One session beside the live one."""

    def __init__(self, client: SessionClient, kill: Callable[[SessionClient], None]) -> None:
        self.client = client
        self._kill = kill

    def end(self) -> None:
        """Kills it and removes its scratch folder; waits until it is gone."""
        self._kill(self.client)
        if self.client.exited.wait(_GOODBYE):
            self.client.ended.wait(_GOODBYE)
        remove_scratch(self.client.spec)


class Throwaways:
    """The throwaway sessions of one source. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: list[SessionClient] = []
        self._unwanted: set[int] = set()
        """``fork_id`` of sessions that were ended before their process was known."""

    def fork(
        self,
        source: SessionSource,
        make_spec: Callable[[Path], server.SessionSpec],
        on_event: Callable[[Event], None],
        on_end: Callable[[], None],
    ) -> ThrowawaySession:
        """Asks ``source`` for a session; ``on_event`` and ``on_end`` are called on its reader thread.

        ``make_spec`` gets the scratch folder. Raises `NotReady`, `NoSession`.
        """
        try:
            spec = make_spec(Path(tempfile.mkdtemp(prefix="tflab-")))
        except OSError as error:
            raise NoSession(str(error)) from None

        def on_events(_: SessionClient, events: Sequence[tuple[Event, int]]) -> None:
            for event, _size in events:
                on_event(event)

        session = SessionClient(spec, on_events, lambda _: on_end())
        with self._lock:
            try:
                session.fork_id = source.fork(spec, session.descriptors)
            except OSError:
                # It has too much to do, or is gone and about to be launched again.
                session.discard()
                remove_scratch(spec)
                raise NotReady from None
            self._sessions.append(session)
        session.start()
        return ThrowawaySession(session, lambda client: self._end(source, client))

    def take(self, source: SessionSource, event: server.ServerEvent) -> bool:
        """Whether ``event`` was about a throwaway session, and then was dealt with."""
        with self._lock:
            match event:
                case server.SessionForked():
                    for session in self._sessions:
                        if session.fork_id == event.fork_id:
                            session.pid = event.pid
                            if event.fork_id in self._unwanted:
                                source.kill(event.pid)
                            return True
                case server.ForkFailed():
                    for session in self._sessions:
                        if session.fork_id == event.fork_id:
                            session.last_output = event.message
                            self._gone(session, None)
                            return True
                case server.SessionExited():
                    for session in self._sessions:
                        if session.pid == event.pid:
                            self._gone(session, event.status)
                            return True
        return False

    def source_ended(self) -> None:
        """The source is gone, and every session with it."""
        with self._lock:
            for session in tuple(self._sessions):
                self._gone(session, None)

    def _end(self, source: SessionSource, session: SessionClient) -> None:
        with self._lock:
            if session.pid is None:
                self._unwanted.add(session.fork_id)
            elif not session.exited.is_set():
                source.kill(session.pid)

    def _gone(self, session: SessionClient, status: int | None) -> None:
        session.status = status
        session.exited.set()
        self._sessions.remove(session)
        self._unwanted.discard(session.fork_id)

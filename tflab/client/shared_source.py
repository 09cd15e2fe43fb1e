"""One source of sessions for several supervisors: TensorFlow is loaded once, and each has sessions of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tflab.client.session_source import Launcher, OnServerEnd, OnServerEvent, SessionSource
from tflab.protocol import server


class SharedSource:
    """Hands out shares of one source; it is launched with the first, and ends with the last."""

    def __init__(self, launcher: Launcher, on_ready: Callable[[server.ServerReady], None]) -> None:
        """``on_ready`` is called once, on the source's thread."""
        self._launcher = launcher
        self._on_ready = on_ready
        self._lock = threading.RLock()
        self._source: SessionSource | None = None
        self._ready: server.ServerReady | None = None
        self._has_ended = False
        self._shares: list[_Share] = []
        self._by_fork: dict[int, _Share] = {}
        self._by_pid: dict[int, _Share] = {}

    def share(self, on_event: OnServerEvent, on_end: OnServerEnd) -> SessionSource:
        """A share that works as a source of one's own: a `Launcher`."""
        return _Share(self, on_event, on_end)

    def join(self, share: _Share) -> None:
        """Takes part; what the source has said of itself is said again. Raises OSError where it has ended."""
        with self._lock:
            if self._has_ended:
                raise ConnectionError
            self._shares.append(share)
            if self._source is None:
                self._source = self._launcher(self._on_event, self._on_end)
                self._source.launch()
            elif self._ready is not None:
                # On a thread of its own, as from a source: the caller holds locks.
                threading.Thread(target=share.on_event, args=(self._ready,), name="tflab-share", daemon=True).start()

    def fork(self, share: _Share, spec: server.SessionSpec, descriptors: server.SessionDescriptors) -> int:
        """Asks for a session of ``share``. Raises OSError where the source is gone."""
        with self._lock:
            if self._source is None or self._has_ended:
                raise ConnectionError
            fork_id = self._source.fork(spec, descriptors)
            self._by_fork[fork_id] = share
            return fork_id

    def kill(self, share: _Share, pid: int) -> None:
        """Ends a session, if it is one of ``share``."""
        with self._lock:
            if self._source is not None and self._by_pid.get(pid) is share:
                self._source.kill(pid)

    def leave(self, share: _Share) -> None:
        """Ends the sessions of ``share``, and the source itself where nobody else has a share."""
        with self._lock:
            if share not in self._shares:
                return
            self._shares.remove(share)
            is_last, source = not self._shares, self._source
            if not is_last:
                for pid in [pid for pid, owner in self._by_pid.items() if owner is share]:
                    self.kill(share, pid)
        if is_last and source is not None:
            source.close()

    def _on_event(self, event: server.ServerEvent) -> None:
        with self._lock:
            hearers: list[Callable[[server.ServerEvent], None]] = []
            match event:
                case server.SessionForked():
                    owner = self._by_fork.pop(event.fork_id)
                    self._by_pid[event.pid] = owner
                    hearers.append(owner.on_event)
                    if owner not in self._shares and self._source is not None:
                        self._source.kill(event.pid)
                case server.ForkFailed():
                    hearers.append(self._by_fork.pop(event.fork_id).on_event)
                case server.SessionExited():
                    hearers.append(self._by_pid.pop(event.pid).on_event)
                case _:
                    if isinstance(event, server.ServerReady):
                        self._ready = event
                        hearers.append(lambda _: self._on_ready(event))
                    hearers += [share.on_event for share in self._shares]
        for hear in hearers:
            hear(event)

    def _on_end(self, status: int | None, output: str) -> None:
        with self._lock:
            self._has_ended = True
            shares = [*self._shares, *{id(owner): owner for owner in self._by_pid.values()}.values()]
        for share in {id(share): share for share in shares}.values():
            share.on_end(status, output)


class _Share:
    """What one supervisor has of a shared source."""

    def __init__(self, shared: SharedSource, on_event: OnServerEvent, on_end: OnServerEnd) -> None:
        self._shared = shared
        self.on_event = on_event
        self.on_end = on_end

    def launch(self) -> None:
        """Takes part."""
        self._shared.join(self)

    def fork(self, spec: server.SessionSpec, descriptors: server.SessionDescriptors) -> int:
        """Asks for a session."""
        return self._shared.fork(self, spec, descriptors)

    def kill(self, pid: int) -> None:
        """Ends a session of this share."""
        self._shared.kill(self, pid)

    def close(self) -> None:
        """Ends the sessions of this share."""
        self._shared.leave(self)

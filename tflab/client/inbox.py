"""Where events wait for the interface: in order, bounded in bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from tflab.protocol.events import Event
from tflab.protocol.lifecycle import Lifecycle
from tflab.protocol.server import ServerEvent

LabEvent = Event | Lifecycle | ServerEvent
"""Everything that a `Supervisor` tells."""

CAPACITY = 8 << 20
"""Bytes of events from sessions that wait before their reader waits."""


EVENT_OVERHEAD = 256
"""Bytes that an event takes in this process beside its content, about."""


class Inbox:
    """Many threads put, one drains."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._changed = threading.Condition()
        self._events: list[LabEvent] = []
        self._size = 0
        self._tell: Callable[[], object] | None = None

    def on_arrival(self, tell: Callable[[], object]) -> None:
        """From now on calls ``tell``, on the thread that puts, when something has come and all before it had been
        drained."""
        self._tell = tell

    def put(self, event: LabEvent, size: int = 0, *, unless: Callable[[], bool] = bool) -> None:
        """Adds ``event``; one with a ``size`` (bytes, of its encoding) waits for room.

        Gives up, and drops the event, as soon as ``unless()`` is true: its session is being thrown away.
        """
        self.put_all([(event, size)], unless=unless)

    def put_all(self, events: Iterable[tuple[LabEvent, int]], *, unless: Callable[[], bool] = bool) -> None:
        """Adds each of ``events`` as `put` does, in order, with its size.

        The lock is taken once where there is room: at ten thousand events a second a lock for each would cost a fifth
        of the time.
        """
        with self._changed:
            was_empty = not self._events
            for event, size in events:
                while size and self._size >= self._capacity:
                    if unless():
                        return
                    # What is there already is to be taken out, which makes the room.
                    self._changed.notify_all()
                    self._changed.wait(0.1)
                self._events.append(event)
                self._size += size + EVENT_OVERHEAD if size else 0
            self._changed.notify_all()
        if was_empty and self._events and self._tell is not None:
            self._tell()

    def offer(self, event: LabEvent) -> None:
        """Adds ``event`` if there is room; another of its kind will come."""
        if not self.is_full:
            self.put(event)

    @property
    def is_full(self) -> bool:
        """Whether readers wait for room."""
        return self._size >= self._capacity

    def drain(self) -> list[LabEvent]:
        """Everything since the last time, in order."""
        with self._changed:
            events, self._events, self._size = self._events, [], 0
            self._changed.notify_all()
        return events

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until there is something to drain; False where ``timeout`` seconds passed without."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._events), timeout)

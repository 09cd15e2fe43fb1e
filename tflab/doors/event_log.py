"""What a watched process has said so far, for watchers who come, go and read at their own pace.

There is one log, and a watcher is a place in it: whoever writes never waits for whoever reads. What a slow watcher has
not read when it is forgotten is counted in the `missed` of the curve's next values.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Final

import msgspec

from tflab.protocol.events import DevicesSampled, Event, MetricsLogged, SessionReady, TensorsRecorded
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.protocol.steering import KnobsOffered, LoopPaused, LoopResumed

MOST_STEPS: Final = 1_000_000
"""Values of curves that are kept."""
MOST_EVENTS: Final = 20_000
"""Events that are kept beside the latest state of things."""


class EventLog:
    """Keeps events in order. Any thread may write and read."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._kept: deque[tuple[int, Event]] = deque()
        self._steps = 0
        self._latest: dict[Hashable, tuple[int, Event]] = {}
        self.is_closed = False

    def write(self, event: Event) -> None:
        """Adds ``event``; never waits for a reader."""
        key = _kind(event)
        with self._changed:
            if self.is_closed:
                return
            self._count += 1
            if key is not None:
                self._latest[key] = (self._count, event)
            else:
                self._kept.append((self._count, event))
                self._steps += _steps_of(event)
                while self._steps > MOST_STEPS or len(self._kept) > MOST_EVENTS:
                    self._steps -= _steps_of(self._kept.popleft()[1])
            self._changed.notify_all()

    def wake(self) -> None:
        """Readers look whether they are wanted elsewhere."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing is written any more; who waits wakes up."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def reader(self) -> LogReader:
        """A reader that begins with all that is kept."""
        return LogReader(self)

    def after(self, place: int, timeout: float, is_wanted: Callable[[], bool]) -> tuple[int, list[Event]] | None:
        """The events after ``place`` and the place after them; None where the log has ended. Waits for some, or until
        the reader ``is_wanted`` elsewhere."""
        with self._changed:
            self._changed.wait_for(lambda: self._count > place or self.is_closed or is_wanted(), timeout)
            found = [entry for entry in self._latest.values() if entry[0] > place]
            for entry in reversed(self._kept):
                if entry[0] <= place:
                    break
                found.append(entry)
            if not found and self.is_closed:
                return None
            return self._count, [event for _, event in sorted(found, key=lambda entry: entry[0])]


class LogReader:
    """One watcher's place in the log."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._place = 0
        self._next: dict[Hashable, int] = {}

    def read(self, timeout: float, is_wanted: Callable[[], bool] = bool) -> list[Event] | None:
        """What came since the last time, in order, after at most ``timeout`` seconds; None at the end.

        Nothing where the reader ``is_wanted`` elsewhere: asked anew after `EventLog.wake`.
        """
        found = self._log.after(self._place, timeout, is_wanted)
        if found is None:
            return None
        self._place, events = found
        return [self._counted(event) for event in events]

    def _counted(self, event: Event) -> Event:
        """``event``, with what was forgotten before this reader came to it."""
        if not isinstance(event, MetricsLogged) or not event.steps:
            return event
        key = (event.name, event.source, event.scope, event.site)
        expected = self._next.get(key, event.steps[0] - event.missed)
        self._next[key] = event.steps[-1] + 1
        lost = event.steps[0] - event.missed - expected
        return msgspec.structs.replace(event, missed=event.missed + lost) if lost > 0 else event


def _kind(event: Event) -> Hashable | None:
    """What ``event`` replaces the earlier one of; None where all of its kind count."""
    kind: Any = type(event)
    if isinstance(event, GradientsRecorded):
        return kind, event.site
    if isinstance(event, DevicesSampled):
        return kind, event.origin
    if isinstance(event, (LoopPaused, LoopResumed)):
        return LoopPaused
    return kind if isinstance(event, (SessionReady, TensorsRecorded, KnobsOffered)) else None


def _steps_of(event: Event) -> int:
    return len(event.steps) if isinstance(event, MetricsLogged) else 0

"""Signs that a session has to be ended: too much memory, too many processes, a full scratch folder, or silence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from tflab.client.endings import size
from tflab.client.processes import activity, family, resident, share, unlinked
from tflab.client.scratch import bytes_in
from tflab.messages import text
from tflab.protocol.events import HeartbeatAnswered
from tflab.protocol.lifecycle import EndReason
from tflab.protocol.requests import PingRequest
from tflab.protocol.server import Permissions

PING_EVERY: Final = 2.0
"""Seconds between heartbeats."""
SILENCE: Final = 10.0
"""Seconds without an answer and without work after which a session counts as unresponsive."""
DISK_EVERY: Final = 2.0
"""Seconds between looks at the scratch folder, at least."""
DISK_SHARE: Final = 0.05
"""Of the time, what these looks may take: a folder can hold a million files."""


class MemoryGauge:
    """How much memory belongs to a session and what it started, beyond what it got from the fork server.

    A cheap upper bound (resident pages) is read every time; the exact share (``smaps_rollup``: anonymous and shared
    memory, by how many processes share a page) only where that bound could exceed the limit.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._inherited = share(pid)
        self._inherited_resident = resident(pid)

    def used(self, limit: int, pids: Iterable[int]) -> int:
        """Bytes in use by ``pids`` (the session and its descendants); exact only near or above ``limit``."""
        known = list(pids)
        in_memory = sum(map(resident, known))
        if in_memory <= limit:
            return in_memory
        shares = [share(pid) for pid in known]
        if any(share is None for share in shares) or self._inherited is None:
            # Not to be read, of a process with other credentials, say.
            return max(0, in_memory - self._inherited_resident * len(known))
        return max(0, sum(share or 0 for share in shares) - self._inherited)


class Heartbeat:
    """Decides from pings, answers and the use of the processor whether a session is silent.

    A session that computes without ever letting Python's other threads run is busy, not silent.
    """

    def __init__(self, pid: int, now: float, silence: float | None = None) -> None:
        """``silence`` is `SILENCE` where None."""
        self._pid = pid
        self._silence = SILENCE if silence is None else silence
        self._sequence = 0
        self._answered = 0
        self._sent_at = now
        self._alive_at = now
        self._looked_at = now
        self._work = 0.0

    def next_ping(self, now: float) -> int | None:
        """The sequence number of a ping that is due, or None."""
        if now - self._sent_at < PING_EVERY:
            return None
        self._sent_at = now
        self._sequence += 1
        return self._sequence

    def answered(self, sequence: int, now: float) -> None:
        """The session answered."""
        self._answered = max(self._answered, min(sequence, self._sequence))
        self._alive_at = now

    def excuse(self, now: float) -> None:
        """Silence up to now has another reason: nobody reads what the session says."""
        self._alive_at = now

    def is_silent(self, now: float) -> bool:
        """Whether the session has neither answered nor worked for so long; to be asked all the time."""
        # Who was kept from asking, as is who is stopped or gets no processor, has not heard the answers either.
        missed = now - self._looked_at - PING_EVERY
        self._looked_at = now
        if missed > 0:
            self._alive_at = min(now, self._alive_at + missed)
        if self._answered == self._sequence or now - self._alive_at < self._silence / 2:
            return False
        works, work = activity(self._pid)
        if works or work > self._work + 0.05:
            self._work = work
            self._alive_at = now
            return False
        return now - self._alive_at >= self._silence


@dataclass(frozen=True)
class Verdict:
    """Why a session has to be ended."""

    reason: EndReason
    message: str


class SessionWatch:
    """Watches one session that is ready, and holds it to the limits in ``permissions``."""

    def __init__(self, pid: int, permissions: Permissions, clock: Callable[[], float] = time.monotonic) -> None:
        self.pid = pid
        self._permissions = permissions
        self._clock = clock
        self._gauge = MemoryGauge(pid)
        self._heartbeat = Heartbeat(pid, clock())
        self._disk_due = clock() + DISK_EVERY
        self.family: list[int] = [pid]
        """The session and what it started, when last looked at."""

    def answered(self, event: HeartbeatAnswered) -> None:
        """The session answered a ping."""
        self._heartbeat.answered(event.sequence, self._clock())

    def look(self, send: Callable[[PingRequest], object], *, unread: bool) -> Verdict | None:
        """Whether it has to end now; ``unread`` while nobody reads what it says. Sends pings in turn."""
        now = self._clock()
        ping = self._heartbeat.next_ping(now)
        if ping is not None:
            send(PingRequest(sequence=ping))
        if unread:
            self._heartbeat.excuse(now)
        elif self._heartbeat.is_silent(now):
            return Verdict("unresponsive", text("client.session_unresponsive"))
        return self.limit_verdict()

    def limit_verdict(self) -> Verdict | None:
        """Whether it has to end for one of its limits."""
        self.family, threads = family(self.pid)
        return self._memory_verdict() or self._processes_verdict(threads) or self._disk_verdict()

    def _memory_verdict(self) -> Verdict | None:
        limit = self._permissions.memory
        if limit is None:
            return None
        used = self._gauge.used(limit, self.family)
        if used <= limit:
            return None
        return Verdict("memory", text("client.session_memory", used=size(used), limit=size(limit)))

    def _processes_verdict(self, threads: int) -> Verdict | None:
        limit = self._permissions.process_limit
        if limit is None or threads <= limit:
            return None
        return Verdict("processes", text("client.session_processes", used=threads, limit=limit))

    def _disk_verdict(self) -> Verdict | None:
        limit, memory, began = self._permissions.scratch_size, self._permissions.memory, self._clock()
        if began < self._disk_due:
            return None
        hidden = unlinked(self.family)
        used = 0 if limit is None else hidden.disk + bytes_in(self._permissions.scratch, enough=limit)
        ended = self._clock()
        self._disk_due = ended + max(DISK_EVERY, (ended - began) / DISK_SHARE)
        if memory is not None and hidden.memory > memory:
            return Verdict("memory", text("client.session_memory", used=size(hidden.memory), limit=size(memory)))
        if limit is None or used <= limit:
            return None
        return Verdict("disk", text("client.session_disk", used=size(used), limit=size(limit)))

"""Signs that a session has to be ended: too much memory, or silence."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tflab.client.endings import size
from tflab.messages import text
from tflab.protocol.events import HeartbeatAnswered
from tflab.protocol.lifecycle import EndReason
from tflab.protocol.requests import PingRequest

PING_EVERY: Final = 2.0
"""Seconds between heartbeats."""
SILENCE: Final = 10.0
"""Seconds without an answer and without work after which a session counts as unresponsive."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """``pid`` and every process below it."""
    found = [pid]
    for parent in found:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += [int(word) for word in (task / "children").read_text().split()]
        except OSError:
            # Gone meanwhile.
            continue
    return found


def left_behind(session: int) -> list[int]:
    """Processes that the session process ``session`` started and that live on, wherever they were adopted.

    Sessions lead a session of the kernel, too; what left it by ``setsid`` is not found.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The command name may hold anything, parentheses too.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            found.append(int(entry.name))
    return found


def kill_all(pids: Iterable[int]) -> None:
    """SIGKILL to each that still lives."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


class MemoryGauge:
    """How much memory belongs to a session and what it started, beyond what it got from the fork server.

    A cheap upper bound (resident pages) is read every time; the exact share (``smaps_rollup``: anonymous and shared
    memory, by how many processes share a page) only where that bound could exceed the limit.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._inherited = _share(pid)
        self._inherited_resident = _resident(pid)

    def used(self, limit: int, pids: Iterable[int]) -> int:
        """Bytes in use by ``pids`` (the session and its descendants); exact only near or above ``limit``."""
        known = list(pids)
        resident = sum(map(_resident, known))
        if resident <= limit:
            return resident
        shares = [_share(pid) for pid in known]
        if any(share is None for share in shares) or self._inherited is None:
            # Not to be read, of a process with other credentials, say.
            return max(0, resident - self._inherited_resident * len(known))
        return max(0, sum(share or 0 for share in shares) - self._inherited)


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _share(pid: int) -> int | None:
    """Anonymous and shared memory of ``pid``; 0 where it is gone, None where that may not be read."""
    total = 0
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    total += int(line.split()[1]) << 10
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except OSError:
        return None
    return total


class Heartbeat:
    """Decides from pings, answers and the use of the processor whether a session is silent.

    A session that computes without ever letting Python's other threads run is busy, not silent.
    """

    def __init__(self, pid: int, now: float) -> None:
        self._pid = pid
        self._sequence = 0
        self._answered = 0
        self._sent_at = now
        self._alive_at = now
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
        """Whether the session has neither answered nor worked for `SILENCE` seconds."""
        if self._answered == self._sequence or now - self._alive_at < SILENCE / 2:
            return False
        state, work = _activity(self._pid)
        if state in "RD" or work > self._work + 0.05:
            self._work = work
            self._alive_at = now
            return False
        return now - self._alive_at >= SILENCE


def _activity(pid: int) -> tuple[str, float]:
    """Whether any thread of ``pid`` runs (``R``, ``D``), else the state of the process, and its seconds of CPU."""
    state = "X"
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        state = fields[0]
        for task in Path(f"/proc/{pid}/task").iterdir():
            if (task / "stat").read_text().rpartition(")")[2].split()[0] in "RD":
                state = "R"
    except (OSError, IndexError):
        return state, 0.0
    return state, (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(frozen=True)
class Verdict:
    """Why a session has to be ended."""

    reason: EndReason
    message: str


class SessionWatch:
    """Watches one session that is ready. ``memory_limit`` in bytes; None for no limit."""

    def __init__(self, pid: int, memory_limit: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.pid = pid
        self._limit = memory_limit
        self._clock = clock
        self._gauge = MemoryGauge(pid)
        self._heartbeat = Heartbeat(pid, clock())
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
        return self.memory_verdict()

    def memory_verdict(self) -> Verdict | None:
        """Whether it has to end for its memory."""
        self.family = descendants(self.pid)
        if self._limit is None:
            return None
        used = self._gauge.used(self._limit, self.family)
        if used <= self._limit:
            return None
        return Verdict("memory", text("client.session_memory", used=size(used), limit=size(self._limit)))

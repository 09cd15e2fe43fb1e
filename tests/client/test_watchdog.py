"""Memory and silence of processes, on real ones that need no TensorFlow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sessions import PATIENCE
from tflab.client import processes
from tflab.client.processes import family, kill_all
from tflab.client.scratch import bytes_in
from tflab.client.watchdog import DISK_EVERY, PING_EVERY, SILENCE, Heartbeat, MemoryGauge, SessionWatch
from tflab.protocol.requests import PingRequest
from tflab.protocol.server import Permissions

PROGRAM = """
import os, sys
held = []
for line in sys.stdin:
    command, _, number = line.strip().partition(" ")
    if command == "hold":
        held.append(bytearray(os.urandom(1)) * (int(number) << 20))
    elif command == "fork":
        if os.fork() == 0:
            import time
            time.sleep(600)
    elif command == "unlink":
        import tempfile
        file = tempfile.TemporaryFile()
        file.write(bytes(int(number) << 20))
        file.flush()
        held.append(file)
    elif command == "memfd":
        held.append(os.memfd_create("held"))
        os.write(held[-1], bytes(int(number) << 20))
    elif command == "work":
        while True: pass
    print(command, flush=True)
"""


class Child:
    """A process that does as it is told."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self.process.pid
        # The first answer: Python is up, and its memory settled.
        self.tell("begin")

    def tell(self, command: str) -> None:
        """Returns when it is done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        if command != "work":
            self.process.stdout.readline()


def allowed(**limits: Any) -> Permissions:
    """Permissions with these limits and no others."""
    return Permissions(**{"scratch": "", "process_limit": None, **limits})


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child()
    yield child
    kill_all(family(child.pid).pids)
    child.process.communicate()


def test_descendants_are_found(child: Child) -> None:
    assert family(child.pid).pids == [child.pid]
    child.tell("fork")
    assert len(family(child.pid).pids) == 2
    assert family(2**22 + 1) == ([2**22 + 1], 0)


def test_without_proc_the_facts_are_nearly_the_same(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    # As on macOS; psutil has its own ways there.
    child.tell("fork")
    child.tell("hold 50")
    by_proc = family(child.pid)
    resident = processes.resident(child.pid)
    monkeypatch.setattr(processes, "_PROC", Path("/no/such/folder"))

    assert sorted(family(child.pid).pids) == sorted(by_proc.pids)
    assert family(child.pid).threads == by_proc.threads
    assert abs(processes.resident(child.pid) - resident) < 1 << 20
    assert MemoryGauge(child.pid).used(0, [child.pid]) == 0
    assert family(2**22 + 1) == ([2**22 + 1], 0)
    assert processes.resident(2**22 + 1) == 0


def test_without_proc_too_much_memory_and_work_are_seen(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_PROC", Path("/no/such/folder"))
    watch = SessionWatch(child.pid, allowed(memory=64 << 20))
    child.tell("hold 100")
    verdict = watch.limit_verdict()
    assert verdict is not None
    assert verdict.reason == "memory"

    child.tell("work")
    deadline = time.monotonic() + PATIENCE
    while processes.activity(child.pid)[1] < 0.2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes.activity(child.pid)[1] >= 0.2
    assert processes.activity(2**22 + 1) == (False, 0.0)


def test_memory_far_below_the_limit_is_an_upper_bound(child: Child) -> None:
    gauge = MemoryGauge(child.pid)
    child.tell("hold 50")
    assert 50 << 20 <= gauge.used(1 << 40, [child.pid]) < 1 << 40


def test_memory_near_the_limit_is_what_came_since_the_beginning(child: Child) -> None:
    gauge = MemoryGauge(child.pid)
    child.tell("hold 100")
    assert 95 << 20 <= gauge.used(0, [child.pid]) <= 130 << 20


def test_memory_that_forks_share_counts_once(child: Child) -> None:
    gauge = MemoryGauge(child.pid)
    child.tell("hold 100")
    for _ in range(3):
        child.tell("fork")

    used = gauge.used(0, family(child.pid).pids)

    assert 90 << 20 <= used <= 160 << 20


def test_memory_of_a_process_that_is_gone_is_nothing(child: Child) -> None:
    gauge = MemoryGauge(child.pid)
    child.process.kill()
    child.process.wait()
    assert gauge.used(0, [child.pid]) == 0


def test_too_much_memory_is_a_verdict_in_words(child: Child) -> None:
    watch = SessionWatch(child.pid, allowed(memory=64 << 20))
    child.tell("hold 20")
    assert watch.limit_verdict() is None
    child.tell("hold 80")

    verdict = watch.look(lambda ping: None, unread=False)

    assert verdict is not None
    assert verdict.reason == "memory"
    assert "64 MiB" in verdict.message
    assert "--memory" in verdict.message


def test_too_many_processes_are_a_verdict_in_words(child: Child) -> None:
    watch = SessionWatch(child.pid, allowed(process_limit=3))
    for _ in range(2):
        child.tell("fork")
    assert watch.limit_verdict() is None
    child.tell("fork")

    verdict = watch.limit_verdict()

    assert verdict is not None
    assert verdict.reason == "processes"
    assert "4" in verdict.message
    assert "--processes" in verdict.message


def test_a_full_scratch_folder_is_a_verdict_in_words_though_not_looked_at_all_the_time(
    child: Child, tmp_path: Path
) -> None:
    now = 100.0
    watch = SessionWatch(child.pid, allowed(scratch=str(tmp_path), scratch_size=1 << 20), clock=lambda: now)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "data").write_bytes(b"x" * (2 << 20))
    assert watch.limit_verdict() is None

    now += DISK_EVERY
    verdict = watch.limit_verdict()

    assert verdict is not None
    assert verdict.reason == "disk"
    assert "1 MiB" in verdict.message
    assert "--disk" in verdict.message


@pytest.mark.parametrize(
    ("command", "limits", "reason"),
    [("unlink", {"scratch_size": 1 << 20}, "disk"), ("memfd", {"memory": 1 << 30}, "memory")],
)
def test_files_without_a_name_count_too(child: Child, command: str, limits: dict[str, int], reason: str) -> None:
    now = 100.0
    watch = SessionWatch(child.pid, allowed(**limits), clock=lambda: now)
    child.tell(f"{command} 4")
    now += DISK_EVERY
    first = watch.limit_verdict()
    watch = SessionWatch(child.pid, allowed(**dict.fromkeys(limits, 3 << 20)), clock=lambda: now)
    now += DISK_EVERY

    found = processes.unlinked([child.pid, child.pid])
    assert (found.disk if reason == "disk" else found.memory) in range(4 << 20, 5 << 20)
    assert (first is not None) == (reason == "disk")
    second = watch.limit_verdict()
    assert second is not None
    assert second.reason == reason


def test_scratch_is_counted_in_blocks_without_following_links(tmp_path: Path) -> None:
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    scratch.mkdir()
    outside.mkdir()
    (outside / "big").write_bytes(b"x" * (4 << 20))
    (scratch / "link").symlink_to(outside)
    with (scratch / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    (scratch / "real").write_bytes(b"x" * (1 << 20))

    assert 1 << 20 <= bytes_in(str(scratch), enough=1 << 40) < 2 << 20
    assert bytes_in(str(tmp_path / "none"), enough=1) == 0


def test_without_a_limit_memory_is_nobodys_business(child: Child) -> None:
    child.tell("hold 100")
    assert SessionWatch(child.pid, allowed()).look(lambda ping: None, unread=False) is None


# --- silence -------------------------------------------------------------------------------------------------------


def test_pings_are_due_in_turn(child: Child) -> None:
    heart = Heartbeat(child.pid, 0.0)
    assert heart.next_ping(PING_EVERY / 2) is None
    assert heart.next_ping(PING_EVERY) == 1
    assert heart.next_ping(PING_EVERY) is None
    assert heart.next_ping(2 * PING_EVERY) == 2


def settle(pid: int) -> None:
    """Waits until the process sleeps."""
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with open(f"/proc/{pid}/stat") as file:
            if file.read().rpartition(")")[2].split()[0] in "ST":
                return
        pause.wait(0.01)
    raise TimeoutError


def ask(heart: Heartbeat, until: float) -> bool:
    """Plays the watchdog's thread up to ``until``; whether it found silence."""
    now = 0.0
    silent = False
    while now < until:
        now += 0.5
        heart.next_ping(now)
        silent = silent or heart.is_silent(now)
    return silent


def test_a_sleeping_process_that_never_answers_is_silent(child: Child) -> None:
    settle(child.pid)
    assert not ask(Heartbeat(child.pid, 0.0), SILENCE - 1)
    assert ask(Heartbeat(child.pid, 0.0), 2 * SILENCE + PING_EVERY)


def test_a_stopped_process_is_silent(child: Child) -> None:
    os.kill(child.pid, signal.SIGSTOP)
    settle(child.pid)
    assert ask(Heartbeat(child.pid, 0.0), 2 * SILENCE + PING_EVERY)


def test_a_process_that_works_without_answering_is_busy(child: Child) -> None:
    child.tell("work")
    pause = threading.Event()
    while not _runs(child.pid):
        pause.wait(0.01)
    heart = Heartbeat(child.pid, 0.0)
    assert not ask(heart, 3 * SILENCE)


def _runs(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "R"


def test_an_answer_is_a_sign_of_life(child: Child) -> None:
    settle(child.pid)
    heart = Heartbeat(child.pid, 0.0)
    now = 0.0
    while now < 3 * SILENCE:
        now += 0.5
        ping = heart.next_ping(now)
        if ping is not None:
            heart.answered(ping, now)
        assert not heart.is_silent(now)


def test_silence_while_nobody_reads_is_excused(child: Child) -> None:
    settle(child.pid)
    heart = Heartbeat(child.pid, 0.0)
    now = 0.0
    while now < 3 * SILENCE:
        now += 0.5
        heart.next_ping(now)
        heart.excuse(now)
        assert not heart.is_silent(now)


def test_who_could_not_look_for_long_has_not_missed_a_sign_of_life(child: Child) -> None:
    settle(child.pid)
    heart = Heartbeat(child.pid, 0.0)
    now = 0.0
    for _ in range(3):
        # What it had worked before is no sign of life twice.
        now += 10 * SILENCE
        ping = heart.next_ping(now)
        assert ping is not None
        assert not heart.is_silent(now)
        heart.answered(ping, now)


def test_an_answer_to_a_ping_that_was_never_sent_buys_nothing(child: Child) -> None:
    settle(child.pid)
    heart = Heartbeat(child.pid, 0.0)
    heart.answered(10**9, 0.0)
    assert ask(heart, 2 * SILENCE + PING_EVERY)


def test_a_silent_session_gets_pings_and_then_a_verdict(child: Child) -> None:
    settle(child.pid)
    now = 0.0
    watch = SessionWatch(child.pid, allowed(), clock=lambda: now)
    pings: list[PingRequest] = []
    verdict = None
    while verdict is None and now < 10 * SILENCE:
        now += 0.5
        verdict = watch.look(pings.append, unread=False)

    assert verdict is not None
    assert verdict.reason == "unresponsive"
    assert [ping.sequence for ping in pings] == list(range(1, len(pings) + 1))
    assert len(pings) > 3

"""Sessions that end, by themselves, by the lab, by a limit: each is told, cleaned up and replaced."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from tests.client.supervised import SupervisedLab
from tests.sessions import PATIENCE, SharedSource, WarmServer
from tflab.client import session_client, watchdog
from tflab.client import supervisor as supervisor_module
from tflab.client.inbox import LabEvent
from tflab.client.session_source import OnServerEnd, OnServerEvent
from tflab.client.supervisor import Supervisor
from tflab.protocol import lifecycle, server
from tflab.protocol.events import CellFinished, ProblemFound, SessionReady, StreamWritten

GROWING = "held = []\nwhile True:\n    held.append(bytearray(b'x') * (8 << 20))"
GRACE = 0.1
"""Seconds; stands for the supervisor's own where a test is to wait longer than that."""


@pytest.fixture
def lab(warm_server: WarmServer) -> Iterator[SupervisedLab]:
    lab = SupervisedLab(warm_server)
    lab.supervisor.start()
    yield lab
    lab.supervisor.close()


def test_an_interrupt_without_effect_is_reported_and_a_restart_helps(lab: SupervisedLab) -> None:
    # GIVEN a cell that is deaf
    deaf = lab.pid()
    lab.run("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('on')\nwhile True: pass")
    lab.wait_for_text()

    # WHEN it is interrupted
    lab.supervisor.interrupt()

    # THEN that is overdue after a while
    overdue = lab.wait_for_kind(lifecycle.InterruptOverdue)[-1]
    assert isinstance(overdue, lifecycle.InterruptOverdue)
    assert overdue.seconds >= 3

    # WHEN it is restarted
    lab.supervisor.restart()

    # THEN the cell and the session have ended, and a fresh one works
    finished = lab.finished()
    assert finished.status == "killed"
    assert finished.error is not None
    ended = lab.ended()
    assert (ended.reason, ended.status) == ("restarted", -signal.SIGKILL)
    assert ended.message == finished.error.message
    assert lab.pid() != deaf
    lab.run("1 + 1")
    assert lab.finished().status == "ok"


def test_what_no_interrupt_reaches_is_ended_by_a_restart(lab: SupervisedLab) -> None:
    # An eager Dataset.reduce looks neither at signals nor at cancellations.
    lab.run(
        "import tensorflow as tf\n"
        "def add(total, x):\n    if x == 1000: tf.print('deep')\n    return total + x\n"
        "tf.data.Dataset.range(10**15).reduce(tf.constant(0, tf.int64), add)"
    )
    lab.wait_for_text("deep\n")
    lab.supervisor.interrupt()
    lab.wait_for_kind(lifecycle.InterruptOverdue)

    lab.supervisor.restart()

    assert lab.finished().status == "killed"
    lab.pid()
    lab.run("1")
    assert lab.finished().status == "ok"


def test_a_restart_gives_a_fresh_namespace_and_scratch(lab: SupervisedLab) -> None:
    lab.run("kept = 1")
    lab.finished()

    lab.supervisor.restart()

    lab.pid()
    lab.run("kept")
    finished = lab.finished()
    assert finished.error is not None
    assert finished.error.name == "NameError"
    first, second = lab.scratches
    assert first != second
    lab.supervisor.close()
    assert not first.exists()


@pytest.mark.parametrize(
    ("source", "reason", "status", "word"),
    [
        ("import os; os._exit(7)", "crashed", 7, "exit status 7"),
        ("import os; os._exit(0)", "exited", 0, "exit status 0"),
        ("import ctypes; ctypes.string_at(0)", "crashed", -signal.SIGSEGV, "SIGSEGV"),
        ("import os; os.abort()", "crashed", -signal.SIGABRT, "SIGABRT"),
    ],
)
def test_a_session_that_ends_by_itself_is_replaced(
    lab: SupervisedLab, source: str, reason: str, status: int, word: str
) -> None:
    lab.run(f"print('on')\n{source}", cell=0)
    lab.run("'never'", cell=1)

    events = lab.wait_for_kind(SessionReady)[1:] + lab.wait_for_kind(lifecycle.SessionEnded)
    ended = events[-1]
    assert isinstance(ended, lifecycle.SessionEnded)
    assert (ended.reason, ended.status) == (reason, status)
    assert word in ended.message
    (finished,) = [event for event in events if isinstance(event, CellFinished)]
    assert (finished.cell, finished.status) == (0, "killed")
    assert lifecycle.CellsDropped(cells=(1,)) in events
    lab.pid()
    lab.run("1")
    assert lab.finished().status == "ok"


class LateSource(SharedSource):
    """Tells the end of a session when somebody else had the machine for a while."""

    def _on_session(self, event: server.ServerEvent) -> None:
        if isinstance(event, server.SessionExited):
            threading.Timer(10 * GRACE, super()._on_session, (event,)).start()
        else:
            super()._on_session(event)


class LateBeginning(SharedSource):
    """Tells that a session was forked when it is asked to."""

    def __init__(self, warm: WarmServer, on_event: OnServerEvent) -> None:
        super().__init__(warm, on_event)
        self._forked: SimpleQueue[server.SessionForked] = SimpleQueue()

    def tell(self) -> None:
        """Tells it now."""
        super()._on_session(self._forked.get(timeout=PATIENCE))

    def _on_session(self, event: server.ServerEvent) -> None:
        if isinstance(event, server.SessionForked):
            self._forked.put(event)
        else:
            super()._on_session(event)


def test_limits_hold_where_a_session_is_ready_before_its_beginning_is_told(warm_server: WarmServer) -> None:
    sources: list[LateBeginning] = []

    def launcher(on_event: OnServerEvent, on_end: OnServerEnd) -> LateBeginning:
        sources.append(LateBeginning(warm_server, on_event))
        return sources[-1]

    lab = SupervisedLab(launcher, memory=600 << 20, sandbox=False)
    lab.supervisor.start()
    lab.pid()
    sources[0].tell()

    lab.run(GROWING)

    assert lab.ended().reason == "memory"
    sources[0].tell()
    lab.pid()
    lab.supervisor.close()


def test_an_end_that_is_told_late_is_told_as_it_was(warm_server: WarmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "GRACE", GRACE)
    lab = SupervisedLab(lambda on_event, on_end: LateSource(warm_server, on_event))
    lab.supervisor.start()
    lab.run("import os; os._exit(7)")

    ended = lab.ended()

    assert (ended.reason, ended.status) == ("crashed", 7)
    lab.pid()
    lab.supervisor.close()


def test_a_session_that_ends_while_idle_is_replaced(lab: SupervisedLab) -> None:
    os.kill(lab.pid(), signal.SIGKILL)

    events = lab.wait_for_kind(lifecycle.SessionEnded)
    assert not [event for event in events if isinstance(event, CellFinished)]
    lab.pid()


def test_a_session_that_breaks_the_protocol_is_ended(lab: SupervisedLab) -> None:
    lab.run(
        "import os, stat\n"
        "open_ones = [fd for fd in range(3, 64) if os.path.exists(f'/proc/self/fd/{fd}')]\n"
        "fd = max(fd for fd in open_ones if stat.S_ISSOCK(os.fstat(fd).st_mode))\n"
        "os.write(fd, b'\\xff' * 100)\nwhile True: pass"
    )

    assert lab.finished().status == "killed"
    ended = lab.ended()
    assert ended.reason == "crashed"
    assert "no session may send" in ended.message
    lab.pid()


def test_a_session_that_stands_still_is_found_and_replaced(lab: SupervisedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "PING_EVERY", 0.2)
    monkeypatch.setattr(watchdog, "SILENCE", 1.5)
    pid = lab.pid()
    lab.run("print('on')\nimport time; time.sleep(600)")
    lab.wait_for_text()

    os.kill(pid, signal.SIGSTOP)

    assert lab.finished().status == "killed"
    assert lab.ended().reason == "unresponsive"
    assert lab.pid() != pid


def test_too_much_memory_ends_the_session_and_says_how_much_is_allowed(warm_server: WarmServer) -> None:
    # Without the sandbox, whose own limit of the kernel can come first and ends the cell with a MemoryError.
    lab = SupervisedLab(warm_server, memory=600 << 20, sandbox=False)
    lab.supervisor.start()
    lab.run(GROWING)

    *_, problem, finished = lab.wait_for_kind(CellFinished)
    ended = lab.ended()

    assert isinstance(finished, CellFinished)
    assert finished.status == "killed"
    assert isinstance(problem, ProblemFound)
    assert (problem.code, problem.cell, problem.message) == ("memory-limit", 0, ended.message)
    assert ended.reason == "memory"
    assert "600 MiB" in ended.message
    lab.pid()
    lab.supervisor.close()


BOMB = """
import os, time
while True:
    try:
        if os.fork() == 0:
            time.sleep(600)
    except OSError:
        time.sleep(0.01)
"""
FLOOD = """
import time
for number in range(40):
    with open(f"{number}.bin", "wb") as file:
        file.write(b"x" * (1 << 20))
time.sleep(600)
"""


HIDDEN = """
import tempfile, time
held = [tempfile.TemporaryFile() for _ in range(40)]
for file in held:
    file.write(b"x" * (1 << 20))
    file.flush()
time.sleep(600)
"""


@pytest.mark.parametrize(
    ("limits", "source", "reason", "flag"),
    [
        pytest.param({"process_limit": 120}, BOMB, "processes", "--processes", id="processes"),
        pytest.param({"scratch_size": 20 << 20}, FLOOD, "disk", "--disk", id="disk"),
        pytest.param({"scratch_size": 20 << 20}, HIDDEN, "disk", "--disk", id="disk, files without a name"),
    ],
)
def test_a_session_beyond_a_limit_is_ended_in_one_line_and_replaced(
    warm_server: WarmServer, limits: dict[str, Any], source: str, reason: str, flag: str
) -> None:
    lab = SupervisedLab(warm_server, **limits)
    lab.supervisor.start()
    lab.run(source)

    finished, ended = lab.finished(), lab.ended()

    assert finished.status == "killed"
    assert ended.reason == reason
    assert flag in ended.message
    assert "\n" not in ended.message
    lab.pid()
    lab.run("1")
    assert lab.finished().status == "ok"
    assert not lab.scratches[0].exists()
    lab.supervisor.close()


def test_a_time_limit_ends_a_session_that_does_not_yield(lab: SupervisedLab) -> None:
    lab.run("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", timeout=0.5)

    assert lab.finished().status == "timeout"
    assert lab.ended().reason == "timeout"
    lab.pid()


def test_a_restart_works_while_nobody_drains(lab: SupervisedLab) -> None:
    lab.run("while True: print('x' * 1000)")
    inbox = lab.supervisor._inbox
    deadline = time.monotonic() + PATIENCE
    while not inbox.is_full and time.monotonic() < deadline:
        lab.supervisor.wait(0.01)

    lab.supervisor.restart()

    assert lab.finished().status == "killed"
    assert lab.ended().reason == "restarted"
    lab.pid()


def test_many_restarts_in_a_row_leave_one_session(lab: SupervisedLab) -> None:
    for _ in range(10):
        lab.supervisor.restart()
    lab.run("'alive'")

    assert lab.finished().status == "ok"


def test_restarts_before_the_session_is_ready_are_no_trouble(warm_server: WarmServer) -> None:
    lab = SupervisedLab(warm_server)
    lab.supervisor.start()
    lab.wait_for_kind(lifecycle.SessionStarting)
    lab.supervisor.restart()

    lab.pid()
    lab.run("1")
    assert lab.finished().status == "ok"
    lab.supervisor.close()


def test_closing_while_a_cell_runs_is_quick_and_leaves_nothing(lab: SupervisedLab) -> None:
    pid = lab.pid()
    lab.run("print('on')\nwhile True: pass")
    lab.wait_for_text()

    lab.supervisor.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not lab.scratches[0].exists()


LEAVES = """
import atexit, time
@atexit.register
def leave():
    end = time.process_time() + 0.5
    while time.process_time() < end: pass
    print("left")
"""


def test_what_a_session_works_at_when_it_ends_is_not_cut_off(
    lab: SupervisedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "GRACE", GRACE)
    monkeypatch.setattr(session_client, "LEAVING", PATIENCE)
    lab.run(LEAVES)
    lab.finished()

    lab.supervisor.close()

    left = [event.text for event in lab.supervisor.drain() if isinstance(event, StreamWritten)]
    assert "".join(left) == "left\n"
    assert not lab.scratches[0].exists()


def test_a_cell_has_ended_before_anyone_hears_of_it(lab: SupervisedLab, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever closes the lab then would take its session for one that is still at work, and end it at once.
    supervisor, running = lab.supervisor, list[object]()
    put_all = supervisor._inbox.put_all

    def watched(events: Iterable[tuple[LabEvent, int]], **options: Any) -> None:
        told = list(events)
        running.extend(supervisor._cells.running for event, _ in told if isinstance(event, CellFinished))
        put_all(told, **options)

    monkeypatch.setattr(supervisor._inbox, "put_all", watched)
    lab.run("1")
    lab.finished()

    assert running == [None]


def test_a_session_that_rests_at_its_end_is_ended(lab: SupervisedLab) -> None:
    lab.run("import atexit, time\natexit.register(time.sleep, 600)")
    lab.finished()

    lab.supervisor.close()

    assert not lab.scratches[0].exists()


def test_closing_twice_and_before_the_start_is_nothing(warm_server: WarmServer) -> None:
    lab = SupervisedLab(warm_server)
    lab.supervisor.close()
    lab.supervisor.close()


def test_a_session_that_cannot_start_is_said_after_a_few_attempts(warm_server: WarmServer, tmp_path: Path) -> None:
    # GIVEN a specification that no session can fulfil
    (tmp_path / "file").touch()

    def make_spec(scratch: Path) -> server.SessionSpec:
        scratch.rmdir()
        return server.SessionSpec(permissions=server.Permissions(scratch=str(tmp_path / "file" / "below")))

    supervisor = Supervisor(make_spec, sample_devices=None, launcher=warm_server.launcher)
    supervisor.start()

    # WHEN
    events: list[LabEvent] = []
    while not any(isinstance(event, server.ServerFailed) for event in events):
        assert supervisor.wait(PATIENCE)
        events += supervisor.drain()

    # THEN
    assert len([event for event in events if isinstance(event, lifecycle.SessionEnded)]) == 3
    failed = events[-1]
    assert isinstance(failed, server.ServerFailed)
    assert "NotADirectoryError" in failed.message
    assert "\n" not in failed.message
    supervisor.close()

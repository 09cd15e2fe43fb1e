"""The supervisor with real sessions: order, interrupts, ends of every kind, back-pressure."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sessions import PATIENCE, WarmServer
from tflab.client import watchdog
from tflab.client.inbox import LabEvent
from tflab.client.supervisor import Supervisor
from tflab.protocol import lifecycle, server
from tflab.protocol.events import (
    CellFinished,
    CellStarted,
    CompletionsOffered,
    InputRequested,
    ResultShown,
    SessionReady,
    StreamWritten,
)
from tflab.protocol.requests import CompleteRequest, RunCellRequest


class Lab:
    """A supervisor on the shared server, and everything that it told."""

    def __init__(self, warm: WarmServer, *, memory: int | None = None, sandbox: bool = True) -> None:
        self.scratches: list[Path] = []
        self.told: list[LabEvent] = []

        def make_spec(scratch: Path) -> server.SessionSpec:
            self.scratches.append(scratch)
            permissions = server.Permissions(scratch=str(scratch), memory=memory, sandbox=sandbox)
            return server.SessionSpec(permissions=permissions)

        self.supervisor = Supervisor(make_spec, sample_devices=None, launcher=warm.launcher)

    def run(self, source: str, *, cell: int = 0, timeout: float | None = None) -> None:
        self.supervisor.run(RunCellRequest(cell=cell, source=source), timeout)

    def wait_for(self, matches: Callable[[LabEvent], bool], timeout: float = PATIENCE) -> list[LabEvent]:
        """Everything new up to and including the first event that matches."""
        deadline = time.monotonic() + timeout
        seen: list[LabEvent] = []
        while True:
            if not self.told:
                if not self.supervisor.wait(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"only {seen}")
                self.told += self.supervisor.drain()
            seen.append(self.told.pop(0))
            if matches(seen[-1]):
                return seen

    def wait_for_kind(self, *kinds: type[LabEvent]) -> list[LabEvent]:
        return self.wait_for(lambda event: isinstance(event, kinds))

    def finished(self) -> CellFinished:
        """The end of the running cell."""
        event = self.wait_for_kind(CellFinished)[-1]
        assert isinstance(event, CellFinished)
        return event

    def ended(self) -> lifecycle.SessionEnded:
        """The end of the session."""
        event = self.wait_for_kind(lifecycle.SessionEnded)[-1]
        assert isinstance(event, lifecycle.SessionEnded)
        return event

    def pid(self) -> int:
        """The process of a session that is about to be ready."""
        event = self.wait_for_kind(SessionReady)[-1]
        assert isinstance(event, SessionReady)
        return event.pid

    def wait_for_text(self, text: str = "on\n") -> None:
        self.wait_for(lambda event: isinstance(event, StreamWritten) and text in event.text)


@pytest.fixture
def lab(warm_server: WarmServer) -> Iterator[Lab]:
    lab = Lab(warm_server)
    lab.supervisor.start()
    yield lab
    lab.supervisor.close()


def test_cells_that_are_asked_for_early_run_in_order_when_the_session_is_ready(warm_server: WarmServer) -> None:
    # GIVEN cells before there is even a server
    lab = Lab(warm_server)
    lab.run("a = 20", cell=0)
    lab.run("a + 1", cell=1)

    # WHEN
    lab.supervisor.start()

    # THEN
    events = lab.wait_for(lambda event: isinstance(event, CellFinished) and event.cell == 1)
    assert [type(event) for event in events[:3]] == [server.ServerReady, lifecycle.SessionStarting, SessionReady]
    assert [event.cell for event in events if isinstance(event, CellStarted | CellFinished)] == [0, 0, 1, 1]
    assert [event.mime["text/plain"] for event in events if isinstance(event, ResultShown)] == ["21"]
    lab.supervisor.close()
    assert not any(scratch.exists() for scratch in lab.scratches)


def test_an_error_does_not_stop_the_queue(lab: Lab) -> None:
    lab.run("1 / 0", cell=0)
    lab.run("2", cell=1)

    assert [lab.finished().status, lab.finished().status] == ["error", "ok"]


def test_an_interrupt_stops_the_cell_and_drops_those_that_wait(lab: Lab) -> None:
    lab.run("print('on')\nwhile True: pass", cell=0)
    lab.run("'never'", cell=1)
    lab.run("'never'", cell=2)
    lab.wait_for_text()

    lab.supervisor.interrupt()

    events = lab.wait_for_kind(CellFinished)
    assert lifecycle.CellsDropped(cells=(1, 2)) in events
    finished = events[-1]
    assert isinstance(finished, CellFinished)
    assert (finished.cell, finished.status) == (0, "interrupted")
    lab.run("'next'", cell=3)
    assert lab.finished().cell == 3


def test_an_interrupt_without_effect_is_reported_and_a_restart_helps(lab: Lab) -> None:
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


def test_a_restart_gives_a_fresh_namespace_and_scratch(lab: Lab) -> None:
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
def test_a_session_that_ends_by_itself_is_replaced(lab: Lab, source: str, reason: str, status: int, word: str) -> None:
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


def test_a_session_that_ends_while_idle_is_replaced(lab: Lab) -> None:
    os.kill(lab.pid(), signal.SIGKILL)

    events = lab.wait_for_kind(lifecycle.SessionEnded)
    assert not [event for event in events if isinstance(event, CellFinished)]
    lab.pid()


def test_a_session_that_breaks_the_protocol_is_ended(lab: Lab) -> None:
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


def test_a_session_that_stands_still_is_found_and_replaced(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
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
    lab = Lab(warm_server, memory=600 << 20, sandbox=False)
    lab.supervisor.start()
    lab.run("print('on')\nheld = []\nwhile True:\n    held.append(bytearray(b'x') * (8 << 20))")

    finished = lab.finished()
    ended = lab.ended()

    assert finished.status == "killed"
    assert ended.reason == "memory"
    assert "600 MiB" in ended.message
    lab.pid()
    lab.supervisor.close()


def test_a_time_limit_interrupts_the_cell(lab: Lab) -> None:
    lab.run("print('on')\nwhile True: pass", timeout=0.5)

    finished = lab.finished()

    assert finished.status == "timeout"
    assert finished.error is not None
    assert finished.error.message == "Stopped after 0.5 seconds"
    assert finished.error.line == 2
    lab.run("1")
    assert lab.finished().status == "ok"


def test_a_time_limit_ends_a_session_that_does_not_yield(lab: Lab) -> None:
    lab.run("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", timeout=0.5)

    assert lab.finished().status == "timeout"
    assert lab.ended().reason == "timeout"
    lab.pid()


def test_a_time_limit_that_is_kept_changes_nothing(lab: Lab) -> None:
    lab.run("1", timeout=60.0)
    assert lab.finished().status == "ok"


def test_input_is_answered_and_its_end_told(lab: Lab) -> None:
    lab.run("input('a'), input('b')")
    lab.wait_for_kind(InputRequested)
    lab.supervisor.answer_input("first")
    lab.wait_for_kind(InputRequested)
    lab.supervisor.answer_input(None)

    finished = lab.finished()
    assert finished.error is not None
    assert finished.error.name == "EOFError"


def test_completions_come_from_the_session(lab: Lab) -> None:
    lab.pid()
    lab.run("wanted = 1")
    lab.finished()
    lab.supervisor.complete(CompleteRequest(request_id=9, source="want", position=4))

    event = lab.wait_for_kind(CompletionsOffered)[-1]
    assert isinstance(event, CompletionsOffered)
    assert (event.request_id, [found.name for found in event.completions]) == (9, ["wanted"])


def test_a_lab_that_drains_nothing_holds_the_session_and_loses_nothing(lab: Lab) -> None:
    # GIVEN a flood of more than the inbox takes
    lines = 300_000
    lab.run(f"for i in range({lines}):\n    print('x' * 60, i)\nprint('done')")
    lab.wait_for_kind(CellStarted)

    # WHEN nobody drains until the session stands still
    inbox = lab.supervisor._inbox
    deadline = time.monotonic() + PATIENCE
    while not inbox.is_full and time.monotonic() < deadline:
        lab.supervisor.wait(0.01)
    assert inbox.is_full

    # THEN nothing is missing afterwards, and a restart does not hang either
    text = "".join(event.text for event in lab.wait_for_kind(CellFinished) if isinstance(event, StreamWritten))
    assert text.count("\n") == lines + 1
    assert text.endswith("done\n")


def test_a_restart_works_while_nobody_drains(lab: Lab) -> None:
    lab.run("while True: print('x' * 1000)")
    inbox = lab.supervisor._inbox
    deadline = time.monotonic() + PATIENCE
    while not inbox.is_full and time.monotonic() < deadline:
        lab.supervisor.wait(0.01)

    lab.supervisor.restart()

    assert lab.finished().status == "killed"
    assert lab.ended().reason == "restarted"
    lab.pid()


def test_many_restarts_in_a_row_leave_one_session(lab: Lab) -> None:
    for _ in range(10):
        lab.supervisor.restart()
    lab.run("'alive'")

    assert lab.finished().status == "ok"


def test_restarts_before_the_session_is_ready_are_no_trouble(warm_server: WarmServer) -> None:
    lab = Lab(warm_server)
    lab.supervisor.start()
    lab.wait_for_kind(lifecycle.SessionStarting)
    lab.supervisor.restart()

    lab.pid()
    lab.run("1")
    assert lab.finished().status == "ok"
    lab.supervisor.close()


def test_what_is_registered_for_the_end_runs_when_the_lab_closes(lab: Lab) -> None:
    lab.run("import atexit\natexit.register(print, 'goodbye');")
    lab.finished()

    lab.supervisor.close()

    assert "goodbye\n" in [event.text for event in lab.supervisor.drain() if isinstance(event, StreamWritten)]


def test_closing_while_a_cell_runs_is_quick_and_leaves_nothing(lab: Lab) -> None:
    pid = lab.pid()
    lab.run("print('on')\nwhile True: pass")
    lab.wait_for_text()

    lab.supervisor.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not lab.scratches[0].exists()


def test_closing_twice_and_before_the_start_is_nothing(warm_server: WarmServer) -> None:
    lab = Lab(warm_server)
    lab.supervisor.close()
    lab.supervisor.close()


def test_a_session_that_cannot_start_is_said_after_a_few_attempts(warm_server: WarmServer, tmp_path: Path) -> None:
    # GIVEN a specification that no session can fulfil
    (tmp_path / "file").touch()
    supervisor = Supervisor(
        lambda scratch: server.SessionSpec(permissions=server.Permissions(scratch=str(tmp_path / "file" / "below"))),
        sample_devices=None,
        launcher=warm_server.launcher,
    )
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
    assert "below" in failed.message or "Not a directory" in failed.message
    supervisor.close()

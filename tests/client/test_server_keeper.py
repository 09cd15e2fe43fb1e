"""Keeping the source of sessions alive, with sources that do as the test says."""

from __future__ import annotations

import os
import signal
import time
from typing import TypeVar

import psutil
import pytest

from tests.sessions import LOADING, PATIENCE
from tflab.client import fork_server_client, watchdog
from tflab.client.inbox import LabEvent
from tflab.client.server_keeper import MOST_LAUNCHES, ProcessEvent, ServerKeeper
from tflab.client.session_source import OnServerEnd, OnServerEvent
from tflab.client.supervisor import Supervisor
from tflab.protocol import lifecycle, server
from tflab.protocol.events import CellFinished, SessionReady, StreamWritten
from tflab.protocol.requests import RunCellRequest

E = TypeVar("E")
READY = server.ServerReady(tensorflow="2", keras="3", python="3.11", seconds=1.0)
DESCRIPTORS = server.SessionDescriptors(channel=3, stdout=4, stderr=5)
SPEC = server.SessionSpec(permissions=server.Permissions(scratch="/nowhere"))


class FakeSource:
    """A source that only remembers."""

    def __init__(self, on_event: OnServerEvent, on_end: OnServerEnd) -> None:
        self.on_event, self.on_end = on_event, on_end
        self.closed = False
        self.killed: list[int] = []
        self.error: OSError | None = None

    def launch(self) -> None:
        if self.error is not None:
            raise self.error

    def fork(self, spec: server.SessionSpec, descriptors: server.SessionDescriptors) -> int:
        return 5

    def kill(self, pid: int) -> None:
        self.killed.append(pid)

    def close(self) -> None:
        self.closed = True


class Kept:
    """A keeper with its owner."""

    def __init__(self) -> None:
        self.sources: list[FakeSource] = []
        self.told: list[server.ServerEvent] = []
        self.happened: list[object] = []
        self.error: OSError | None = None
        self.keeper = ServerKeeper(self._launcher, self, self.told.append)

    def _launcher(self, on_event: OnServerEvent, on_end: OnServerEnd) -> FakeSource:
        self.sources.append(FakeSource(on_event, on_end))
        self.sources[-1].error = self.error
        return self.sources[-1]

    def on_server_ready(self) -> None:
        self.happened.append("ready")

    def on_server_lost(self) -> None:
        self.happened.append("lost")

    def on_process(self, event: ProcessEvent) -> None:
        self.happened.append(event)

    def failures(self) -> list[str]:
        return [event.message for event in self.told if isinstance(event, server.ServerFailed)]


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_a_source_that_is_ready_forks(kept: Kept) -> None:
    kept.keeper.launch()
    with pytest.raises(OSError):  # noqa: PT011 - any
        kept.keeper.fork(SPEC, DESCRIPTORS)
    kept.sources[0].on_event(READY)

    assert kept.keeper.is_ready
    assert kept.happened == ["ready"]
    assert kept.told == [READY]
    assert kept.keeper.fork(SPEC, DESCRIPTORS) == 5


def test_what_happens_to_processes_is_the_owners_business(kept: Kept) -> None:
    kept.keeper.launch()
    events: list[ProcessEvent] = [
        server.SessionForked(fork_id=1, pid=2),
        server.SessionExited(pid=2, status=0),
        server.ForkFailed(fork_id=3, message="no"),
    ]
    for event in events:
        kept.sources[0].on_event(event)

    assert kept.happened == events
    assert kept.told == []


def test_a_source_that_ends_after_it_worked_is_launched_anew_but_not_for_ever(kept: Kept) -> None:
    kept.keeper.launch()
    for _ in range(MOST_LAUNCHES):
        assert kept.failures() == []
        kept.sources[-1].on_event(READY)
        kept.sources[-1].on_end(-9, "")

    assert len(kept.sources) == MOST_LAUNCHES
    assert kept.happened == ["ready", "lost"] * MOST_LAUNCHES
    (message,) = kept.failures()
    assert "SIGKILL" in message
    assert kept.keeper.has_failed


def test_a_wish_for_a_restart_begins_anew(kept: Kept) -> None:
    kept.error = FileNotFoundError("not yet there")
    kept.keeper.launch()
    kept.error = None

    kept.keeper.launch(afresh=True)
    kept.sources[-1].on_event(READY)

    assert kept.happened == ["ready"]
    assert not kept.keeper.has_failed


def test_a_source_that_ends_before_it_worked_is_a_failure_that_says_what_it_wrote(kept: Kept) -> None:
    kept.keeper.launch()
    kept.sources[0].on_end(-4, "Illegal instruction")

    assert len(kept.sources) == 1
    (message,) = kept.failures()
    assert "SIGILL" in message
    assert "Illegal instruction" in message


def test_a_source_that_is_killed_before_it_worked_gets_another_chance_but_not_for_ever(kept: Kept) -> None:
    kept.keeper.launch()
    for _ in range(MOST_LAUNCHES):
        assert kept.failures() == []
        kept.sources[-1].on_end(-9, "")

    assert len(kept.sources) == MOST_LAUNCHES
    assert len(kept.failures()) == 1


def test_a_source_that_said_why_it_fails_says_it_once(kept: Kept) -> None:
    kept.keeper.launch()
    kept.sources[0].on_event(server.ServerFailed(message="no tensorflow"))
    kept.sources[0].on_end(1, "")

    assert kept.failures() == ["no tensorflow"]
    assert not kept.keeper.is_running


def test_a_source_that_cannot_be_launched_is_a_failure(kept: Kept) -> None:
    kept.error = FileNotFoundError("no such python")
    kept.keeper.launch()

    assert "no such python" in kept.failures()[0]
    assert not kept.keeper.is_running


def test_a_closed_keeper_launches_nothing(kept: Kept) -> None:
    kept.keeper.launch()
    kept.sources[0].on_event(READY)
    kept.keeper.close()
    kept.sources[0].on_end(0, "")
    kept.keeper.launch()

    assert kept.sources[0].closed
    assert len(kept.sources) == 1
    assert kept.failures() == []


def is_gone(pid: int) -> bool:
    """Whether ``pid`` has ended; a zombie has."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.mark.timeout(900)
def test_a_server_that_is_killed_or_hangs_is_started_anew_with_a_fresh_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watchdog, "PING_EVERY", 0.2)
    monkeypatch.setattr(fork_server_client, "PING_EVERY", 0.2)
    monkeypatch.setattr(fork_server_client, "SERVER_SILENCE", 2.0)
    supervisor = Supervisor(
        lambda scratch: server.SessionSpec(permissions=server.Permissions(scratch=str(scratch))), sample_devices=None
    )
    supervisor.start()
    events: list[LabEvent] = []

    def wait_for(kind: type[E]) -> E:
        while True:
            while events:
                event = events.pop(0)
                if isinstance(event, kind):
                    return event
            assert supervisor.wait(LOADING)
            events.extend(supervisor.drain())

    gone: list[int] = []
    for fate in (signal.SIGKILL, signal.SIGSTOP):
        # GIVEN a real server, a session that works and a process that it started
        ready = wait_for(SessionReady)
        assert ready.pid not in gone
        source = "import subprocess\np = subprocess.Popen(['sleep', '600'])\nprint(p.pid)\nwhile True: pass"
        supervisor.run(RunCellRequest(cell=0, source=source))
        gone += [ready.pid, int(wait_for(StreamWritten).text)]

        # WHEN the server is killed, or stands still
        gone.append(psutil.Process(ready.pid).ppid())
        os.kill(gone[-1], fate)

        # THEN the cell and the session are told to have ended
        assert wait_for(CellFinished).status == "killed"
        assert wait_for(lifecycle.SessionEnded).reason == "server"
        deadline = time.monotonic() + PATIENCE
        while not all(map(is_gone, gone)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert all(map(is_gone, gone))
    # ... and all of it is there again
    gone.append(wait_for(SessionReady).pid)
    supervisor.close()
    assert is_gone(gone[-1])

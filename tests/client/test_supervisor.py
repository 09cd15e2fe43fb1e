"""The supervisor with real sessions: order, interrupts, time limits, input, back-pressure."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.client.supervised import SupervisedLab
from tests.sessions import PATIENCE, WarmServer
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
from tflab.protocol.requests import CompleteRequest


@pytest.fixture
def lab(warm_server: WarmServer) -> Iterator[SupervisedLab]:
    lab = SupervisedLab(warm_server)
    lab.supervisor.start()
    yield lab
    lab.supervisor.close()


def test_cells_that_are_asked_for_early_run_in_order_when_the_session_is_ready(warm_server: WarmServer) -> None:
    # GIVEN cells before there is even a server
    lab = SupervisedLab(warm_server)
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


def test_an_error_does_not_stop_the_queue(lab: SupervisedLab) -> None:
    lab.run("1 / 0", cell=0)
    lab.run("2", cell=1)

    assert [lab.finished().status, lab.finished().status] == ["error", "ok"]


def test_an_interrupt_stops_the_cell_and_drops_those_that_wait(lab: SupervisedLab) -> None:
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


def test_a_time_limit_interrupts_the_cell(lab: SupervisedLab) -> None:
    lab.run("print('on')\nwhile True: pass", timeout=0.5)

    finished = lab.finished()

    assert finished.status == "timeout"
    assert finished.error is not None
    assert finished.error.message == "Stopped after 0.5 seconds"
    assert finished.error.line == 2
    lab.run("1")
    assert lab.finished().status == "ok"


def test_a_time_limit_that_is_kept_changes_nothing(lab: SupervisedLab) -> None:
    lab.run("1", timeout=60.0)
    assert lab.finished().status == "ok"


def test_input_is_answered_and_its_end_told(lab: SupervisedLab) -> None:
    lab.run("input('a'), input('b')")
    lab.wait_for_kind(InputRequested)
    lab.supervisor.answer_input("first")
    lab.wait_for_kind(InputRequested)
    lab.supervisor.answer_input(None)

    finished = lab.finished()
    assert finished.error is not None
    assert finished.error.name == "EOFError"


def test_completions_come_from_the_session(lab: SupervisedLab) -> None:
    lab.pid()
    lab.run("wanted = 1")
    lab.finished()
    lab.supervisor.complete(CompleteRequest(request_id=9, source="want", position=4))

    event = lab.wait_for_kind(CompletionsOffered)[-1]
    assert isinstance(event, CompletionsOffered)
    assert (event.request_id, [found.name for found in event.completions]) == (9, ["wanted"])


def test_a_lab_that_drains_nothing_holds_the_session_and_loses_nothing(lab: SupervisedLab) -> None:
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


def test_what_is_registered_for_the_end_runs_when_the_lab_closes(lab: SupervisedLab) -> None:
    lab.run("import atexit\natexit.register(print, 'goodbye');")
    lab.finished()

    lab.supervisor.close()

    assert "goodbye\n" in "".join(event.text for event in lab.supervisor.drain() if isinstance(event, StreamWritten))

"""Cells in order, interrupts and time limits: plain logic."""

from __future__ import annotations

import pytest

from tflab.client.cell_queue import BEGINNING, OVERDUE, CellQueue, Due
from tflab.protocol.events import CellError, CellFinished
from tflab.protocol.requests import RunCellRequest


class Clock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> CellQueue:
    return CellQueue(clock)


def cell(number: int) -> RunCellRequest:
    return RunCellRequest(cell=number, source="")


def test_cells_run_one_at_a_time_in_order(queue: CellQueue) -> None:
    queue.add(cell(1), None)
    queue.add(cell(0), None)

    assert queue.take() == cell(1)
    assert queue.take() is None
    queue.running = None
    assert queue.take() == cell(0)
    queue.running = None
    assert queue.take() is None


def test_dropping_names_what_waited_and_leaves_what_runs(queue: CellQueue) -> None:
    for number in (1, 2, 3):
        queue.add(cell(number), None)
    queue.take()

    assert queue.drop() == (2, 3)
    assert queue.drop() == ()
    assert queue.running is not None
    assert queue.running.request == cell(1)


def test_an_interrupt_without_effect_is_overdue_once(queue: CellQueue, clock: Clock) -> None:
    queue.add(cell(0), None)
    queue.take()
    assert queue.due() is Due.NOTHING

    queue.interrupted()
    clock.time += OVERDUE - 0.01
    assert queue.due() is Due.NOTHING
    clock.time += 0.02
    assert queue.due() is Due.OVERDUE
    assert queue.due() is Due.NOTHING

    queue.interrupted()
    clock.time += OVERDUE
    assert queue.due() is Due.OVERDUE


def test_a_time_limit_asks_for_an_interrupt_and_then_for_the_end(queue: CellQueue, clock: Clock) -> None:
    queue.add(cell(0), 5.0)
    queue.take()
    queue.begun(0)
    clock.time += 4.9
    assert queue.due() is Due.NOTHING

    clock.time += 0.1
    assert queue.due() is Due.TIME_LIMIT
    queue.interrupted()
    assert queue.due() is Due.NOTHING
    clock.time += OVERDUE
    assert queue.due() is Due.HOPELESS
    assert queue.due() is Due.NOTHING


def test_a_time_limit_counts_from_the_beginning_of_the_cell_however_late_that_is(
    queue: CellQueue, clock: Clock
) -> None:
    queue.add(cell(0), 5.0)
    queue.take()
    clock.time += BEGINNING - 1
    assert queue.due() is Due.NOTHING
    queue.begun(7)
    queue.begun(0)
    clock.time += 4.9
    # Only once: what runs could say it again and again.
    queue.begun(0)
    assert queue.due() is Due.NOTHING
    clock.time += 0.1
    assert queue.due() is Due.TIME_LIMIT


def test_a_cell_that_never_begins_is_stopped_too(queue: CellQueue, clock: Clock) -> None:
    queue.add(cell(0), 5.0)
    queue.take()
    clock.time += BEGINNING + 4.9
    assert queue.due() is Due.NOTHING
    clock.time += 0.1
    assert queue.due() is Due.TIME_LIMIT


def test_the_end_of_a_cell_past_its_time_is_told_as_such(queue: CellQueue, clock: Clock) -> None:
    queue.add(cell(0), 5.0)
    queue.take()
    queue.begun(0)
    running = queue.running
    assert running is not None
    error = CellError(name="KeyboardInterrupt", message="Interrupted", line=7, traceback="")
    interrupted = CellFinished(cell=0, status="interrupted", seconds=6.0, error=error)
    ok = CellFinished(cell=0, status="ok", seconds=6.0)

    assert running.judged(interrupted) is interrupted
    clock.time += 5.0
    queue.due()
    told = running.judged(interrupted)
    assert told.status == "timeout"
    assert told.error is not None
    assert (told.error.line, told.error.message) == (7, "Stopped after 5 seconds")
    # It yielded by ending well: then it did.
    assert running.judged(ok) is ok


def test_the_end_of_a_cell_with_its_session_says_why(queue: CellQueue, clock: Clock) -> None:
    queue.add(cell(4), None)
    queue.take()
    assert queue.running is not None

    killed = queue.running.killed("memory", "too much", 103.0)
    assert (killed.cell, killed.status, killed.seconds) == (4, "killed", 3.0)
    assert killed.error is not None
    assert killed.error.message == "too much"
    assert queue.running.killed("timeout", "", 103.0).status == "timeout"


def test_nothing_is_due_where_nothing_runs(queue: CellQueue) -> None:
    queue.interrupted()
    assert queue.due() is Due.NOTHING

"""The time that a cell of a check has, with a session that answers when the test says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from tflab.client.throwaway import Adapt, ThrowawaySession
from tflab.client.throwaway_run import CellTimedOut, ThrowawayRun
from tflab.protocol.events import CellFinished, CellStarted, Event, SessionReady
from tflab.protocol.grading import CellToRun
from tflab.protocol.requests import Request, RunCellRequest

READY = SessionReady(tensorflow="2", keras="3", python="3.11", isolation="full", devices=())
LIMIT = 0.2
"""Seconds."""


class Answering:
    """A source whose session answers a cell after a while, all at once."""

    def __init__(self, after: float, *answers: Event) -> None:
        self._after, self._answers = after, answers
        self._on_event: Callable[[Event], None] = print
        self.client = SimpleNamespace(send=self._send, is_ready=False, pid=None)

    def fork_aside(self, adapt: Adapt, on_event: Callable[[Event], None], on_end: object) -> ThrowawaySession:
        self._on_event = on_event
        on_event(READY)
        return cast(ThrowawaySession, self)

    def end(self) -> None:
        """Nothing is there to end."""

    def _send(self, request: Request) -> None:
        if isinstance(request, RunCellRequest):
            threading.Timer(self._after, lambda: list(map(self._on_event, self._answers))).start()


def run(source: Answering) -> CellFinished:
    with ThrowawayRun(source, threading.Event(), processor_seconds=1) as running:
        return running.run_cell(CellToRun(cell=0, source=""), LIMIT)


def test_what_a_session_takes_to_begin_is_not_the_cells_time() -> None:
    finished = CellFinished(cell=0, status="ok", seconds=0.1)
    assert run(Answering(3 * LIMIT, CellStarted(cell=0, source="", time=0.0), finished)) == finished


def test_the_cells_time_counts_from_its_beginning() -> None:
    with pytest.raises(CellTimedOut):
        run(Answering(0.0, CellStarted(cell=0, source="", time=0.0)))

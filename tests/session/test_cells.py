"""Cells in a real session."""

from __future__ import annotations

from tests.sessions import LiveSession
from tflab.protocol.events import CellStarted


def test_a_cell_tells_its_start_its_output_and_its_end_in_order(session: LiveSession) -> None:
    run = session.check("print('one')\n1 + 1")

    assert isinstance(run.events[0], CellStarted)
    assert run.text() == "one\n"
    assert run.results == ["2"]
    assert run.events[-1] is run.finished
    assert {event.cell for event in run.events} == {0}

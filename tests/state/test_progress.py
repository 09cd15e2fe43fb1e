"""How far a cell is, from how far its loops are."""

from __future__ import annotations

import pytest

from tests.ui.doubles import finished, started
from tflab.protocol.loop_progress import LoopCount, LoopProgressed
from tflab.state.progress import Progress
from tflab.state.run_state import RunState
from tflab.ui.status_text import session_text
from tflab.ui.widgets.rows import text_of


def at(time: float, *loops: tuple[str, int, int]) -> LoopProgressed:
    """What was seen at ``time``."""
    counts = tuple(LoopCount(name=name, done=done, total=total) for name, done, total in loops)
    return LoopProgressed(cell=0, time=time, loops=counts)


def test_inner_loops_count_as_parts_of_a_round() -> None:
    progress = Progress()
    progress.record(at(0.0, ("epoch", 1, 4), ("batch", 5, 10)))
    assert progress.fraction == pytest.approx(0.375)


def test_the_rest_is_estimated_from_what_was_seen_to_be_done() -> None:
    progress = Progress()
    progress.record(at(100.0, ("epoch", 1, 10)))
    assert progress.remaining(100.0) is None
    progress.record(at(110.0, ("epoch", 3, 10)))
    assert progress.remaining(110.0) == pytest.approx(35.0)
    assert progress.remaining(120.0) == pytest.approx(25.0)
    assert progress.remaining(999.0) == 0.0


def test_another_loop_is_estimated_anew() -> None:
    progress = Progress()
    progress.record(at(0.0, ("epoch", 0, 10)))
    progress.record(at(10.0, ("epoch", 5, 10)))
    progress.record(at(20.0, ("step", 1, 10)))
    assert progress.remaining(20.0) is None
    progress.record(at(21.0))
    assert progress.loops == ()
    assert progress.remaining(21.0) is None


@pytest.mark.parametrize("loop", [("i", -1, 5), ("i", 6, 5), ("i", 0, 1)])
def test_counts_that_cannot_be_are_left_out(loop: tuple[str, int, int]) -> None:
    progress = Progress()
    progress.record(at(0.0, loop))
    assert progress.loops == ()


def test_the_status_line_tells_it_until_the_cell_ends() -> None:
    state = RunState()
    state.apply(started(0))
    state.apply(at(1000.0, ("epoch", 0, 10)))
    state.apply(at(1010.0, ("epoch", 2, 10)))
    assert "epoch 3/10 ━━━━━━━━━━ 20 % about 40.0 s left" in text_of(session_text(state, 1010.0))
    assert text_of(session_text(state, 1010.0, brief=True)) == "▶ epoch 3/10 20 % about 40.0 s left"
    state.apply(finished(0))
    state.apply(at(1011.0, ("epoch", 2, 10)))
    assert "epoch" not in text_of(session_text(state, 1011.0))

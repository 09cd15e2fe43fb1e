"""Dear work is done the more seldom the dearer it is; counted on a clock of the test's own."""

from __future__ import annotations

import pytest

from tflab.session.probes.pace import Pace


def times_done(pace: Pace, *, cost: float, seconds: float, step: float = 0.001) -> int:
    """How often work of this cost is done while somebody asks at every ``step``."""
    now, done = 0.0, 0
    while now < seconds:
        if pace.is_due(now):
            now += cost
            done += 1
            pace.done(now, cost)
        now += step
    return done


def test_cheap_work_is_done_at_its_interval() -> None:
    assert times_done(Pace(0.1, 0.02), cost=0.0001, seconds=10) == pytest.approx(100, abs=2)


@pytest.mark.parametrize("cost", [0.01, 0.05, 0.2])
def test_dear_work_takes_its_share_and_no_more(cost: float) -> None:
    done = times_done(Pace(0.1, 0.02), cost=cost, seconds=200)
    assert 0.5 * 0.02 * 200 <= done * cost <= 1.1 * 0.02 * 200


def test_the_dearest_work_is_done_after_the_longest_wait() -> None:
    assert times_done(Pace(0.1, 0.02, longest=1.0), cost=1.0, seconds=100) == pytest.approx(50, abs=2)


def test_the_first_time_comes_at_once_and_so_does_the_next_after_a_reset() -> None:
    pace = Pace(10.0, 0.5)
    assert pace.is_due(0.0)
    pace.done(0.0, 0.0)
    assert not pace.is_due(9.9)
    assert pace.is_due(10.0)
    pace.reset()
    assert pace.is_due(0.0)

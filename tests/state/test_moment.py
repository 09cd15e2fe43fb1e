"""A point picked on a curve is one moment for everything that was seen."""

from __future__ import annotations

import pytest

from tflab.protocol.events import FunctionTraced, MetricsLogged, Site, TensorRecord, TensorsRecorded
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded
from tflab.state.clock import MOST_MARKS, StepClock
from tflab.state.curves import Curves
from tflab.state.run_state import RunState
from tflab.state.tensors import KEPT_TENSORS

SITE = Site(file="<cell 1>", line=5)


def batch(*steps: int, time: float, source: str = "tape") -> MetricsLogged:
    """Values equal to their steps, closed at ``time``."""
    return MetricsLogged(
        time=time, name="loss", steps=steps, values=tuple(map(float, steps)),
        source="tape" if source == "tape" else "log", scope="step", site=SITE if source == "tape" else None,
    )  # fmt: skip


def gradients(step: int, time: float) -> GradientsRecorded:
    """One variable's gradient."""
    record = GradientRecord(name="w", shape=(), norm=float(step), kind="dense")
    return GradientsRecorded(time=time, site=SITE, step=step, loss=0.0, gradients=(record,))


def traced(ordinal: int, time: float) -> FunctionTraced:
    """A trace."""
    return FunctionTraced(
        time=time, function="f", line=1, ordinal=ordinal, cause="first", reason="", fix="", signature="",
        milliseconds=1.0, operations=1,
    )  # fmt: skip


def held(value: float, time: float) -> TensorsRecorded:
    """One tensor."""
    return TensorsRecorded(time=time, tensors=(TensorRecord(name="w", kind="variable", mean=value),))


def trained() -> RunState:
    """Two seconds of training, ten steps each."""
    state = RunState()
    for second in (1, 2):
        first = (second - 1) * 10
        state.apply(traced(second, second - 0.9))
        state.apply(batch(*range(first, first + 10), time=float(second)))
        state.apply(batch(*range(first, first + 10), time=float(second), source="log"))
        state.apply(gradients(first + 5, time=second - 0.5))
        state.apply(held(float(second), float(second)))
    return state


def test_steps_and_times_lie_beside_each_other() -> None:
    clock = StepClock()
    clock.note(0, 9, 100.0)
    clock.note(10, 19, 101.0)
    assert clock.time_of(19) == 101.0
    assert clock.time_of(14) == pytest.approx(100.5)
    assert clock.step_at(100.5) == pytest.approx(14)
    assert clock.time_of(-5) < 100.0
    assert clock.step_at(500.0) == 19
    clock.note(20, 29, 50.0)
    assert clock.time_of(29) == 101.0, "a clock set back does not turn the order round"


def test_a_clock_of_any_length_stays_small_and_roughly_right() -> None:
    clock = StepClock()
    for second in range(50_000):
        clock.note(second * 10, second * 10 + 9, float(second))
    assert len(clock.steps) <= MOST_MARKS
    assert clock.step_at(25_000.0) == pytest.approx(250_009, rel=0.01)


def test_a_moment_of_the_loss_finds_gradients_by_step() -> None:
    state = trained()
    tape = next(curve for curve in state.curves if curve.key.source == "tape")
    (site,) = state.gradients
    assert [site.at(tape.moment(step)).step for step in (4, 5, 14, 15, 19)] == [5, 5, 5, 15, 15]


def test_a_moment_of_another_metric_finds_gradients_tensors_and_traces_by_time() -> None:
    state = trained()
    logged = next(curve for curve in state.curves if curve.key.source == "log")
    early, late = logged.moment(9), logged.moment(19)
    (site,) = state.gradients
    assert (site.at(early).step, site.at(late).step, site.at(None).step) == (5, 15, 15)
    assert site.norms(0, 9, early) == [5.0]
    assert [record.mean for record in state.tensors.at(early)] == [1.0]
    assert [record.mean for record in state.tensors.at(late)] == [2.0]
    assert [trace.ordinal for trace in state.timeline.up_to(early)] == [1]
    assert len(state.timeline.up_to(None)) == 2


def test_the_past_of_many_tensors_is_bounded() -> None:
    state = RunState()
    many = tuple(TensorRecord(name=f"t{number}", kind="tensor") for number in range(1000))
    for second in range(100):
        state.apply(TensorsRecorded(time=float(second), tensors=many))
    assert sum(len(event.tensors) for event in state.tensors.history) <= KEPT_TENSORS
    assert state.tensors.records == many


def test_a_curve_that_begins_anew_has_a_clock_of_its_own() -> None:
    curves = Curves()
    curves.log(batch(0, 1, 2, time=10.0))
    curves.log(batch(0, 1, time=20.0))
    (curve,) = curves
    assert curve.moment(1).time == 20.0

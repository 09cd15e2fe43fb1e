"""Curves, gradients and traces: what belongs together, what begins anew, and what is bounded."""

from __future__ import annotations

from tflab.protocol.events import FunctionTraced, MetricsLogged, Site
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded
from tflab.state.clock import Moment
from tflab.state.curves import MOST_CURVES, Curves
from tflab.state.gradients import KEPT_RECORDS, GradientSites
from tflab.state.places import Place, place_of, step_number
from tflab.state.timeline import MOST_TRACES, Timeline


def logged(
    name: str, steps: tuple[int, ...], *, cell: int = 0, file: str | None = None, line: int = 5, scope: str = "step"
) -> MetricsLogged:
    """Values equal to their steps."""
    return MetricsLogged(
        cell=cell,
        name=name,
        steps=steps,
        values=tuple(map(float, steps)),
        source="tape" if file else "keras",
        scope="epoch" if scope == "epoch" else "step",
        site=Site(file=file, line=line) if file else None,
    )


def recorded(
    step: int, *, cell: int = 0, file: str = "<cell 1>", line: int = 5, norm: float | None = 1.0
) -> GradientsRecorded:
    """One variable's gradient."""
    kind = "none" if norm is None else "dense"
    record = GradientRecord(name="w", shape=(2,), norm=norm, kind="none" if kind == "none" else "dense")
    return GradientsRecorded(cell=cell, site=Site(file=file, line=line), step=step, loss=0.5, gradients=(record,))


def test_runs_of_a_cell_are_one_place() -> None:
    assert place_of(Site(file="<cell 3, run 2>", line=4)) == Place("<cell 3>", 4)
    assert step_number(Place("<cell 3>", 4)) == 3
    assert step_number(Place("/home/me/loop.py", 4)) is None


def test_batches_extend_a_curve() -> None:
    curves = Curves()
    curves.log(logged("loss", (0, 1, 2)))
    curves.log(logged("loss", (3, 4)))
    (curve,) = curves
    assert (curve.series.count, curve.series.last_step, curve.earlier) == (5, 4, None)
    assert curves.last_step() == 4


def test_steps_that_begin_anew_keep_the_run_before() -> None:
    curves = Curves()
    curves.log(logged("loss", (0, 1, 2, 0, 1)))
    (curve,) = curves
    assert curve.series.count == 2
    assert curve.earlier is not None
    assert curve.earlier.series.count == 3


def test_a_metric_and_its_validation_twin_share_a_drawing_and_epochs_have_their_own() -> None:
    curves = Curves()
    for name in ("loss", "val_loss", "accuracy"):
        curves.log(logged(name, (0, 1), scope="epoch"))
    curves.log(logged("loss", (0, 1), file="<cell 1>"))
    groups = {(key.scope, key.stem): [curve.key.name for curve in found] for key, found in curves.groups().items()}
    assert groups == {
        ("step", "loss"): ["loss"],
        ("epoch", "loss"): ["loss", "val_loss"],
        ("epoch", "accuracy"): ["accuracy"],
    }


def test_only_the_latest_run_is_drawn_unless_all_are_asked_for() -> None:
    curves = Curves()
    curves.begin(0)
    curves.log(logged("loss", (0, 1), cell=0, file="<cell 1>"))
    curves.begin(1)
    assert len(curves.groups()) == 1, "a run that has logged nothing yet hides nothing"
    curves.log(logged("loss", (0, 1, 2), cell=1, file="<cell 2>"))
    assert [key.file for key in curves.groups()] == ["<cell 2>"]
    assert [key.file for key in curves.groups(everything=True)] == ["<cell 2>", "<cell 1>"]
    assert curves.last_step() == 2


def test_a_rerun_of_an_edited_cell_takes_the_place_of_its_curve() -> None:
    # GIVEN a curve of a cell's first run
    curves = Curves()
    curves.begin(0)
    curves.log(logged("loss", (0, 1, 2), file="<cell 1>", line=5))
    # WHEN the cell runs again with the call one line further down
    curves.begin(0)
    curves.log(logged("loss", (0, 1), file="<cell 1, run 2>", line=6))
    # THEN it is the same curve with a run before
    (curve,) = curves
    assert curve.key.place == Place("<cell 1>", 6)
    assert curve.series.count == 2
    assert curve.earlier is not None
    assert curve.earlier.series.count == 3


def test_two_calls_of_one_run_are_two_curves_of_one_drawing() -> None:
    curves = Curves()
    curves.begin(0)
    curves.log(logged("loss", (0,), file="<cell 1>", line=5))
    curves.log(logged("loss", (0,), file="<cell 1>", line=9))
    (members,) = curves.groups().values()
    assert len(members) == 2


def test_made_up_names_do_not_fill_the_memory() -> None:
    curves = Curves()
    for number in range(MOST_CURVES + 10):
        curves.log(logged(f"metric {number}", (0,)))
    assert len(curves) == MOST_CURVES
    assert curves.left_out == 10


def test_gradients_at_a_step_and_over_steps() -> None:
    sites = GradientSites()
    for step, norm in ((0, 4.0), (10, 3.0), (20, 2.0)):
        sites.record(recorded(step, norm=norm))
    (site,) = sites
    assert site.latest.step == 20
    moments = [None, *(Moment("step", step, 0.0, site.place) for step in (-5, 0, 9, 15, 99))]
    assert [site.at(moment).step for moment in moments] == [20, 0, 0, 0, 10, 20]
    assert site.norms(0, 2) == [3.0, 2.0]
    assert site.norms(0, 9, Moment("step", 10, 0.0, site.place)) == [4.0, 3.0]
    assert site.norms(1, 2) == [None, None]


def test_a_step_is_recorded_once_and_steps_that_begin_anew_forget() -> None:
    sites = GradientSites()
    sites.record(recorded(5, norm=1.0))
    sites.record(recorded(5, norm=2.0))
    (site,) = sites
    assert [event.gradients[0].norm for event in site.history] == [2.0]
    sites.record(recorded(0))
    assert [event.step for event in site.history] == [0]


def test_the_calls_of_the_latest_run_come_first_and_an_edited_cell_leaves_no_trace() -> None:
    sites = GradientSites()
    sites.begin(0)
    sites.record(recorded(0, cell=0, file="<cell 1>", line=5))
    sites.begin(1)
    sites.record(recorded(0, cell=1, file="<cell 2>", line=7, norm=None))
    assert [site.place for site in sites] == [Place("<cell 2>", 7), Place("<cell 1>", 5)]
    assert [record.name for record in sites.missing()] == ["w"]
    sites.begin(1)
    sites.record(recorded(0, cell=1, file="<cell 2, run 2>", line=8))
    assert [site.place for site in sites] == [Place("<cell 2>", 8), Place("<cell 1>", 5)]
    assert sites.missing() == []


def test_the_history_of_gradients_is_bounded() -> None:
    sites = GradientSites()
    for step in range(KEPT_RECORDS + 50):
        sites.record(recorded(step))
    (site,) = sites
    assert len(site.history) == KEPT_RECORDS


def test_retraces_are_counted_and_the_oldest_traces_dropped() -> None:
    timeline = Timeline()
    for number in range(MOST_TRACES + 3):
        timeline.record(
            FunctionTraced(
                function="f",
                line=1,
                ordinal=number + 1,
                cause="shape" if number else "first",
                reason="",
                fix="",
                signature="",
                milliseconds=2.0,
                operations=1,
            )
        )
    assert timeline.total == MOST_TRACES + 3
    assert timeline.retraces == MOST_TRACES + 2
    assert timeline.dropped == 3
    assert timeline.milliseconds == 2.0 * timeline.total

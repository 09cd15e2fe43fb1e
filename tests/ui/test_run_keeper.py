"""Which runs are kept, and with what."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.doubles import READY, finished, started
from tflab.curriculum.kept_runs import KeptRuns
from tflab.protocol.events import Event, MetricsLogged, Site
from tflab.protocol.steering import KnobTurned
from tflab.state.run_state import RunState
from tflab.ui.run_keeper import RunKeeper


def logged(name: str, *values: float, cell: int = 0, line: int = 0, first: int = 0, time: float = 1001.0) -> Event:
    """Values over steps that begin at ``first``; from a gradient call where a ``line`` is given."""
    return MetricsLogged(
        cell=cell, time=time, name=name, steps=tuple(range(first, first + len(values))), values=values,
        source="tape" if line else "log", scope="step",
        site=Site(file=f"<cell {cell + 1}>", line=line) if line else None,
    )  # fmt: skip


class Kept:
    """A state, and the runs that were kept of it."""

    def __init__(self, folder: Path) -> None:
        self.runs = KeptRuns(folder)
        self.state = RunState()
        self.keeper = RunKeeper(self.runs, lambda: "Training loops")

    def happens(self, *events: Event) -> None:
        """These happen."""
        for event in events:
            self.state.apply(event)
            self.keeper.follow(event, self.state.curves)
        assert self.runs.flush(60)
        assert not self.runs.trouble


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A fresh session."""
    made = Kept(tmp_path)
    made.happens(READY)
    return made


def test_a_run_has_its_own_curves_and_all_code_so_far(kept: Kept) -> None:
    kept.happens(started(0, "setup"), finished(0))
    assert kept.runs.listed() == [], "a cell without a curve is no run"
    kept.happens(started(1, "train"), logged("loss", 3.0, 2.0, 1.0, cell=1), finished(1))
    (run,) = kept.runs.listed()
    assert [code.source for code in run.code] == ["setup", "train"]
    assert (run.step, run.status, run.title) == (1, "ok", "Training loops")
    assert run.versions["tensorflow"] == READY.tensorflow
    (curve,) = kept.runs.load(run)
    assert (curve.tag, curve.values.tolist()) == ("step/loss", [3.0, 2.0, 1.0])
    assert curve.times[-1] == pytest.approx(1001.0)


def test_what_was_turned_by_hand_belongs_to_its_run(kept: Kept) -> None:
    for rate in (0.1, 0.2):
        turn = KnobTurned(cell=0, name="rate", before=rate, after=rate + 1, step=2, site=None)
        kept.happens(started(0, "train"), logged("loss", 3.0, 2.0, 1.0), turn, finished(0))
    assert [[turn.before for turn in run.turns] for run in kept.runs.listed()] == [[0.2], [0.1]]


def test_what_a_second_run_adds_is_its_own(kept: Kept) -> None:
    kept.happens(started(0), logged("loss", 3.0, 2.0), finished(0))
    kept.happens(started(0), logged("loss", 1.5, 1.0, first=2), logged("other", 1.0), finished(0))
    curves = {curve.tag: curve for curve in kept.runs.load(kept.runs.listed()[0])}
    assert curves["step/loss"].steps.tolist() == [2, 3]
    assert curves["step/loss"].values.tolist() == [1.5, 1.0]
    kept.happens(started(0), logged("loss", 9.0, 8.0), finished(0))
    (curve,) = kept.runs.load(kept.runs.listed()[0])
    assert curve.values.tolist() == [9.0, 8.0], "steps that begin anew"


def test_a_single_value_is_no_curve(kept: Kept) -> None:
    kept.happens(started(0), logged("loss", 3.0), finished(0))
    assert kept.runs.listed() == []


def test_a_run_that_fails_is_kept_too(kept: Kept) -> None:
    kept.happens(started(0), logged("loss", 3.0, float("nan")), finished(0, "error"))
    (run,) = kept.runs.listed()
    assert run.status == "error"
    assert run.curves[0].last is None


def test_two_losses_of_one_name_have_tags_of_their_own(kept: Kept) -> None:
    kept.happens(started(0), logged("loss", 1.0, 2.0, line=5), logged("loss", 3.0, 4.0, line=9), finished(0))
    assert [curve.tag for curve in kept.runs.load(kept.runs.listed()[0])] == ["step/loss:5", "step/loss:9"]


def test_a_fresh_session_forgets_the_code_before(kept: Kept) -> None:
    kept.happens(started(0, "old"), finished(0), READY)
    kept.happens(started(0, "new"), logged("loss", 1.0, 2.0), finished(0))
    assert [code.source for code in kept.runs.listed()[0].code] == ["new"]

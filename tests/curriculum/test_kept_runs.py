"""Runs are kept whole, found by any name for them, and make room for each other."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from tflab.curriculum.event_files import ScalarCurve
from tflab.curriculum.kept_files import DamagedFile
from tflab.curriculum.kept_runs import (
    LARGEST,
    CurveRecord,
    KeptRun,
    KeptRuns,
    RunCode,
    UnknownRun,
    UnusableName,
    wanted_size,
)


def loss(count: int = 5) -> list[ScalarCurve]:
    """A curve that falls."""
    steps = np.arange(count)
    return [ScalarCurve("step/loss", steps, (1 / (1 + steps)).astype(np.float32), 1.7e9 + steps.astype(np.float64))]


def kept(runs: KeptRuns, *, began: float, title: str = "Training loops", count: int = 5) -> KeptRun:
    """A run that began at ``began``, as it is listed."""
    record = CurveRecord(tag="step/loss", name="loss", scope="step", count=count, last=0.2)
    run = KeptRun(
        began=began, seconds=2.5, status="ok", title=title, step=3, code=(RunCode(cell=3, source="train()"),),
        versions={"tensorflow": "2.21.0"}, curves=(record,),
    )  # fmt: skip
    runs.keep(run, lambda: loss(count))
    assert runs.flush(60)
    assert not runs.trouble
    return next(each for each in runs.listed() if each.began == began)


@pytest.fixture
def runs(tmp_path: Path) -> KeptRuns:
    """A user's runs: none yet."""
    return KeptRuns(tmp_path / "runs")


def test_a_run_is_kept_with_its_code_versions_and_curves(runs: KeptRuns) -> None:
    run = kept(runs, began=1_000.0)
    assert run.code == (RunCode(cell=3, source="train()"),)
    assert run.versions["tensorflow"] == "2.21.0"
    assert "Training_loops-4" in run.id
    (curve,) = runs.load(run)
    assert curve.tag == "step/loss"
    assert curve.values.tolist() == loss()[0].values.tolist()
    assert not list(runs.folder.glob(".*")), "nothing unfinished is left"


def test_the_latest_is_first_and_runs_of_one_second_are_two(runs: KeptRuns) -> None:
    early, late = kept(runs, began=1_000.0), kept(runs, began=1_000.25)
    assert [run.id for run in runs.listed()] == [late.id, early.id]
    assert early.id != late.id


def test_a_run_is_found_by_number_name_id_or_a_beginning(runs: KeptRuns) -> None:
    early, late = kept(runs, began=1_000.0), kept(runs, began=90_000_000.0)
    runs.rename(early, "baseline")
    assert runs.find("1").id == late.id
    for word in ("2", "baseline", "base", early.id, early.id[:12]):
        assert runs.find(word).id == early.id
    with pytest.raises(UnknownRun, match="no run nonsense"):
        runs.find("nonsense")
    with pytest.raises(UnknownRun, match="begins the names of 2 runs"):
        runs.find("19")
    with pytest.raises(UnknownRun):
        KeptRuns(runs.folder / "empty").find("1")


def test_names_are_unique_and_plain(runs: KeptRuns) -> None:
    early, late = kept(runs, began=1_000.0), kept(runs, began=2_000.0)
    named = runs.rename(early, " lr=0.1 + warm-up ")
    assert named.name == "lr=0.1 + warm-up"
    assert runs.rename(named, named.name).name == named.name, "its own name is not taken"
    with pytest.raises(UnusableName, match="another run"):
        runs.rename(late, "lr=0.1 + warm-up")
    for name in ("../x", "12", "a/b", "\x1b[2J", "x" * 70):
        with pytest.raises(UnusableName):
            runs.rename(late, name)
    assert runs.rename(named, "").name == ""


def test_room_is_made_by_the_oldest_without_a_name(tmp_path: Path) -> None:
    runs = KeptRuns(tmp_path, largest=100_000)
    first = runs.rename(kept(runs, began=1_000.0, count=200), "first")
    for number in range(2, 12):
        kept(runs, began=number * 1_000.0, count=200)
    left = runs.listed()
    assert runs.space().used <= 100_000
    assert left[-1].id == first.id, "a name keeps the oldest"
    assert [run.began for run in left[:-1]] == sorted((run.began for run in left[:-1]), reverse=True)
    assert left[0].began == 11_000.0
    assert 2_000.0 not in [run.began for run in left]


def test_the_latest_stays_however_large(tmp_path: Path) -> None:
    runs = KeptRuns(tmp_path, largest=10)
    kept(runs, began=1_000.0)
    kept(runs, began=2_000.0)
    assert [run.began for run in runs.listed()] == [2_000.0]


def test_none_is_kept_where_there_is_to_be_no_room(tmp_path: Path) -> None:
    runs = KeptRuns(tmp_path, largest=0)
    runs.keep(KeptRun(began=1.0, seconds=1.0, status="ok", title="t", step=None), loss)
    assert runs.flush(60)
    assert runs.listed() == []


def test_the_limit_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, size in (("3", 3 << 20), ("0", 0), ("", LARGEST), ("much", LARGEST)):
        monkeypatch.setenv("TFLAB_RUNS_MIB", value)
        assert wanted_size() == size


def test_what_a_dead_lab_left_goes_after_a_while_and_other_files_stay(runs: KeptRuns) -> None:
    runs.folder.mkdir(parents=True)
    old, new, other = (runs.folder / name for name in (".writing-old", ".writing-new", "notes"))
    for folder in (old, new, other):
        folder.mkdir()
    past = time.time() - 10_000
    os.utime(old, (past, past))
    (other / "run.json").write_text("{}")
    run = kept(runs, began=1_000.0)
    assert [each.id for each in runs.listed()] == [run.id]
    assert not old.exists()
    assert new.exists()
    assert other.exists()


def test_a_deleted_run_is_gone(runs: KeptRuns) -> None:
    run = kept(runs, began=1_000.0)
    runs.delete(run)
    assert runs.listed() == []


def test_damaged_curves_are_named(runs: KeptRuns) -> None:
    run = kept(runs, began=1_000.0)
    (events,) = (runs.folder / run.id).glob("*tfevents*")
    events.write_bytes(events.read_bytes()[:-3])
    with pytest.raises(DamagedFile):
        runs.load(run)


def test_a_disk_that_refuses_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    runs = KeptRuns(tmp_path / "file" / "runs")
    runs.keep(KeptRun(began=1.0, seconds=1.0, status="ok", title="t", step=None), loss)
    assert runs.flush(60)
    assert "runs are not being kept" in runs.trouble
    assert runs.listed() == []

"""Event files of our own making, read by ourselves and by TensorBoard."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.curriculum.event_files import ScalarCurve, read_events, write_events
from tflab.curriculum.kept_files import DamagedFile

READ_WITH_TENSORBOARD = """
import json, sys
# TensorBoard reads with its own code where it finds no TensorFlow; it checks every checksum either way.
sys.modules["tensorflow"] = None
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
seen = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
seen.Reload()
tags = seen.Tags()["scalars"]
json.dump({tag: [[e.step, e.value, e.wall_time] for e in seen.Scalars(tag)] for tag in tags}, sys.stdout)
"""


def curve(tag: str, values: list[float], first: int = 0, stride: int = 1) -> ScalarCurve:
    """A curve whose steps begin at ``first``, a tenth of a second each."""
    count = np.arange(len(values))
    return ScalarCurve(
        tag, (first + stride * count).astype(np.int64), np.asarray(values, np.float32), 1.7e9 + count / 10
    )


def alike(one: ScalarCurve, other: ScalarCurve) -> bool:
    """Whether two curves are equal, NaN included."""
    return (
        one.tag == other.tag
        and np.array_equal(one.steps, other.steps)
        and np.array_equal(one.values, other.values, equal_nan=True)
        and np.array_equal(one.times, other.times)
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    curves = [
        curve("step/loss", np.random.default_rng(1).normal(size=40_000).tolist()),
        curve("epoch/val_loss", [1.0, float("nan"), float("inf")]),
        curve("step/rate · größe", [0.5] * 300, first=2**40, stride=2**33),
        curve("one", [1.0], first=-3),
    ]
    write_events(tmp_path / "events", curves)
    found = read_events(tmp_path / "events")
    assert len(found) == len(curves)
    by_tag = {each.tag: each for each in found}
    assert all(alike(each, by_tag[each.tag]) for each in curves)


@given(
    steps=st.lists(st.integers(min_value=0, max_value=2**62), min_size=1, max_size=50, unique=True),
    value=st.floats(width=32),
    tag=st.text(st.characters(codec="utf-8"), min_size=1, max_size=200),
)
def test_any_steps_values_and_tags(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], value: float, tag: str
) -> None:
    path = tmp_path_factory.mktemp("events") / "events"
    asked = ScalarCurve(
        tag, np.asarray(sorted(steps), np.int64), np.full(len(steps), value, np.float32), np.linspace(1, 2, len(steps))
    )
    write_events(path, [asked])
    (found,) = read_events(path)
    assert alike(asked, found)


def test_tensorboard_reads_every_value(tmp_path: Path) -> None:
    curves = [
        curve("step/loss", [2.0, 1.5, 1.25], first=126),
        curve("epoch/val_loss", [0.5, float("nan")]),
        curve("step/many", [0.25] * 20_000),
    ]
    write_events(tmp_path / "events.out.tfevents.tflab", curves)
    result = subprocess.run(
        [sys.executable, "-c", READ_WITH_TENSORBOARD, str(tmp_path)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout)
    assert set(seen) == {each.tag for each in curves}
    for each in curves:
        steps, values, times = zip(*seen[each.tag], strict=True)
        assert list(steps) == each.steps.tolist()
        assert np.array_equal(np.asarray(values, np.float32), each.values, equal_nan=True)
        assert list(times) == each.times.tolist()


@pytest.mark.parametrize("fault", ["cut", "changed", "other"])
def test_a_damaged_file_is_named(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "events"
    write_events(path, [curve("loss", [1.0, 2.0, 3.0])])
    content = bytearray(path.read_bytes())
    if fault == "cut":
        del content[-7:]
    elif fault == "changed":
        content[-10] ^= 1
    else:
        content = bytearray(b"not an event file at all, whatever its name says")
    path.write_bytes(content)
    with pytest.raises(DamagedFile, match="events"):
        read_events(path)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "events").write_text("mine")
    with pytest.raises(FileExistsError):
        write_events(tmp_path / "events", [])
    assert (tmp_path / "events").read_text() == "mine"

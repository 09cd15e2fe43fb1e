"""``from tflab import lab``: in a session, in a recording, and where nothing records."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession


@pytest.fixture(scope="module")
def report() -> Any:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.recording_driver"],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        env={**environment, "TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_importing_it_loads_nothing_heavy(report: Any) -> None:
    assert report["imports"] == []


def test_where_nothing_records_questions_are_refused_and_log_is_silent(report: Any) -> None:
    assert report["refused"] == [True, True, True]
    assert report["refused after"]


def test_a_recording_answers_inside_and_after_the_block(report: Any) -> None:
    assert report["inside"]
    assert report["outside"]
    assert report["causes"] == ["first"]
    assert report["norm"] == pytest.approx(2**0.5)
    assert {"FunctionTraced", "GradientsRecorded", "MetricsLogged"} <= set(report["kinds"])


def test_a_recording_inside_another_shares_its_probes(report: Any) -> None:
    assert report["nested"] == 1


def test_a_recording_restores_what_it_patched(report: Any) -> None:
    assert report["restored"]
    assert report["restored after an error"]


def test_a_second_recording_starts_empty_and_hears_of_functions_traced_in_the_first(report: Any) -> None:
    assert report["again"] == 1
    assert set(report["tensors"]) == {"w"}


def test_in_a_session(session: LiveSession) -> None:
    run = session.check(
        """
import json
import tensorflow as tf
from tflab import lab
w = tf.Variable([3.0, 4.0], name="w")

@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * x)
    w.assign_sub(0.1 * tape.gradient(loss, w))
    return loss

own = [float(step(tf.ones([2]))) for _ in range(5)]
with lab.recording() as seen:
    own.append(float(step(tf.ones([2]))))
latest = lab.gradients()[-1]
print(json.dumps([
    lab.losses() == own, lab.losses(line=11) == own, lab.losses(line=1), latest.gradients[0].name, latest.site.line,
    [trace.cause for trace in lab.traces(step)],
    [list(event.values) for event in seen.events if type(event).__name__ == "MetricsLogged"] == [own[5:]],
]))
"""
    )
    assert seen.printed(run) == [True, True, [], "w", 11, ["first"], True]
    assert len(seen.losses(run)) == 6

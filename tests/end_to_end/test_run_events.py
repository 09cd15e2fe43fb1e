"""``tflab run`` on a loop it has never seen says what the loop says of itself."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tflab.curriculum.kept_runs import KeptRuns

PROGRAM = Path(__file__).parent / "programs" / "custom_loop.py"
STEPS = 60  # 20 epochs of three batches
STORY = ("session_ready", "cell_started", "stream_written", "cell_finished", "problem_found")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the person's state is kept."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module", params=["eager", "graph"])
def run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, state: Path
) -> tuple[str, dict[str, Any], list[Any]]:
    """The form, what the program printed of itself, and the events."""
    folder = tmp_path_factory.mktemp(request.param)
    events = folder / "events.jsonl"
    result = subprocess.run(
        [sys.executable, "-m", "tflab", "run", str(PROGRAM), "--events", str(events), "--", request.param],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        cwd=folder,
        env={**os.environ, "XDG_STATE_HOME": str(state)},
    )
    assert result.returncode == 0, result.stderr
    written = [json.loads(line) for line in events.read_text().splitlines()]
    assert result.stdout, (result.stderr, [event for event in written if event["event"] in STORY])
    return request.param, json.loads(result.stdout.strip().splitlines()[-1]), written


def of(events: list[Any], kind: str) -> list[Any]:
    return [event for event in events if event["event"] == kind]


def test_the_run_is_kept_with_every_loss_and_its_code(run: tuple[str, dict[str, Any], list[Any]], state: Path) -> None:
    _, printed, events = run
    kept = KeptRuns(state / "tflab" / "runs")
    latest = kept.listed()[0]
    (curve,) = kept.load(latest)
    assert curve.tag == "step/loss"
    assert curve.steps.tolist() == list(range(STEPS))
    assert np.array_equal(curve.values, np.asarray(printed["losses"], np.float32))
    began, ended = of(events, "cell_started")[0]["time"], of(events, "cell_finished")[0]["time"]
    assert began <= curve.times[0] <= curve.times[-1] <= ended
    assert [code.source.rstrip() for code in latest.code] == [PROGRAM.read_text().rstrip()]
    assert latest.versions["tensorflow"] == of(events, "session_ready")[0]["tensorflow"]


def test_every_steps_loss_is_the_programs_own(run: tuple[str, dict[str, Any], list[Any]]) -> None:
    _, printed, events = run
    steps: list[int] = []
    losses: list[float] = []
    for event in of(events, "metrics_logged"):
        assert (event["name"], event["source"], event["scope"], event["missed"]) == ("loss", "tape", "step", 0)
        steps += event["steps"]
        losses += event["values"]
    assert steps == list(range(STEPS))
    assert losses == printed["losses"]


def test_gradients_have_the_layers_paths_and_the_programs_own_norms(
    run: tuple[str, dict[str, Any], list[Any]],
) -> None:
    _, printed, events = run
    recorded = of(events, "gradients_recorded")
    # The rate is bounded, so not every step is among them; each that is must be right.
    assert recorded
    for event in recorded:
        assert event["loss"] == printed["losses"][event["step"]]
        assert [gradient["name"] for gradient in event["gradients"]] == printed["names"]
        assert {gradient["kind"] for gradient in event["gradients"]} == {"dense"}
        for gradient, norm in zip(event["gradients"], printed["norms"][event["step"]], strict=True):
            assert math.isclose(gradient["norm"], norm, rel_tol=1e-5)
    last = recorded[-1]
    assert last["site"]["line"] == 27
    assert Path(last["site"]["file"]).name == PROGRAM.name


def test_the_partial_batch_is_the_one_retrace_and_its_reason_names_both_shapes(
    run: tuple[str, dict[str, Any], list[Any]],
) -> None:
    form, _, events = run
    traces = [event for event in of(events, "function_traced") if event["function"] == "train_step"]
    if form == "eager":
        assert not of(events, "function_traced")
        return
    assert [(trace["ordinal"], trace["cause"]) for trace in traces] == [(1, "first"), (2, "shape")]
    assert "(32, 6)" in traces[1]["reason"]
    assert "(26, 6)" in traces[1]["reason"]
    assert traces[1]["fix"]
    assert traces[1]["operations"] > 0


def test_a_healthy_program_gets_no_problem(run: tuple[str, dict[str, Any], list[Any]]) -> None:
    assert not of(run[2], "problem_found")


def test_every_line_has_the_common_fields_and_the_order_is_that_of_the_run(
    run: tuple[str, dict[str, Any], list[Any]],
) -> None:
    events = run[2]
    assert all(list(event)[:3] == ["event", "cell", "time"] for event in events)
    kinds = [event["event"] for event in events]
    assert kinds[0] == "session_ready"
    assert kinds.index("cell_started") < kinds.index("metrics_logged") < kinds.index("cell_finished")
    in_cell = [event for event in events if event["cell"] == 0]
    assert in_cell[-1]["event"] == "cell_finished"
    assert in_cell[-1]["status"] == "ok"


def test_the_models_tensors_are_recorded(run: tuple[str, dict[str, Any], list[Any]]) -> None:
    tensors = {tensor["name"]: tensor for tensor in of(run[2], "tensors_recorded")[-1]["tensors"]}
    assert tensors["features"]["shape"] == [90, 6]
    assert tensors["features"]["dtype"] == "float32"
    assert tensors["features"]["min"] < 0 < tensors["features"]["max"]
    assert tensors["batches"]["kind"] == "dataset"

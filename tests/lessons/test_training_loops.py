"""Lesson 14 does what its prose says, in the lab's session and in Jupyter alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tflab.curriculum.lesson import HIDDEN_TAGS, read_lesson
from tflab.lesson_files import lessons_folder

LESSON = lessons_folder() / "en" / "14_training_loops.md"
TIMEOUT = 170
STEPS = {step.title: step.index for step in read_lesson(LESSON).steps}
BY_HAND = STEPS["One step, by hand"]
GRAPH = STEPS["The loop, as a graph"]
SIGNATURE = STEPS["One graph for every batch size"]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("run")
    result = subprocess.run(
        [sys.executable, "-m", "tflab", "run", str(LESSON), "--events", "events.jsonl"],
        cwd=folder,
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def of(events: list[dict[str, Any]], kind: str, cell: int) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == kind and event["cell"] == cell]


def test_every_cell_stays_under_ten_seconds(events: list[dict[str, Any]]) -> None:
    finished = [event for event in events if event["event"] == "cell_finished"]
    assert len(finished) == sum(1 for step in read_lesson(LESSON).steps if step.source)
    assert max(event["seconds"] for event in finished) < 10


def test_the_graph_loop_shows_every_step_and_exactly_one_retrace(events: list[dict[str, Any]]) -> None:
    values = [value for event in of(events, "metrics_logged", GRAPH) for value in event["values"]]
    assert len(values) == 450
    assert values[0] > 2 > 0.5 > values[-1]
    traces = [event for event in of(events, "function_traced", GRAPH) if event["function"] == "train_step"]
    assert [(trace["ordinal"], trace["cause"]) for trace in traces] == [(1, "first"), (2, "shape")]
    assert "(32, 64)" in traces[1]["reason"]
    assert "(29, 64)" in traces[1]["reason"]


def test_with_a_signature_there_is_one_trace(events: list[dict[str, Any]]) -> None:
    assert [trace["cause"] for trace in of(events, "function_traced", SIGNATURE)] == ["first"]


def test_gradients_have_the_names_that_the_prose_tells(events: list[dict[str, Any]]) -> None:
    names = [gradient["name"] for gradient in of(events, "gradients_recorded", BY_HAND)[-1]["gradients"]]
    assert names == ["reader/hidden/kernel", "reader/hidden/bias", "reader/logits/kernel", "reader/logits/bias"]
    prose = read_lesson(LESSON).steps[BY_HAND].prose
    assert "`reader/hidden/kernel`" in prose
    assert "`reader/logits/bias`" in prose


def test_the_only_problems_are_those_that_exercises_ask_to_mend(events: list[dict[str, Any]]) -> None:
    steps = read_lesson(LESSON).steps
    found = {(steps[event["cell"]].name, event["code"]) for event in events if event["event"] == "problem_found"}
    assert found == {("epoch_means", "metric-not-reset"), ("total_loss", "regularization-ignored")}


def test_it_runs_as_a_notebook_outside_the_lab(tmp_path: Path) -> None:
    # What belongs to the answer of an exercise is not run: a reader runs the steps.
    program = """import jupytext, sys
notebook = jupytext.read(sys.argv[1])
notebook.cells = [cell for cell in notebook.cells if not set(cell.metadata.get("tags", ())) & set(sys.argv[2:])]
print(jupytext.writes(notebook, fmt="py:percent"))"""
    script = subprocess.run(
        [sys.executable, "-c", program, str(LESSON), *HIDDEN_TAGS],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    ).stdout
    (tmp_path / "lesson.py").write_text(script)
    result = subprocess.run(
        [sys.executable, "lesson.py"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "\nbest: 0." in result.stdout

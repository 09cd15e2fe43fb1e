"""Each probe puts back exactly what it found, and is off alone where TensorFlow lacks what it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

PROBES = [
    "devices",
    "diagnosis",
    "graphs",
    "loop",
    "metrics",
    "operations",
    "progress",
    "tape",
    "tensors",
    "traces",
    "workers",
]


@pytest.fixture(scope="module")
def report() -> Any:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.session.probes.patch_driver"],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        env={**environment, "TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("probe", PROBES)
def test_everything_replaced_is_put_back(report: Any, probe: str) -> None:
    assert report["restored"][probe]["restored"]


def test_the_patches_are_those_that_the_documentation_names(report: Any) -> None:
    replaced = {probe: answer["replaced"] for probe, answer in report["restored"].items()}
    tape = "tensorflow.python.eager.backprop:GradientTape"
    assert {f"{tape}.gradient", f"{tape}.jacobian", f"{tape}.batch_jacobian"} <= set(replaced["tape"])
    traced = "tensorflow.python.eager.polymorphic_function.tracing_compilation._create_concrete_function"
    assert traced in replaced["traces"]
    assert replaced["metrics"] == [
        "keras.src.callbacks.callback_list:CallbackList.on_epoch_end",
        "tensorflow:summary.scalar",
    ]
    assert replaced["tensors"] == replaced["devices"] == []


def test_all_together_are_put_back(report: Any) -> None:
    assert report["all restored"]


def test_installing_runs_no_operation_and_starts_no_thread(report: Any) -> None:
    assert report["installed"] == {"initialised": False, "threads": 0}


@pytest.mark.parametrize("probe", ["tape", "traces", "graphs", "devices"])
def test_a_missing_name_turns_off_one_probe_alone(report: Any, probe: str) -> None:
    assert report["missing"][probe]["off"] == [probe]
    [[told, reason]] = report["missing"][probe]["told"]
    assert told == probe
    assert "TensorFlow 2." in reason


def test_devices_can_still_be_configured(report: Any) -> None:
    assert report["logical devices"] == 2


def test_every_probe_names_what_it_needs(report: Any) -> None:
    assert report["names"] == PROBES

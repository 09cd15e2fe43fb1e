"""What ``tflab doctor`` collects and says."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tflab.cli.doctor_command import report_as_json, report_lines
from tflab.client import doctor
from tflab.client.terminal_facts import terminal_facts
from tflab.messages import use_language
from tflab.protocol.events import Device
from tflab.protocol.isolation import COMFORTS, PROBES, Measurement, ProbeResult, level_of


def measurement(*, lost: tuple[str, ...] = ()) -> Measurement:
    probes = tuple(
        ProbeResult(name=name, held=name not in lost, observed=f"tried {name}") for name in (*PROBES, *COMFORTS)
    )
    level = level_of([probe.name for probe in probes if probe.held])
    return Measurement(level=level, landlock_abi=4, seccomp=True, namespaces=False, probes=probes)


def report(**changes: Any) -> doctor.DoctorReport:
    plain = doctor.DoctorReport(
        tflab="1.2.3",
        python=doctor.PythonFacts(version="3.11.7", executable="/venv/bin/python", supported=True),
        system=doctor.SystemFacts(
            name="Linux",
            release="6.8.0",
            machine="x86_64",
            wsl=False,
            container=True,
            memory=8 << 30,
            memory_limited=True,
            session_memory=6 << 30,
        ),
        session=doctor.SessionFacts(
            tensorflow="2.21.0",
            keras="3.15.0",
            load_seconds=6.5,
            start_seconds=0.03,
            isolation="good",
            devices=(Device(name="GPU:0", kind="gpu", description="NVIDIA H200", memory_total=140 << 30),),
        ),
        devices=(Device(name="CPU", kind="cpu", description="16 cores"),),
        isolation=measurement(lost=("signals",)),
        isolation_problem="",
        terminal=terminal_facts({"TERM": "xterm-kitty", "COLORTERM": "truecolor", "SSH_TTY": "/dev/pts/0"}),
    )
    return msgspec.structs.replace(plain, **changes)


def test_the_sandbox_is_measured_without_tensorflow() -> None:
    measured = doctor.measure_sandbox()
    assert [probe.name for probe in measured.probes] == [*PROBES, *COMFORTS]
    assert all(probe.observed for probe in measured.probes)
    assert level_of([probe.name for probe in measured.probes if probe.held]) == measured.level
    assert measured.failures == ()


def test_a_python_without_tensorflow_is_said(tmp_path: Path) -> None:
    # GIVEN a Python whose tensorflow cannot be imported
    (tmp_path / "tensorflow.py").write_text("raise ModuleNotFoundError('No module', name='tensorflow')\n")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path}:$PYTHONPATH" exec "{sys.executable}" "$@"\n')
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    # WHEN a session is tried
    facts = doctor.try_session(python=str(python), patience=120)
    # THEN the reason is one line
    assert "tensorflow" in facts.problem
    assert "\n" not in facts.problem
    assert not report(session=facts).can_start


def test_no_such_python_is_said(tmp_path: Path) -> None:
    assert doctor.try_session(python=str(tmp_path / "no-python"), patience=60).problem


@pytest.mark.parametrize("language", ["en", "id"])
def test_people_read_every_probe_and_how_to_get_better(language: str) -> None:
    use_language(language)
    try:
        told = list(report_lines(report()))
    finally:
        use_language("en")
    page = "\n".join(told)
    assert "2.21.0" in page
    assert "NVIDIA H200" in page
    assert "Landlock 4" in page
    assert page.count("✓") == len(PROBES) + len(COMFORTS) - 1
    assert page.count("✗") == 1
    assert "tried signals" in page
    assert "Linux 6.12" in page
    assert "Isol" in page
    assert "good" in page


def test_what_is_missing_is_marked() -> None:
    python = doctor.PythonFacts(version="3.9.1", executable="/bin/python", supported=False)
    facts = doctor.SessionFacts(problem="No session can start: no TensorFlow.")
    page = "\n".join(report_lines(report(python=python, session=facts, isolation=None, isolation_problem="no fork")))
    assert "✗ tflab needs Python 3.10" in page
    assert "✗ No session can start: no TensorFlow." in page
    assert "✗ no fork" in page


def test_json_names_level_meaning_and_remedy_of_each_probe() -> None:
    told = json.loads(report_as_json(report()))
    probes = {probe["name"]: probe for probe in told["isolation"]["probes"]}
    assert probes["signals"]["level"] == "full"
    assert not probes["signals"]["held"]
    assert probes["signals"]["better"]
    assert probes["network"]["better"] == ""
    assert all(probe["means"] for probe in probes.values())
    assert probes["shared-memory"]["level"] is None
    assert [row["level"] for row in told["levels"]] == ["none", "limits", "files", "good", "full"]
    assert told["can_start"] is True
    assert told["terminal"]["ssh"] is True
    assert json.loads(report_as_json(report(isolation=None)))["isolation"] is None


@pytest.mark.parametrize(
    ("variables", "colours", "keyboard", "multiplexer"),
    [
        ({}, "none", None, ""),
        ({"TERM": "xterm"}, "16", None, ""),
        ({"TERM": "xterm-256color"}, "256", None, ""),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none", None, ""),
        ({"TERM": "xterm-kitty", "COLORTERM": "truecolor"}, "truecolor", True, ""),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x", "KITTY_WINDOW_ID": "1"}, "256", None, "tmux"),
        ({"TERM": "screen", "STY": "1.x"}, "16", None, "screen"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "256", False, ""),
    ],
)
def test_the_terminal_is_known_from_its_variables(
    variables: dict[str, str], colours: str, keyboard: bool | None, multiplexer: str
) -> None:
    facts = terminal_facts(variables)
    assert (facts.colours, facts.kitty_keyboard, facts.multiplexer) == (colours, keyboard, multiplexer)
    assert facts.columns > 0


def test_the_command_reports_a_real_session() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tflab", "doctor", "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["session"]["tensorflow"].startswith("2.")
    assert told["session"]["isolation"] == told["isolation"]["level"]
    assert told["session"]["devices"]
    assert told["can_start"]

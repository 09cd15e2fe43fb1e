"""What ``tflab run`` does with whatever a session says, and the exit status that follows."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.cli.scripted_session import (
    READY,
    Script,
    ScriptedSession,
    Streams,
    cells,
    failed,
    finished,
    send,
)
from tflab.cli.event_file import EventFile
from tflab.cli.file_run import FileRun
from tflab.protocol.events import (
    CellError,
    DevicesSampled,
    FunctionTraced,
    HeartbeatAnswered,
    InputRequested,
    MetricsLogged,
    ProblemFound,
    ResultShown,
    Site,
    StreamWritten,
)
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded
from tflab.protocol.lifecycle import EndReason, InterruptOverdue, SessionEnded
from tflab.protocol.operation_events import NonFiniteFound, OperationsRecorded
from tflab.protocol.server import ServerFailed, ServerProgressed


def ended(reason: EndReason, message: str = "the session ended") -> SessionEnded:
    return SessionEnded(reason=reason, status=-9, message=message)


def printed(cell: int, text: str, name: str = "stdout") -> StreamWritten:
    return StreamWritten(cell=cell, name="stderr" if name == "stderr" else "stdout", text=text)


def run(folder: Path, script: Script, *sources: str, keep_going: bool = False) -> tuple[int, ScriptedSession, Streams]:
    session, streams = ScriptedSession(script), Streams()
    document = cells(folder, *(sources or ("a", "b", "c")))
    return FileRun(document, session, streams.output, keep_going=keep_going).run(), session, streams


def ran(session: ScriptedSession) -> list[int]:
    return [request.cell for request in session.ran]


ALL_WELL = {0: [finished(0)], 1: [finished(1)], 2: [finished(2)]}

SYSTEM_EXIT = {
    "zero": ({**ALL_WELL, 1: [finished(1, exit_status=0)]}, False, 0, [0, 1]),
    "three": ({**ALL_WELL, 1: [finished(1, exit_status=3)]}, False, 1, [0, 1]),
    "zero after a failure": ({0: [failed(0)], 1: [finished(1, exit_status=0)]}, True, 1, [0, 1]),
}
KILLED = finished(1, "killed", error=CellError(name="SessionEnded", message="gone", line=None, traceback=""))
TOO_LONG = CellError(name="TimeoutError", message="longer than 5 s", line=3, traceback="")
OUTCOMES: dict[str, tuple[Script, bool, int, list[int]]] = {
    "all cells ran": (ALL_WELL, False, 0, [0, 1, 2]),
    "a cell failed": ({**ALL_WELL, 1: [failed(1)]}, False, 1, [0, 1]),
    "a cell failed and the rest went on": ({**ALL_WELL, 1: [failed(1)]}, True, 1, [0, 1, 2]),
    "a cell was too long": ({**ALL_WELL, 1: [finished(1, "timeout", error=TOO_LONG)]}, False, 124, [0, 1]),
    "too long, then went on": ({**ALL_WELL, 1: [finished(1, "timeout", error=TOO_LONG)]}, True, 124, [0, 1, 2]),
    "failed, then too long": ({0: [failed(0)], 1: [finished(1, "timeout")], 2: [failed(2)]}, True, 124, [0, 1, 2]),
    "too long and deaf": (
        {**ALL_WELL, 1: [finished(1, "timeout", error=KILLED.error), ended("timeout")]},
        True,
        124,
        [0, 1],
    ),
    "interrupted": ({**ALL_WELL, 1: [finished(1, "interrupted")]}, True, 130, [0, 1]),
    "out of memory": ({**ALL_WELL, 1: [KILLED, ended("memory")]}, True, 137, [0, 1]),
    "session crashed": ({**ALL_WELL, 1: [KILLED, ended("crashed")]}, True, 1, [0, 1]),
    "session exited": ({**ALL_WELL, 1: [KILLED, ended("exited")]}, False, 1, [0, 1]),
    **{f"sys.exit: {name}": outcome for name, outcome in SYSTEM_EXIT.items()},
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_exit_status_says_how_it_went(tmp_path: Path, name: str) -> None:
    script, keep_going, status, expected = OUTCOMES[name]
    result, session, _ = run(tmp_path, script, keep_going=keep_going)
    assert (result, ran(session)) == (status, expected)
    assert session.closed


def test_no_session_is_status_3_and_the_reason_in_one_line(tmp_path: Path) -> None:
    session = ScriptedSession({}, first=[ServerProgressed(stage="numpy", fraction=0.1), ServerFailed(message="no TF")])
    streams = Streams()
    assert FileRun(cells(tmp_path, "a"), session, streams.output).run() == 3
    assert streams.text("stderr") == "tflab: no TF\n"


def test_a_session_that_ends_before_it_is_ready_gets_another_chance(tmp_path: Path) -> None:
    session = ScriptedSession(ALL_WELL, first=[ended("crashed"), READY])
    assert FileRun(cells(tmp_path, "a"), session, Streams().output).run() == 0


def test_output_is_untouched_and_in_its_own_stream(tmp_path: Path) -> None:
    script: Script = {0: [printed(0, "10%\r"), printed(0, "oops\n", "stderr"), printed(0, "20%\rdöne"), finished(0)]}
    status, _, streams = run(tmp_path, script, "a")
    assert status == 0
    assert streams.text("stdout") == "10%\r20%\rdöne"
    assert streams.text("stderr").startswith("oops\n-- tflab: cells.py in ")


def test_what_a_session_says_at_its_end_is_still_shown(tmp_path: Path) -> None:
    session, streams = ScriptedSession({0: [finished(0)]}), Streams()
    session.at_close = [printed(0, "from a thread\n")]
    assert FileRun(cells(tmp_path, "a"), session, streams.output).run() == 0
    assert streams.text("stdout") == "from a thread\n"


def test_results_show_for_cells_and_not_for_a_plain_script(tmp_path: Path) -> None:
    script: Script = {0: [ResultShown(cell=0, mime={"text/plain": "42"}), finished(0)], 1: [finished(1)]}
    assert run(tmp_path, script, "a", "b")[2].text("stdout") == "42\n"
    assert run(tmp_path, script, "a")[2].text("stdout") == ""


def test_a_traceback_goes_to_stderr(tmp_path: Path) -> None:
    _, _, streams = run(tmp_path, {0: [failed(0)]}, "a")
    assert "Traceback of ValueError\n" in streams.text("stderr")


def test_blank_cells_are_passed_over_and_lines_count_in_the_file(tmp_path: Path) -> None:
    status, session, _ = run(tmp_path, {0: [finished(0)], 2: [finished(2)]}, "a", "  ", "c")
    assert status == 0
    assert [(request.cell, request.source, request.first_line) for request in session.ran] == [(0, "a", 2), (2, "c", 6)]
    assert {request.filename for request in session.ran} == {str(tmp_path / "cells.py")}


# --- events ------------------------------------------------------------------------------------------------------


def test_events_are_the_public_ones_from_the_session_on(tmp_path: Path) -> None:
    early, late = DevicesSampled(devices=()), DevicesSampled(devices=())
    loss = MetricsLogged(cell=0, name="loss", steps=(0, 1), values=(1.0, float("nan")), source="tape", scope="step")
    session = ScriptedSession({0: [HeartbeatAnswered(sequence=1), loss, late, finished(0)]}, first=[early, READY])
    path = tmp_path / "events.jsonl"
    events = EventFile(str(path))
    assert FileRun(cells(tmp_path, "a"), session, Streams().output, [events]).run() == 0
    events.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    kinds = [line["event"] for line in lines]
    assert kinds == ["session_ready", "cell_started", "metrics_logged", "devices_sampled", "cell_finished"]
    assert lines[2]["values"] == [1.0, "nan"]
    assert all(list(line)[:3] == ["event", "cell", "time"] for line in lines)


def test_a_full_disk_under_the_events_ends_the_run(tmp_path: Path) -> None:
    streams = Streams()
    events = EventFile("/dev/full")
    session = ScriptedSession({0: [printed(0, "x")]})
    assert FileRun(cells(tmp_path, "a"), session, streams.output, [events]).run() == 1
    assert "tflab: events cannot be written to /dev/full: No space left on device" in streams.text("stderr")


# --- signals and input -------------------------------------------------------------------------------------------


def test_the_first_ctrl_c_interrupts_the_cell(tmp_path: Path) -> None:
    session, streams = ScriptedSession({0: [send(signal.SIGINT)]}), Streams()
    session.on_interrupt = [finished(0, "interrupted")]
    assert FileRun(cells(tmp_path, "a", "b"), session, streams.output).run() == 130
    assert (session.interrupts, session.restarts, ran(session)) == (1, 0, [0])


def test_a_program_that_survives_ctrl_c_goes_on(tmp_path: Path) -> None:
    session = ScriptedSession({0: [send(signal.SIGINT)], 1: [finished(1)]})
    session.on_interrupt = [finished(0)]
    assert FileRun(cells(tmp_path, "a", "b"), session, Streams().output).run() == 0
    assert session.interrupts == 1


def test_the_second_ctrl_c_kills(tmp_path: Path) -> None:
    session, streams = ScriptedSession({0: [send(signal.SIGINT)]}), Streams()
    session.on_interrupt = [InterruptOverdue(seconds=3.0), send(signal.SIGINT)]
    session.on_restart = [finished(0, "killed"), ended("restarted")]
    assert FileRun(cells(tmp_path, "a"), session, streams.output).run() == 130
    assert session.restarts == 1
    assert "Ctrl+C again" in streams.text("stderr")


def test_ctrl_c_before_anything_runs_ends_it(tmp_path: Path) -> None:
    session = ScriptedSession({}, first=[send(signal.SIGINT)])
    session._script = {0: []}
    # GIVEN a session that is never ready, so that no cell has started
    session.run = lambda request, timeout=None: None  # type: ignore[method-assign]
    assert FileRun(cells(tmp_path, "a"), session, Streams().output).run() == 130


def test_sigterm_ends_session_and_run(tmp_path: Path) -> None:
    session = ScriptedSession({0: [send(signal.SIGTERM)]})
    session.on_restart = [finished(0, "killed"), ended("restarted")]
    assert FileRun(cells(tmp_path, "a"), session, Streams().output).run() == 143
    assert session.closed


def test_handlers_are_restored(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    run(tmp_path, ALL_WELL)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


@pytest.mark.parametrize(("typed", "answers"), [(b"3\r\nrest", ["3"]), (b"no newline", ["no newline"]), (b"", [None])])
def test_input_comes_from_stdin_and_its_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: bytes, answers: list[str | None]
) -> None:
    reader, writer = os.pipe()
    os.write(writer, typed)
    os.close(writer)
    session, streams = ScriptedSession({0: [InputRequested(cell=0, prompt="epochs? ", secret=False)]}), Streams()
    file_run = FileRun(cells(tmp_path, "a"), session, streams.output)
    monkeypatch.setattr(file_run._input, "_descriptor", reader)
    assert file_run.run() == 0
    os.close(reader)
    assert session.answers == answers
    assert streams.text("stdout") == "epochs? "


# --- the summary -------------------------------------------------------------------------------------------------


def test_the_summary_tells_losses_gradients_traces_and_problems(tmp_path: Path) -> None:
    site = Site(file="loop.py", line=27)
    script: Script = {
        0: [
            MetricsLogged(cell=0, name="loss", steps=(0, 1), values=(2.5, 1.5), source="tape", scope="step", site=site),
            MetricsLogged(cell=0, name="loss", steps=(2,), values=(0.25,), source="tape", scope="step", site=site),
            MetricsLogged(cell=0, name="accuracy", steps=(0,), values=(0.5,), source="keras", scope="epoch"),
            GradientsRecorded(
                cell=0,
                site=site,
                step=2,
                loss=0.25,
                gradients=(
                    GradientRecord(name="dense/kernel", shape=(2, 3), norm=1.25, kind="dense"),
                    GradientRecord(name="scale", shape=(), norm=None, kind="none", cause="not-watched"),
                ),
            ),
            FunctionTraced(
                cell=0,
                function="train_step",
                line=20,
                ordinal=2,
                cause="shape",
                reason="x went from (32, 6) to (26, 6).",
                fix="Give an input_signature.",
                signature="",
                milliseconds=120.4,
                operations=80,
            ),
            ProblemFound(
                cell=0, code="retracing", cause=None, severity="warning", line=20, message="Too many.", fix="Fewer."
            ),
            finished(0),
        ]
    }
    _, _, streams = run(tmp_path, script, "a")
    head, *lines = streams.text("stderr").splitlines()
    assert head.startswith("-- tflab: cells.py in ")
    assert head.endswith("TensorFlow 2.21.0, isolation full")
    assert lines == [
        "  loss           2.5 -> 0.25 in 3 steps · line 27",
        "  accuracy       0.5 -> 0.5 in 1 epochs",
        "  gradients at line 27, step 2 (L2 norms)",
        "    dense/kernel  1.25",
        "    scale         None (not-watched)",
        "  train_step traced 1x · line 20",
        "    2. shape · 120 ms · x went from (32, 6) to (26, 6). Give an input_signature.",
        "  retracing: line 20: Too many. Fewer.",
    ]


def test_a_recorded_run_says_what_made_the_first_infinity(tmp_path: Path) -> None:
    log = NonFiniteFound(
        kind="inf", operation="Log", site=Site(file="a.py", line=4), inputs=("float32 (3,) from 0 to 2, 1 zero",)
    )
    recorded = OperationsRecorded(cell=0, operations=(), total=12, checked=3, inf=log)
    session, streams = ScriptedSession({0: [recorded, finished(0)]}), Streams()
    assert FileRun(cells(tmp_path, "a"), session, streams.output, record=True).run() == 0
    assert [request.record for request in session.ran] == [True]
    told = streams.text("stdout") + streams.text("stderr")
    assert "12 operations recorded, 3 checked inside tf.functions" in told
    assert "Log was the first to make an infinity" in told
    assert "float32 (3,) from 0 to 2, 1 zero" in told

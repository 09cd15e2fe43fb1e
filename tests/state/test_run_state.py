"""Every event becomes state in one place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.doubles import READY, finished, printed, ran, started
from tflab.protocol import events as protocol
from tflab.protocol.events import (
    CellError,
    Device,
    DevicesSampled,
    InputRequested,
    ProbeDisabled,
    ProblemFound,
    TensorRecord,
    TensorsRecorded,
)
from tflab.protocol.lifecycle import InterruptOverdue, SessionEnded, SessionStarting
from tflab.protocol.server import ServerFailed, ServerProgressed, ServerReady
from tflab.state.run_state import RunState

LOADED = ServerReady(tensorflow="2.21.0", keras="3", python="3.11", seconds=1.0)
ENDED = SessionEnded(reason="crashed", status=-11, message="The session crashed.")


def state_after(*events: Any) -> RunState:
    """What is known after these."""
    state = RunState()
    for event in events:
        state.apply(event)
    return state


def phase(state: RunState) -> str:
    """What the session does now."""
    return state.phase


def test_from_loading_to_idle() -> None:
    state = state_after()
    assert phase(state) == "loading"
    state.apply(ServerProgressed(stage="tensorflow.python", fraction=0.4))
    assert (state.loading.fraction, state.loading.stage) == (0.4, "tensorflow.python")
    state.apply(LOADED)
    assert phase(state) == "starting"
    state.apply(SessionStarting())
    state.apply(READY)
    assert phase(state) == "idle"
    assert state.session is READY


def test_a_cell_runs_and_finishes() -> None:
    state = state_after(READY, started(2))
    assert (phase(state), state.running, state.started) == ("running", 2, 1000.0)
    assert state.step(2).status == "running"
    state.apply(printed("hello\n", cell=2))
    state.apply(finished(2))
    assert (phase(state), state.running, state.busy) == ("idle", None, False)
    assert state.step(2).status == "ok"
    assert state.output.line(1).text == "hello"


def test_an_error_is_kept_until_a_cell_runs_again() -> None:
    error = CellError(name="ValueError", message="no", line=3, traceback="ValueError: no")
    state = state_after(READY, started(1), finished(1, "error", error))
    assert state.step(1).status == "error"
    assert state.last_error == (1, error)
    state.apply(started(0))
    assert state.last_error is None


def test_queued_steps_wait_and_can_be_dropped() -> None:
    state = state_after(READY, started(0))
    state.queue(0)
    state.queue(1)
    assert (state.step(0).status, state.step(1).status) == ("running", "queued")
    state.drop_queue()
    assert (state.step(0).status, state.step(1).status) == ("running", "fresh")


def test_an_interrupt_that_has_no_effect_is_reported_while_the_cell_runs() -> None:
    state = state_after(READY, started(0))
    state.interrupting()
    assert phase(state) == "interrupting"
    state.apply(InterruptOverdue(seconds=3.0))
    assert state.overdue
    state.apply(finished(0, "interrupted"))
    assert phase(state) == "idle"
    assert not state.overdue
    state.apply(InterruptOverdue(seconds=3.0))
    assert state.overdue is None


def test_input_is_asked_for_until_it_is_answered_or_the_cell_ends() -> None:
    request = InputRequested(cell=0, prompt="name? ", secret=False)
    state = state_after(READY, started(0), request)
    assert state.input is request
    state.answered()
    assert not state.input
    assert state_after(READY, started(0), request, finished(0, "interrupted")).input is None


def test_a_session_that_dies_leaves_its_output_and_says_so() -> None:
    state = state_after(READY, started(0), printed("last words\n"), finished(0, "killed"), ENDED)
    lines = [state.output.line(index).text for index in range(len(state.output))]
    assert "last words" in lines
    assert "The session crashed." in lines
    assert phase(state) == "starting"
    assert state.session is None
    assert state.step(0).status == "killed"


def test_what_probes_saw_stays_until_the_next_session_runs_a_cell() -> None:
    traced = protocol.FunctionTraced(
        function="f", line=1, ordinal=1, cause="first", reason="", fix="", signature="", milliseconds=1, operations=1
    )
    state = state_after(READY, *ran(0, traced), ENDED, SessionStarting(), READY)
    assert state.timeline.total == 1
    version = state.timeline.version
    state.apply(started(0))
    assert state.timeline.total == 0
    assert state.timeline.version > version


def test_the_tensors_of_a_dead_session_are_gone_at_once() -> None:
    seen = TensorsRecorded(tensors=(TensorRecord(name="x", kind="tensor"),))
    state = state_after(READY, *ran(0, seen))
    assert len(state.tensors.records) == 1
    state.apply(ENDED)
    state.apply(READY)
    assert not state.tensors.records


def test_without_tensorflow_there_is_a_reason_and_nothing_waits() -> None:
    state = state_after()
    state.queue(0)
    state.apply(ServerFailed(message="TensorFlow is not installed."))
    assert (phase(state), state.failure) == ("failed", "TensorFlow is not installed.")
    assert state.step(0).status == "fresh"
    state.apply(SessionStarting())
    assert phase(state) == "failed"


def test_devices_of_both_origins() -> None:
    machine = Device(name="CPU", kind="cpu", utilization=0.5)
    allocator = Device(name="CPU:0", kind="cpu", memory_used=7)
    state = state_after(
        DevicesSampled(devices=(machine,)), READY, DevicesSampled(devices=(allocator,), origin="tensorflow")
    )
    assert state.devices.machine == (machine,)
    assert state.devices.tensorflow == (allocator,)
    assert list(state.devices.utilization["CPU"]) == [0.5]
    state.apply(ENDED)
    assert state.devices.machine == (machine,)
    assert not state.devices.tensorflow


def test_a_probe_that_does_not_work_says_why_until_the_next_session() -> None:
    state = state_after(READY, ProbeDisabled(probe="tape", reason="no such name"))
    assert state.disabled == {"tape": "no such name"}
    state.apply(READY)
    assert state.disabled == {}


def test_problems_of_a_cell_go_when_it_runs_again() -> None:
    def problem(cell: int) -> ProblemFound:
        return ProblemFound(cell=cell, code="retracing", cause=None, severity="warning", line=1, message="m", fix="f")

    state = state_after(READY, *ran(0, problem(0)), *ran(1, problem(1)), started(0))
    assert [found.cell for found in state.problems.found] == [1]


@pytest.mark.parametrize(
    "event",
    [
        protocol.MetricsLogged(name="a", steps=(0,), values=(1.0,), source="log", scope="step"),
        TensorsRecorded(tensors=()),
        DevicesSampled(devices=()),
        ProbeDisabled(probe="tape", reason="r"),
        InputRequested(prompt="", secret=False),
        printed("x"),
        started(1),
        finished(0),
        READY,
        ENDED,
        ServerFailed(message="m"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_whatever_an_event_changes_a_version_changes_with_it(event: Any) -> None:
    state = state_after(READY, started(0))

    def versions() -> tuple[int, ...]:
        slices = (state.output, state.tensors, state.curves, state.devices, state.gradients, state.timeline)
        return (state.version, *(part.version for part in slices))

    before = versions()
    state.apply(event)
    assert versions() != before

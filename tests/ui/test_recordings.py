"""What screens are drawn from in tests is what a session says today: a fresh recording has the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.sessions import PATIENCE, WarmServer
from tests.ui.record_run import ask, check_answers, run_lesson
from tests.ui.recorded import ANSWERS, CHECKS, events_in, recorded
from tflab.cli.session_spec import lesson_session
from tflab.client.supervisor import Supervisor
from tflab.protocol.events import (
    CellFinished,
    CheckFinished,
    DevicesSampled,
    Event,
    FunctionTraced,
    MetricsLogged,
    ProblemFound,
    ResultShown,
    StreamWritten,
    TensorsRecorded,
)
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.protocol.operation_events import OperationsRecorded
from tflab.protocol.pictures import PictureReduced
from tflab.protocol.tensor_looks import TensorRead

_SAMPLED = {"DevicesSampled", "LoopProgressed", "CallsCounted", "SessionReady"}
"""What comes by the clock, or came before the first cell."""


def shape(events: Sequence[Event]) -> dict[str, Any]:
    """What a run said, without what another run of the same code may say otherwise: times, memory, batches."""
    kinds: dict[int | None, set[str]] = {}
    curves: dict[tuple[int | None, str, str, str], int] = {}
    printed: dict[tuple[int | None, str], str] = {}
    found: dict[str, Any] = {"traced": [], "problems": [], "ended": [], "shown": [], "operations": []}
    last: dict[str, Any] = {}
    for event in events:
        kind = type(event).__name__
        if kind not in _SAMPLED:
            kinds.setdefault(event.cell, set()).add(kind)
        match event:
            case MetricsLogged():
                key = (event.cell, event.name, event.source, event.scope)
                curves[key] = curves.get(key, 0) + len(event.steps)
            case StreamWritten():
                printed[event.cell, event.name] = printed.get((event.cell, event.name), "") + event.text
            case FunctionTraced():
                found["traced"].append((event.function, event.line, event.ordinal, event.cause))
            case ProblemFound():
                found["problems"].append((event.cell, event.code, event.cause, event.line, event.message))
            case CellFinished():
                found["ended"].append((event.cell, event.status, event.error and (event.error.name, event.error.line)))
            case ResultShown():
                found["shown"].append((event.cell, sorted(event.mime)))
            case PictureReduced():
                found["shown"].append((event.width, event.height))
            case OperationsRecorded():
                found["operations"].append(
                    [(each.operation, each.site and each.site.line) for each in event.operations]
                )
            case TensorsRecorded():
                last[f"tensors {event.cell}"] = sorted(
                    (each.name, each.kind, each.shape, each.dtype) for each in event.tensors
                )
            case GradientsRecorded():
                last[f"gradients {event.cell}"] = [(each.name, each.shape, each.kind) for each in event.gradients]
    return {"kinds": kinds, "curves": curves, "printed": printed, **found, **last}


@pytest.fixture(scope="module")
def supervisor(warm_server: WarmServer) -> Any:
    """Sessions as lessons have them, with devices sampled."""
    supervisor = Supervisor(lesson_session().make_spec, launcher=warm_server.launcher)
    supervisor.start()
    assert supervisor.wait(PATIENCE)
    yield supervisor
    supervisor.close()


def test_a_fresh_recording_has_the_same_shape(supervisor: Supervisor) -> None:
    fresh = run_lesson(supervisor)
    assert shape(fresh) == shape(recorded())
    assert any(isinstance(event, DevicesSampled) for event in recorded())

    kinds = [type(answer).__name__ for answer in events_in(ANSWERS)]
    answers = ask(supervisor)
    assert [type(answer).__name__ for answer in answers] == kinds
    reads = [event.elements for event in (*answers, *events_in(ANSWERS)) if isinstance(event, TensorRead)]
    for now, then in zip(reads[:2], reads[2:], strict=True):
        assert [len(row) for row in now] == [len(row) for row in then]

    verdicts = [event for event in events_in(CHECKS) if isinstance(event, CheckFinished)]
    judged = [
        [(verdict.exercise, verdict.passed, verdict.evidence) for verdict in checks]
        for checks in (check_answers(supervisor), verdicts)
    ]
    assert judged[0] == judged[1]

"""What the events of a run say, in the form in which a program would print it."""

from __future__ import annotations

import json
from typing import Any

from tests.sessions import Run
from tflab.protocol.events import FunctionTraced, MetricsLogged, TensorRecord, TensorsRecorded
from tflab.protocol.gradient_events import GradientsRecorded


def losses(run: Run, line: int | None = None, name: str = "loss") -> list[float]:
    """Every loss of the gradient call on ``line`` (of any line without one), checked to be complete and in order."""
    steps: list[int] = []
    values: list[float] = []
    for event in run.all(MetricsLogged):
        if event.source == "tape" and event.name == name and event.site is not None and line in (None, event.site.line):
            assert event.missed == 0
            assert len(event.steps) == len(event.values)
            steps += event.steps
            values += event.values
    assert steps == list(range(steps[0], steps[0] + len(steps))) if steps else True
    return values


def first_step(run: Run) -> int:
    """The number of the first step whose loss was logged."""
    return next(event.steps[0] for event in run.all(MetricsLogged) if event.source == "tape")


def norms(event: GradientsRecorded) -> dict[str, float | None]:
    """The norm of each gradient, by name."""
    return {gradient.name: gradient.norm for gradient in event.gradients}


def gradients(run: Run) -> GradientsRecorded:
    """The latest gradients."""
    return run.all(GradientsRecorded)[-1]


def causes(run: Run, function: str | None = None) -> list[str]:
    """The causes of the traces of ``function``, or of all."""
    return [trace.cause for trace in run.all(FunctionTraced) if function in (None, trace.function)]


def tensors(run: Run) -> dict[str, TensorRecord]:
    """The latest record of each name."""
    return {tensor.name: tensor for tensor in run.all(TensorsRecorded)[-1].tensors}


def metrics(run: Run, source: str, scope: str | None = None) -> dict[str, list[tuple[int, float]]]:
    """Steps and values of each metric of one source; of Keras's over epochs where no ``scope`` is given."""
    scope = scope or ("epoch" if source == "keras" else "step")
    found: dict[str, list[tuple[int, float]]] = {}
    for event in run.all(MetricsLogged):
        if event.source == source and event.scope == scope:
            found.setdefault(event.name, []).extend(zip(event.steps, event.values, strict=True))
    return found


def printed(run: Run) -> Any:
    """The JSON in the last line that the cell printed."""
    return json.loads(run.text().strip().splitlines()[-1])

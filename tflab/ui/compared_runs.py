"""Kept runs as the curves of the present one are compared to them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tflab.curriculum.kept_runs import KeptRun
from tflab.protocol.events import MetricScope
from tflab.state.clock import StepClock
from tflab.state.curves import Track

if TYPE_CHECKING:
    from tflab.curriculum.event_files import ScalarCurve


@dataclass(frozen=True)
class ComparedRun:
    """The curves of a kept run by scope and name."""

    id: str
    label: str
    tracks: Mapping[tuple[MetricScope, str], Track]


def compared(run: KeptRun, curves: Sequence[ScalarCurve]) -> ComparedRun:
    """``run`` with its curves as series; of several curves of one name the first counts."""
    from tflab.state.series import Series

    values = {curve.tag: curve for curve in curves}
    tracks: dict[tuple[MetricScope, str], Track] = {}
    epochs: StepClock | None = None
    for scope in ("epoch", "step"):
        for record in run.curves:
            curve = values.get(record.tag)
            if record.scope != scope or curve is None or not len(curve.steps):
                continue
            series, clock = Series(), StepClock()
            series.extend(curve.steps, curve.values)
            for at in range(0, len(curve.steps), max(1, len(curve.steps) // 1024)):
                clock.note(int(curve.steps[at]), int(curve.steps[at]), float(curve.times[at]))
            clock.note(int(curve.steps[-1]), int(curve.steps[-1]), float(curve.times[-1]))
            if scope == "epoch":
                epochs = epochs or clock
                tracks.setdefault(("epoch", record.name), Track("epoch", series, clock))
            else:
                tracks.setdefault(("step", record.name), Track("step", series, clock, epochs))
    began = time.strftime("%H:%M", time.localtime(run.began))
    return ComparedRun(run.id, run.name or f"{run.title} {began}", tracks)

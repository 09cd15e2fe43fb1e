"""Hands each run that drew curves to `KeptRuns`; imports nothing that draws, so that ``tflab run`` uses it, too."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from tflab import __version__
from tflab.curriculum.kept_runs import CurveRecord, KeptRun, KeptRuns, RunCode, RunTurn
from tflab.protocol.events import CellFinished, CellStarted, SessionReady
from tflab.protocol.steering import KnobTurned
from tflab.state.curves import Curve, Curves

if TYPE_CHECKING:
    from tflab.curriculum.event_files import ScalarCurve
    from tflab.state.series import Series

MOST_VALUES: Final = 1 << 16
"""Values of one curve that are kept as they are; of more, the extremes of each stretch (`Series.sample`)."""
_MOST_CODE: Final = 1 << 20
"""Characters of code that are kept of one session."""


class RunKeeper:
    """Follows a session's events, and keeps each run as it ends."""

    def __init__(self, runs: KeptRuns, title: Callable[[], str]) -> None:
        """``title`` says what document is shown."""
        self._runs = runs
        self._title = title
        self._session: SessionReady | None = None
        self._code: list[RunCode] = []
        self._began = 0.0
        self._turns: list[RunTurn] = []

    def follow(self, event: object, curves: Curves) -> None:
        """Takes note of ``event``; ``curves`` hold it already."""
        if isinstance(event, SessionReady):
            self._session = event
            self._code.clear()
        elif isinstance(event, CellStarted):
            self._began = event.time
            self._turns.clear()
            self._code.append(RunCode(cell=event.cell, source=event.source))
            while len(self._code) > 1 and sum(len(code.source) for code in self._code) > _MOST_CODE:
                del self._code[0]
        elif isinstance(event, KnobTurned):
            self._turns.append(RunTurn(name=event.name, before=event.before, after=event.after, step=event.step))
        elif isinstance(event, CellFinished):
            self._keep(event, curves.of_this_run())

    def _keep(self, event: CellFinished, curves: Sequence[Curve]) -> None:
        # A single value is no curve: an untrained model's loss, say.
        if all(curve.series.count - curve.before < 2 for curve in curves):
            return
        # A loss given to the tape says more of a run than what was logged beside it.
        curves = sorted(curves, key=lambda curve: curve.key.source != "tape")
        tags = _tags(curves)
        session = self._session
        versions = {"tflab": __version__}
        if session is not None:
            versions |= {"tensorflow": session.tensorflow, "keras": session.keras, "python": session.python}
        run = KeptRun(
            began=self._began,
            seconds=event.seconds,
            status=event.status,
            title=self._title(),
            step=event.cell,
            code=tuple(self._code),
            versions=versions,
            devices=tuple(device.name for device in session.devices) if session is not None else (),
            curves=tuple(_record(curve, tag) for curve, tag in zip(curves, tags, strict=True)),
            turns=tuple(self._turns),
        )
        # The curves may go on while these are written: their series and clocks as they are now.
        taken = [
            (tag, curve.series, curve.before, list(curve.clock.steps), list(curve.clock.times))
            for curve, tag in zip(curves, tags, strict=True)
        ]
        self._runs.keep(run, partial(_scalars, taken))


def _record(curve: Curve, tag: str) -> CurveRecord:
    last = curve.series.last_value
    return CurveRecord(
        tag=tag,
        name=curve.key.name,
        scope=curve.key.scope,
        count=curve.series.count - curve.before,
        last=last if math.isfinite(last) else None,
    )


def _tags(curves: Sequence[Curve]) -> list[str]:
    """``step/loss``; where several curves have that name, the line or the source tells them apart."""
    plain = [f"{curve.key.scope}/{curve.key.name}" for curve in curves]
    tags: list[str] = []
    for curve, tag in zip(curves, plain, strict=True):
        if plain.count(tag) > 1:
            place = curve.key.place
            tag += f":{place.line}" if place is not None else f" {curve.key.source}"
        number = 2
        unique = tag
        while unique in tags:
            unique, number = f"{tag} ({number})", number + 1
        tags.append(unique)
    return tags


def _scalars(curves: Sequence[tuple[str, Series, int, list[float], list[float]]]) -> Sequence[ScalarCurve]:
    """The values of the curves; of each its tag, series, first value, and the steps and times of its clock."""
    import numpy as np

    from tflab.curriculum.event_files import ScalarCurve

    scalars = []
    for tag, series, before, known, times in curves:
        steps, values = series.sample(before, MOST_VALUES)
        scalars.append(ScalarCurve(tag, steps, values, np.interp(steps, known, times)))
    return scalars

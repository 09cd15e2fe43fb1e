"""How large an update was against the weights it changed, measured over one step in eager mode."""

from __future__ import annotations

import math
import time
from typing import Any, Final, NamedTuple

from tensorflow.python.eager import record

from tflab.session.probes.gradient_rows import GradientRow
from tflab.session.probes.norms import half_squared_norm
from tflab.session.probes.pace import Pace
from tflab.session.probes.source_names import is_variable
from tflab.session.probes.tensor_values import tensor_of_variable

INTERVAL: Final = 0.5
"""Seconds between two measurements of a call site, at least."""

_SHARE: Final = 0.02
_LONGEST_INTERVAL: Final = 5.0
"""What they may take of the time of the learner's thread, and the seconds after which one is made anyway."""


class _Before(NamedTuple):
    name: str
    variable: Any
    value: Any


class UpdateRatios:
    """The ratios of one call site: weights are kept at one call of ``gradient`` and compared at the next, when the
    optimizer has run. Reading a variable copies nothing; its next assignment copies it once."""

    def __init__(self) -> None:
        self._before: list[_Before] = []
        self._halves: dict[str, tuple[Any, Any]] = {}
        self.step: int | None = None
        """The step whose update was measured last."""
        self.kept_at: int | None = None
        """The step before which weights were kept, where they still are."""
        self._pace = Pace(INTERVAL, _SHARE, _LONGEST_INTERVAL)

    def compare(self) -> None:
        """The next step has come: measures what the last update did, where weights were kept."""
        before, kept_at = self._before, self.kept_at
        self.let_go()
        if not before:
            return
        began = time.monotonic()
        with record.stop_recording():
            for name, variable, value in before:
                now = tensor_of_variable(variable)
                self._halves[name] = (half_squared_norm(now - value), half_squared_norm(value))
        ended = time.monotonic()
        self.step = kept_at
        self._pace.done(ended, ended - began)

    def keep(self, rows: list[GradientRow], sources: list[Any], step: int, now: float) -> None:
        """Keeps the weights of ``sources`` in ``step`` until the next step, where the last time is long enough ago."""
        if not self._pace.is_due(now):
            return
        self.kept_at = step
        for row, source in zip(rows, sources, strict=True):
            if row.kind != "none" and is_variable(source):
                value = tensor_of_variable(source)
                if value is not None:
                    self._before.append(_Before(row.name, source, value))

    def let_go(self) -> None:
        """Of the weights that are kept."""
        self._before, self.kept_at = [], None

    def resolved(self) -> dict[str, float]:
        """The latest ratio of each variable, by name. A variable of zeros has none."""
        ratios: dict[str, float] = {}
        for name, (changed, whole) in self._halves.items():
            before = float(whole)
            if before > 0:
                ratios[name] = math.sqrt(float(changed) / before)
        return ratios

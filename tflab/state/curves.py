"""The curves of a session: which metrics there are, and the values of each over its steps or epochs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from tflab.protocol.events import MetricScope, MetricsLogged, MetricSource, Site
from tflab.state.terminal_text import plain

if TYPE_CHECKING:
    from tflab.state.series import Series

MOST_CURVES: Final = 64
"""Metrics beyond this number are not kept: names that a loop makes up would else fill the memory."""


class CurveKey(NamedTuple):
    """What makes two batches of values one curve."""

    name: str
    source: MetricSource
    scope: MetricScope
    site: Site | None


@dataclass
class Curve:
    """One metric."""

    key: CurveKey
    series: Series
    label: str
    """The metric's name, with the line of the gradient call where two calls share a name."""
    earlier: Series | None = None
    """The values of the run before, where the steps have begun anew."""
    missed: int = 0
    """Steps that were overwritten before they could be read."""

    @property
    def group(self) -> str:
        """Curves of one group share a drawing: a metric and its validation twin."""
        return self.key.name.removeprefix("val_")


@dataclass
class Curves:
    """All curves in the order in which they appeared."""

    version: int = 0
    left_out: int = 0
    """Metrics beyond `MOST_CURVES`."""
    _curves: dict[CurveKey, Curve] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._curves)

    def __iter__(self) -> Iterator[Curve]:
        return iter(self._curves.values())

    def log(self, event: MetricsLogged) -> None:
        """Adds a batch of values; steps that begin anew begin a new run of the curve."""
        if not event.steps:
            return
        key = CurveKey(plain(event.name), event.source, event.scope, event.site)
        curve = self._curves.get(key)
        if curve is None:
            if len(self._curves) >= MOST_CURVES:
                self.left_out += 1
                return
            curve = self._curves[key] = Curve(key, _series(), key.name)
            self._name_apart(key.name)
        curve.missed += event.missed
        begin = 0
        for index, (before, after) in enumerate(pairwise(event.steps), start=1):
            if after <= before:
                _extend(curve, event, begin, index)
                begin = index
        _extend(curve, event, begin, len(event.steps))
        self.version += 1

    def last_step(self) -> int | None:
        """The highest step that any curve over steps has reached; None where there is none."""
        return max((curve.series.last_step for curve in self if curve.key.scope == "step"), default=None)

    def groups(self) -> dict[tuple[MetricScope, str], list[Curve]]:
        """The curves by drawing, those over steps first."""
        found: dict[tuple[MetricScope, str], list[Curve]] = {}
        for scope in ("step", "epoch"):
            for curve in self:
                if curve.key.scope == scope:
                    found.setdefault((curve.key.scope, curve.group), []).append(curve)
        return found

    def _name_apart(self, name: str) -> None:
        same = [curve for curve in self if curve.key.name == name]
        for scope in ("step", "epoch"):
            alike = [curve for curve in same if curve.key.scope == scope]
            if len(alike) > 1:
                for curve in alike:
                    site = curve.key.site
                    curve.label = f"{name}:{site.line}" if site else f"{name} ({curve.key.source})"


def _series() -> Series:
    # NumPy is imported when there is something to draw, not before the first paint.
    from tflab.state.series import Series

    return Series()


def _extend(curve: Curve, event: MetricsLogged, begin: int, end: int) -> None:
    steps, values = event.steps[begin:end], event.values[begin:end]
    if curve.series.count and steps[0] <= curve.series.last_step:
        curve.earlier, curve.series = curve.series, _series()
    curve.series.extend(steps, values)

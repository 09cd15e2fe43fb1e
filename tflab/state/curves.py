"""The curves of a session: which metrics there are, and the values of each over its steps or epochs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from tflab.protocol.events import MetricScope, MetricsLogged, MetricSource
from tflab.state.clock import Moment, StepClock
from tflab.state.places import Place, place_of
from tflab.state.terminal_text import plain

if TYPE_CHECKING:
    from tflab.state.series import Series

FURTHEST_STEP: Final = 2**48
"""Nobody trains for so long; far beyond it two steps would be the same number."""
MOST_CURVES: Final = 64
"""Metrics beyond this number are not kept: names that a loop makes up would else fill the memory."""


class CurveKey(NamedTuple):
    """What makes two batches of values one curve."""

    name: str
    source: MetricSource
    scope: MetricScope
    place: Place | None


class Track(NamedTuple):
    """The values of one metric in one run, and when each was logged."""

    scope: MetricScope
    series: Series
    clock: StepClock
    epochs: StepClock | None = None
    """When the epochs of that run ended, for a metric over steps; None where nothing counts epochs."""


class GroupKey(NamedTuple):
    """What makes two curves share a drawing: a metric and its validation twin of one loop."""

    scope: MetricScope
    stem: str
    file: str
    """Of the place; empty where there is none."""


@dataclass
class Curve:
    """One metric."""

    key: CurveKey
    series: Series
    cell: int | None
    """The cell that ran when it was logged last."""
    run: int
    """The run of a cell that logged it last, by `Curves.run`."""
    clock: StepClock = field(default_factory=StepClock)
    """When its steps were reached."""
    began: float = 0.0
    """When the run began that logged its first value, Unix seconds."""
    earlier: Track | None = None
    """The values of the run before, where the steps have begun anew."""
    before: int = 0
    """Values that its series held when the run began that logged it last."""
    missed: int = 0
    """Steps that were overwritten before they could be read."""
    stale: bool = False
    """Its cell has been started anew and has not logged it yet."""

    def track(self, epochs: StepClock | None = None) -> Track:
        """Its values now; ``epochs`` are those of its run."""
        return Track(self.key.scope, self.series, self.clock, epochs if self.key.scope == "step" else None)

    @property
    def group(self) -> GroupKey:
        """The drawing that it belongs to."""
        place = self.key.place
        return GroupKey(self.key.scope, self.key.name.removeprefix("val_"), place.file if place else "")

    def moment(self, step: int) -> Moment:
        """The moment at which ``step`` was reached."""
        place = self.key.place if self.key.source == "tape" else None
        return Moment(self.key.scope, step, self.clock.time_of(step), place)


@dataclass
class Curves:
    """All curves in the order in which they appeared."""

    version: int = 0
    left_out: int = 0
    """Metrics beyond `MOST_CURVES`."""
    run: int = 0
    """Counts the runs of cells."""
    began: float = 0.0
    """When the latest run began, Unix seconds."""
    _curves: dict[CurveKey, Curve] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._curves)

    def __iter__(self) -> Iterator[Curve]:
        return iter(self._curves.values())

    def begin(self, cell: int | None, time: float = 0.0) -> None:
        """``cell`` is run, perhaps once more: what it logs now takes the place of what it logged before."""
        self.run += 1
        self.began = time
        for curve in self:
            curve.stale = curve.stale or curve.cell == cell
            curve.before = curve.series.count

    def renumber(self, moved: Mapping[int, int]) -> None:
        """The cells have other numbers: ``moved`` has the new one of each that is still there, by the old."""
        for curve in self:
            curve.cell = None if curve.cell is None else moved.get(curve.cell)

    def log(self, event: MetricsLogged) -> None:
        """Adds a batch of values; steps that begin anew begin a new run of the curve."""
        if not event.steps or max(map(abs, event.steps)) > FURTHEST_STEP:
            return
        place = place_of(event.site) if event.site is not None else None
        key = CurveKey(plain(event.name), event.source, event.scope, place)
        curve = self._curves.get(key) or self._take_over(key)
        if curve is None:
            if len(self._curves) >= MOST_CURVES:
                self.left_out += 1
                return
            curve = self._curves[key] = Curve(key, _series(), event.cell, self.run, began=self.began)
        curve.cell, curve.run, curve.stale = event.cell, self.run, False
        curve.missed += event.missed
        begin = 0
        for index, (before, after) in enumerate(pairwise(event.steps), start=1):
            if after <= before:
                self._extend(curve, event, begin, index)
                begin = index
        self._extend(curve, event, begin, len(event.steps))
        self.version += 1

    def of_this_run(self) -> list[Curve]:
        """The curves that the run that began last has added to."""
        return [curve for curve in self if curve.run == self.run and curve.series.count > curve.before]

    def epochs(self, run: int) -> StepClock | None:
        """When the epochs of a run ended; None where nothing counted any."""
        counted = [curve for curve in self if curve.run == run and curve.key.scope == "epoch"]
        return max(counted, key=lambda curve: curve.series.count).clock if counted else None

    def last_step(self) -> int | None:
        """The highest step that the latest run has reached; None where it has no curve over steps."""
        latest = self._latest()
        steps = [curve.series.last_step for curve in self if curve.key.scope == "step" and curve.run == latest]
        return max(steps, default=None)

    def groups(self, everything: bool = False) -> dict[GroupKey, list[Curve]]:
        """The curves by drawing, those over steps first: of the latest run that logged any, or of all runs."""
        latest = self._latest()
        found: dict[GroupKey, list[Curve]] = {}
        for scope in ("step", "epoch"):
            for curve in sorted(self, key=lambda curve: -curve.run):
                if curve.key.scope == scope and (everything or curve.run == latest):
                    found.setdefault(curve.group, []).append(curve)
        return found

    def _extend(self, curve: Curve, event: MetricsLogged, begin: int, end: int) -> None:
        steps, values = event.steps[begin:end], event.values[begin:end]
        if curve.series.count and steps[0] <= curve.series.last_step:
            curve.earlier = curve.track()
            curve.series, curve.clock, curve.before, curve.began = _series(), StepClock(), 0, self.began
        curve.series.extend(steps, values)
        curve.clock.note(steps[0], steps[-1], event.time)

    def _latest(self) -> int:
        return max((curve.run for curve in self), default=0)

    def _take_over(self, key: CurveKey) -> Curve | None:
        """The curve of the run before whose line has moved because its cell was edited."""
        for known, curve in self._curves.items():
            if (
                curve.stale
                and key.place is not None
                and known.place is not None
                and known._replace(place=None) == key._replace(place=None)
                and known.place.file == key.place.file
            ):
                del self._curves[known]
                curve.key = key
                self._curves[key] = curve
                return curve
        return None


def _series() -> Series:
    # NumPy is imported when there is something to draw, not before the first paint.
    from tflab.state.series import Series

    return Series()

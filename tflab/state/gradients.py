"""What each call of ``GradientTape.gradient`` gave, now and over the last steps."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from tflab.protocol.gradient_events import DerivativeKind, GradientRecord, GradientsRecorded
from tflab.state.clock import Moment
from tflab.state.places import Place, place_of

MOST_SITES: Final = 32
KEPT_RECORDS: Final = 20_000
"""Gradient records that a site keeps, over all its variables: memory stays bounded however large the model."""


def derivative_of(event: GradientsRecorded) -> DerivativeKind:
    """What the call took: of the blocks of a Hessian the Hessian itself."""
    kinds = [record.derivative for record in event.gradients]
    return "hessian" if "hessian" in kinds else next(iter(kinds), "gradient")


@dataclass
class GradientSite:
    """One call of ``gradient`` in the learner's code."""

    place: Place
    cell: int | None = None
    """The cell that ran when it was recorded last."""
    run: int = 0
    """The run of a cell that recorded it last, by `GradientSites.run`."""
    stale: bool = False
    """Its cell has been started anew and has not come here yet."""
    history: deque[GradientsRecorded] = field(default_factory=deque)
    """Oldest first, by ascending step."""

    @property
    def latest(self) -> GradientsRecorded:
        """The gradients of the last recorded step."""
        return self.history[-1]

    def at(self, moment: Moment | None) -> GradientsRecorded:
        """The gradients recorded at ``moment`` or last before it; the latest for None."""
        return self.latest if moment is None else self.history[max(0, self._count_up_to(moment) - 1)]

    def norms(self, index: int, count: int, moment: Moment | None = None) -> list[float | None]:
        """The norms of variable ``index`` in the last ``count`` records up to ``moment``, oldest first."""
        end = len(self.history) if moment is None else self._count_up_to(moment)
        events = list(islice(self.history, max(0, end - count), end))
        return [event.gradients[index].norm if index < len(event.gradients) else None for event in events]

    def _count_up_to(self, moment: Moment) -> int:
        """How many records lie at or before ``moment``: by step on the call's own loss, else by time."""
        if moment.place == self.place:
            return bisect_right([event.step for event in self.history], moment.step)
        return bisect_right([event.time for event in self.history], moment.time)

    def record(self, event: GradientsRecorded) -> None:
        """Adds the gradients of a step; steps that begin anew forget the ones before."""
        if self.history and event.step < self.latest.step:
            self.history.clear()
        elif self.history and event.step == self.latest.step:
            self.history.pop()
        self.history.append(event)
        most = max(2, KEPT_RECORDS // max(1, len(event.gradients)))
        while len(self.history) > most:
            self.history.popleft()


@dataclass
class GradientSites:
    """All calls, those of the latest run first."""

    version: int = 0
    run: int = 0
    """Counts the runs of cells."""
    _sites: dict[Place, GradientSite] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._sites)

    def __iter__(self) -> Iterator[GradientSite]:
        return iter(sorted(self._sites.values(), key=lambda site: -site.run))

    def renumber(self, moved: Mapping[int, int]) -> None:
        """The cells have other numbers: ``moved`` has the new one of each that is still there, by the old."""
        for site in self:
            site.cell = None if site.cell is None else moved.get(site.cell)

    def begin(self, cell: int | None) -> None:
        """``cell`` is run, perhaps once more: what it records now takes the place of what it recorded before."""
        self.run += 1
        for site in self._sites.values():
            site.stale = site.stale or site.cell == cell

    def record(self, event: GradientsRecorded) -> None:
        """Adds what one call gave."""
        place = place_of(event.site)
        known = self._sites.get(place)
        if known is None:
            # In an edited cell the call may stand in another line.
            for other in [site.place for site in self._sites.values() if site.stale and site.place.file == place.file]:
                del self._sites[other]
            if len(self._sites) >= MOST_SITES:
                del self._sites[next(iter(self._sites))]
            known = self._sites[place] = GradientSite(place)
        known.cell, known.run, known.stale = event.cell, self.run, False
        known.record(event)
        self.version += 1

    def missing(self) -> list[GradientRecord]:
        """The gradients that are None, of the calls of the latest run."""
        latest = max((site.run for site in self._sites.values()), default=0)
        sites = [site for site in self if site.run == latest]
        return [record for site in sites for record in site.latest.gradients if record.kind == "none"]

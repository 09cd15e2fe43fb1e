"""What the probes saw of the cell that is being judged: the facts behind claims about traces, gradients and losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tflab import lab
from tflab.protocol.events import Event, FunctionTraced, MetricsLogged, ProblemFound, Site
from tflab.protocol.gradient_events import GradientsRecorded

_KEPT = (GradientsRecorded, MetricsLogged, ProblemFound)


class Observations(Protocol):
    """What claims ask for."""

    def traces(self, function: Any) -> list[FunctionTraced]:
        """Every trace of ``function`` so far."""

    def gradients(self) -> list[GradientsRecorded]:
        """The last gradients of each call site, the latest last."""

    def gradient_calls(self) -> int:
        """How often a gradient was taken."""

    def losses(self) -> list[float]:
        """The losses of the call site that took a gradient last; oldest first."""

    def metric(self, name: str) -> list[float]:
        """The values of a metric; oldest first."""

    def problems(self) -> list[ProblemFound]:
        """The problems that were found."""


class RunObservations:
    """What happened since the programme started: what ``tflab.lab`` answers. For `check` outside a check."""

    def traces(self, function: Any) -> list[FunctionTraced]:
        return lab.traces(function)

    def gradients(self) -> list[GradientsRecorded]:
        return lab.gradients()

    def gradient_calls(self) -> int:
        return sum(record.step + 1 for record in lab.gradients())

    def losses(self) -> list[float]:
        return lab.losses()

    def metric(self, name: str) -> list[float]:
        """No metric is kept outside a check."""
        return []

    def problems(self) -> list[ProblemFound]:
        """No problem is kept outside a check."""
        return []


class CellObservations:
    """What happened in one cell and in the check of it; everything earlier is left out.

    Traces are counted since the function was made, wherever that was. ``flush`` makes the probes tell what they know.
    """

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._events: list[Event] = []
        self._calls_before: dict[Site, int] = {}

    def record(self, event: Event) -> None:
        """Takes notice of an event; any thread may call it."""
        if isinstance(event, _KEPT):
            self._events.append(event)

    def cell_starts(self) -> None:
        """The cell that is about to run is the one in question, until another one starts."""
        for event in self._events:
            if isinstance(event, GradientsRecorded):
                self._calls_before[event.site] = event.step + 1
        self._events.clear()

    def traces(self, function: Any) -> list[FunctionTraced]:
        return lab.traces(function)

    def gradients(self) -> list[GradientsRecorded]:
        latest: dict[Site, GradientsRecorded] = {}
        for event in self._all(GradientsRecorded):
            latest.pop(event.site, None)
            latest[event.site] = event
        return list(latest.values())

    def gradient_calls(self) -> int:
        return sum(event.step + 1 - self._calls_before.get(event.site, 0) for event in self.gradients())

    def losses(self) -> list[float]:
        events = [event for event in self._all(MetricsLogged) if event.source == "tape"]
        return [value for event in events if event.site == events[-1].site for value in event.values]

    def metric(self, name: str) -> list[float]:
        events = [event for event in self._all(MetricsLogged) if event.name == name]
        # Keras reports an average within the epoch, and the epoch's own: the last of the coarser ones counts.
        if any(event.scope == "epoch" for event in events):
            events = [event for event in events if event.scope == "epoch"]
        return [value for event in events for value in event.values]

    def problems(self) -> list[ProblemFound]:
        return self._all(ProblemFound)

    def _all(self, kind: type[Any]) -> list[Any]:
        self._flush()
        return [event for event in tuple(self._events) if isinstance(event, kind)]

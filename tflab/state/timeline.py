"""When and why tf.functions were traced, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tflab.protocol.events import FunctionTraced, Site
from tflab.protocol.trace_events import CallsCounted, CaptureOutdated
from tflab.state.clock import Moment
from tflab.state.places import FunctionKey, Place, place_of

MOST_TRACES: Final = 2000
MOST_FUNCTIONS: Final = 500
MOST_OUTDATED: Final = 100


@dataclass
class TracedTotals:
    """What one function has cost so far, over all its traces, and what they were good for."""

    function: str
    place: Place
    """Where it is defined."""
    traces: int = 0
    milliseconds: float = 0.0
    """Spent tracing."""
    operations: int = 0
    """Of the latest graph."""
    calls: int | None = None
    """From eager code; None where none was counted, as inside Keras's ``fit``."""
    hits: int | None = None
    """Of these, served by an earlier trace."""


@dataclass
class Timeline:
    """The traces of a session, oldest first."""

    version: int = 0
    traces: deque[FunctionTraced] = field(default_factory=lambda: deque(maxlen=MOST_TRACES))
    total: int = 0
    retraces: int = 0
    """Traces beyond the first of their function, and of functions that were made anew at each call."""
    milliseconds: float = 0.0
    """Spent tracing, in all."""
    functions: dict[FunctionKey, TracedTotals] = field(default_factory=dict)
    outdated: list[CaptureOutdated] = field(default_factory=list)
    """Values that a trace goes by although they have changed, oldest first."""

    def record(self, event: FunctionTraced) -> None:
        """Adds a trace."""
        self.traces.append(event)
        self.total += 1
        self.retraces += event.ordinal > 1 or event.cause == "new_function"
        self.milliseconds += event.milliseconds
        totals = self._totals((event.function, place_of(Site(file=event.file, line=event.line or 0))))
        totals.traces += 1
        totals.milliseconds += event.milliseconds
        totals.operations = event.operations
        self.version += 1

    def count(self, event: CallsCounted) -> None:
        """Takes over how often functions were called."""
        for one in event.functions:
            totals = self._totals((one.function, place_of(Site(file=one.file, line=one.line or 0))))
            totals.calls, totals.hits = one.calls, one.hits
        self.version += 1

    def note_outdated(self, event: CaptureOutdated) -> None:
        """A trace goes by a value that has changed; in each run that meets it anew."""
        told = {(known.function, known.file, known.line, known.name): known.current for known in self.outdated}
        is_new = told.get((event.function, event.file, event.line, event.name)) != event.current
        if is_new and len(self.outdated) < MOST_OUTDATED:
            self.outdated.append(event)
            self.version += 1

    def _totals(self, key: FunctionKey) -> TracedTotals:
        if key not in self.functions and len(self.functions) >= MOST_FUNCTIONS:
            del self.functions[next(iter(self.functions))]
        return self.functions.setdefault(key, TracedTotals(*key))

    def dearest(self) -> list[TracedTotals]:
        """The functions that were traced, those first on which most time was spent."""
        traced = [totals for totals in self.functions.values() if totals.traces]
        return sorted(traced, key=lambda totals: -totals.milliseconds)

    def up_to(self, moment: Moment | None) -> Sequence[FunctionTraced]:
        """The traces that were made by ``moment``; all for None."""
        return [trace for trace in self.traces if moment is None or trace.time <= moment.time]

    @property
    def dropped(self) -> int:
        """Traces that were so many that the oldest are not kept."""
        return self.total - len(self.traces)

"""What the probes saw: each event goes on to the session, and what ``tflab.lab`` may ask for is kept."""

from __future__ import annotations

import threading
from array import array
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

from tflab.messages import text
from tflab.protocol.events import Event, MetricsLogged, ProbeDisabled, Site
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.protocol.server import RecorderDoor
from tflab.session.probes.cell_runs import CellRuns

Emit = Callable[[Event], None]

KEPT_LOSSES: Final = 1_000_000
"""Steps of one call site whose losses are kept in the session, the latest ones."""


TOLERATED_FAULTS: Final = 20
"""Failures of one probe after which its panel is told; before that they may be the throes of an interrupted cell."""


class Journal:
    """Where probes put their events.

    ``cell`` is the cell that runs, None between cells; ``run`` counts the cells run so far, so that two runs of one
    cell differ. Any thread may write.
    """

    def __init__(self) -> None:
        self.cell: int | None = None
        self.run = 0
        self.is_recorded = False
        """Whether the operations of the cell that runs are recorded."""
        self.recorder: RecorderDoor = "none"
        """How a person comes to a recorded run."""
        self.cells = CellRuns()
        self.namespace: dict[str, Any] = {}
        self.settle: Callable[[str], None] = lambda probe: None
        """Makes one probe send all that it has noted by now."""
        self.gradient_taken: Callable[[Any, FrameType], None] = lambda call, caller: None
        """Hears of a `GradientCall`, with the frame that made it: of the first at its place in eager code and of
        each that is traced."""
        self._emit: Emit | None = None
        self._lock = threading.Lock()
        self._losses: dict[Site | None, array[float]] = {}
        self._latest_site: Site | None = None
        self._latest_step: int | None = None
        self._next_step: tuple[Site | None, int] = (None, 0)
        self._run_of_step = 0
        self._gradients: dict[Site, GradientsRecorded] = {}
        self._copies: list[Emit] = []
        self._watchers: list[Emit] = []
        self._faults: Counter[str] = Counter()

    def open(self, emit: Emit, namespace: dict[str, Any]) -> None:
        """Events go to ``emit`` from now on, and what was kept before is dropped; ``namespace`` is where the
        learner's names live."""
        self._emit = emit
        self.namespace = namespace
        with self._lock:
            self._losses.clear()
            self._gradients.clear()
            self._latest_site = self._latest_step = None

    @property
    def is_open(self) -> bool:
        """Whether there is anybody to tell: otherwise the probes leave the program alone."""
        return self._emit is not None

    def close(self) -> None:
        """Events go nowhere from now on."""
        self._emit = None

    def copy_to(self, emit: Emit) -> Callable[[], None]:
        """Gives every event to ``emit``, too, until the function returned is called."""
        self._copies.append(emit)
        return lambda: self._copies.remove(emit)

    def watch(self, note: Emit) -> Callable[[], None]:
        """Gives every event to ``note`` before it is sent, until the function returned is called."""
        self._watchers.append(note)
        return lambda: self._watchers.remove(note)

    def write(self, event: Event) -> None:
        """Keeps ``event`` and sends it on. May block where the reader is slow."""
        self._keep(event)
        for note in tuple(self._watchers):
            note(event)
        for copy in tuple(self._copies):
            copy(event)
        if self._emit is not None:
            self._emit(event)

    def _keep(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, MetricsLogged) and event.source == "tape":
                self._latest_site, self._latest_step = event.site, event.steps[-1]
                self._next_step, self._run_of_step = (event.site, event.steps[-1] + 1), self.run
                losses = self._losses.setdefault(event.site, array("d"))
                if event.steps[0] == 0:
                    # The code was defined anew, and counts anew.
                    del losses[:]
                losses.extend(event.values)
                if len(losses) > 2 * KEPT_LOSSES:
                    del losses[:-KEPT_LOSSES]
            elif isinstance(event, GradientsRecorded):
                # The latest last, as a caller of `gradients` reads them.
                self._gradients.pop(event.site, None)
                self._gradients[event.site] = event

    def note_fault(self, probe: str, error: Exception) -> None:
        """A probe has failed. The learner's program never notices; after many failures the panel is told."""
        self._faults[probe] += 1
        if self._faults[probe] == TOLERATED_FAULTS:
            told = f"{type(error).__name__}: {error}"
            self.write(ProbeDisabled(cell=self.cell, probe=probe, reason=text("probe.broken", error=told[:200])))

    def is_broken(self, probe: str) -> bool:
        """Whether the probe has failed too often to go on."""
        return self._faults[probe] >= TOLERATED_FAULTS

    def losses(self, line: int | None = None) -> list[float]:
        """The kept losses of the call site on ``line``, or of the one that ran last; oldest first."""
        with self._lock:
            site = self._latest_site
            if line is not None:
                site = next((known for known in reversed(self._losses) if known and known.line == line), None)
            return list(self._losses.get(site, ()))

    def next_step(self) -> tuple[Site | None, int]:
        """The call site that took a gradient last in the cell that runs, and the number of its next step; None and 0
        where none has."""
        with self._lock:
            return self._next_step if self._run_of_step == self.run else (None, 0)

    def latest_step(self) -> int | None:
        """The last step whose loss was logged, of the call site that ran last; None before the first."""
        with self._lock:
            return self._latest_step

    def gradients(self) -> list[GradientsRecorded]:
        """The latest record of each call site, the latest last."""
        with self._lock:
            return list(self._gradients.values())

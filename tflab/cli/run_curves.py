"""Keeps the curves of ``tflab run``, as the lab does."""

from __future__ import annotations

from tflab.curriculum.kept_runs import KeptRuns
from tflab.protocol.events import CellStarted, Event, MetricsLogged
from tflab.state.curves import Curves
from tflab.ui.run_keeper import RunKeeper


class RunCurves:
    """Draws nothing: gathers curves, and hands each cell's to the kept runs when the cell ends."""

    def __init__(self, title: str) -> None:
        """``title`` says what file runs."""
        self._runs = KeptRuns()
        self._curves = Curves()
        self._keeper = RunKeeper(self._runs, lambda: title)

    def write(self, event: Event) -> None:
        """Takes an event."""
        if isinstance(event, CellStarted):
            self._curves.begin(event.cell, event.time)
        elif isinstance(event, MetricsLogged):
            self._curves.log(event)
        self._keeper.follow(event, self._curves)

    def finish(self) -> str:
        """Waits until everything is kept; one line for people where it is not."""
        self._runs.flush()
        return self._runs.trouble

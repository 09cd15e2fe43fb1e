"""Chooses the kept runs that lie beneath the curves, and writes the curves to files, for screens that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tflab.curriculum.kept_runs import KeptRun, KeptRuns
from tflab.ui import curve_comparison
from tflab.ui.screens.runs_screen import RunsScreen

if TYPE_CHECKING:
    from tflab.ui.panels.curves_panel import CurvesPanel
    from tflab.ui.panels.inspector import Inspector


def choose_runs(screen: Screen[Any], runs: KeptRuns, inspector: Inspector) -> None:
    """Shows the kept runs, then those chosen beneath the curves."""

    def compare(chosen: Sequence[KeptRun] | None) -> None:
        if chosen is not None:
            screen.run_worker(_compare(screen, runs, chosen, inspector), group="runs", exclusive=True)

    # The run that has just ended may still be on its way to the disk.
    runs.flush(1.0)
    screen.app.push_screen(RunsScreen(runs, [run.id for run in inspector.compared]), compare)


async def _compare(screen: Screen[Any], runs: KeptRuns, chosen: Sequence[KeptRun], inspector: Inspector) -> None:
    found, faults = await curve_comparison.load(runs, chosen)
    inspector.compare(found)
    for fault in faults:
        screen.notify(fault, severity="warning")


async def write_curves(screen: Screen[Any], wanted: CurvesPanel.WriteWanted) -> None:
    """Writes the drawings in sight to the file that was named."""
    done, line = await curve_comparison.write(wanted.charts, wanted.looks, wanted.path)
    screen.notify(line, severity="information" if done else "error", timeout=6)

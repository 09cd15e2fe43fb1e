"""What the Curves panel cannot do by itself: kept runs beneath its curves, and files with them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tflab.curriculum.kept_files import DamagedFile
from tflab.curriculum.kept_runs import KeptRun, KeptRuns
from tflab.messages import text
from tflab.ui.compared_runs import ComparedRun, compared
from tflab.ui.run_files import UnknownForm, export_curves

if TYPE_CHECKING:
    from tflab.curriculum.event_files import ScalarCurve
    from tflab.ui.curve_picture import Plot
    from tflab.ui.panels.curve_charts import Chart
    from tflab.ui.panels.curve_looks import CurveLooks

_MOST_VALUES: Final = 1 << 24
"""Values of one curve that a CSV holds; of more, the extremes of each stretch."""


async def load(runs: KeptRuns, chosen: Sequence[KeptRun]) -> tuple[list[ComparedRun], list[str]]:
    """The curves of the chosen runs, and a line for each that cannot be read. Reads in threads of their own."""
    found: list[ComparedRun] = []
    faults: list[str] = []
    for run in chosen:
        try:
            found.append(await asyncio.to_thread(_read, runs, run))
        except (DamagedFile, OSError):
            faults.append(text("runs.damaged", id=run.name or run.id))
    return found, faults


async def write(charts: Sequence[Chart], looks: CurveLooks, path: str) -> tuple[bool, str]:
    """Writes the drawings in sight to a file; whether it could be done, and a line that says so."""
    target = Path(path).expanduser()
    try:
        await asyncio.to_thread(export_curves, target, lambda: _values(charts), lambda: _plots(charts, looks))
    except UnknownForm as error:
        return False, str(error)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return False, text("runs.not_written", path=target, reason=reason)
    return True, text("runs.curves_written", path=target)


def _values(charts: Sequence[Chart]) -> list[ScalarCurve]:
    import numpy as np

    from tflab.curriculum.event_files import ScalarCurve

    values = []
    for chart in charts:
        for curve in chart.curves:
            steps, heights = curve.series.sample(0, _MOST_VALUES)
            times = np.interp(steps, curve.clock.steps, curve.clock.times)
            values.append(ScalarCurve(f"{curve.key.scope}/{curve.key.name}", steps, heights, times))
    return values


def _plots(charts: Sequence[Chart], looks: CurveLooks) -> list[Plot]:
    from tflab.ui.curve_picture import Plot

    return [
        Plot(chart.title, chart.axis, chart.lines, looks.view(chart.group, chart.axis), looks.smoothing)
        for chart in charts
    ]


def _read(runs: KeptRuns, run: KeptRun) -> ComparedRun:
    return compared(run, runs.load(run))

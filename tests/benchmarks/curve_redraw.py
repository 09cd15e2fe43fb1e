"""One redraw of a curve of a thousand, and of ten million values: processor time, in turn."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tests.benchmarks.measuring import median, show
from tests.benchmarks.others import command_of
from tflab.state.clock import StepClock
from tflab.state.curves import Track
from tflab.state.series import Series
from tflab.ui.widgets.curve_drawing import Line, Look, draw
from tflab.ui.widgets.curve_view import CurveView

SIZES = (1_000, 100_000, 10_000_000)
OTHER_SIZES = (1_000, 100_000)
"""Other libraries take too long beyond."""
ROUNDS = 60
LOOKS: Mapping[str, Look] = {
    "by step": Look(),
    "by time": Look(axis="time"),
    "means above the raw line": Look(smoothing=0.06),
}


def curve(count: int) -> Line:
    """A noisy falling curve, in batches as a session sends them."""
    series, clock = Series(), StepClock()
    noise = np.random.default_rng(1).normal(size=100_000)
    for start in range(0, count, 100_000):
        steps = np.arange(start, min(count, start + 100_000))
        series.extend(steps, 1 / np.sqrt(1 + steps) + 0.01 * noise[: len(steps)])
        clock.note(int(steps[0]), int(steps[-1]), 1000.0 + float(steps[-1]) / 1000)
    return Line("", Track("step", series, clock), "curve0")


def run() -> None:
    """Prints the median redraw at 140x34, and its ratio to that of a thousand values."""
    lines = {count: curve(count) for count in SIZES}
    taken_by_us: dict[int, list[float]] = {}
    for name, look in LOOKS.items():
        taken: dict[int, list[float]] = {count: [] for count in SIZES}
        taken_by_us = taken_by_us or taken
        for round_ in range(ROUNDS + 3):
            for count, line in lines.items():
                begin = time.process_time()
                draw([line], CurveView(), 140, 34, title="loss", look=look)
                if round_ >= 3:
                    taken[count].append((time.process_time() - begin) * 1000)
        for count in SIZES:
            ratio = None if count == SIZES[0] else median(taken[count]) / median(taken[SIZES[0]])
            budget = "budget 1.1x" if count == SIZES[-1] else ""
            show(f"redraw {name}, {count:,} values", median(taken[count]), "ms", ratio, budget)
    series = lines[SIZES[-1]].track.series
    added = np.arange(SIZES[-1], SIZES[-1] + 50)
    begin = time.process_time()
    for _ in range(2000):
        series.extend(added, np.ones(50))
        added = added + 50
    show("appending 50 values to ten million", (time.process_time() - begin) / 2000 * 1e6, "us")
    for library in ("textual-plot", "textual-plotext"):
        if (python := command_of(library)) is not None:
            program = [*python, str(Path(__file__).parent / "programs" / "other_plots.py"), library]
            found = subprocess.run([*program, *map(str, OTHER_SIZES)], capture_output=True, text=True, check=True)
            ours = median(taken_by_us[OTHER_SIZES[0]])
            for count, milliseconds in json.loads(found.stdout).items():
                show(f"redraw with {library}, {int(count):,} values, to ours", milliseconds, "ms", milliseconds / ours)

"""Redraws a curve with another library: ``python other_plots.py textual-plot|textual-plotext [POINTS ...]``.

For a Python that has that library and not tflab; prints a line of JSON: milliseconds of processor time by points.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from typing import Any

from textual.app import App, ComposeResult
from textual.geometry import Region

ROUNDS = 7


def _widget(library: str) -> Any:
    if library == "textual-plot":
        from textual_plot import PlotWidget  # type: ignore[import-not-found]

        return PlotWidget()
    from textual_plotext import PlotextPlot  # type: ignore[import-not-found]

    return PlotextPlot()


def _draw(library: str, widget: Any, steps: list[int], values: list[float]) -> None:
    if library == "textual-plot":
        widget.clear()
        widget.plot(steps, values)
    else:
        widget.plt.clear_data()
        widget.plt.plot(steps, values)
        widget.refresh()


async def _measure(library: str, sizes: list[int]) -> dict[int, float]:
    widget = _widget(library)

    class Plot(App[None]):
        def compose(self) -> ComposeResult:
            yield widget

    taken: dict[int, list[float]] = {size: [] for size in sizes}
    app = Plot()
    async with app.run_test(size=(140, 34)) as pilot:
        for round_ in range(ROUNDS + 1):
            for size in sizes:
                steps = list(range(size))
                values = [(1 + step) ** -0.5 + 0.01 * ((step * 7919) % 101) / 101 for step in steps]
                await pilot.pause()
                begin = time.process_time()
                _draw(library, widget, steps, values)
                await pilot.pause()
                widget.render_lines(Region(0, 0, *widget.size))
                if round_:
                    taken[size].append((time.process_time() - begin) * 1000)
    return {size: statistics.median(each) for size, each in taken.items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(sys.argv[1], [int(word) for word in sys.argv[2:]]))))

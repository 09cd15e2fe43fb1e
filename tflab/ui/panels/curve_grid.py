"""Lays out the drawings of several metrics side by side and below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tflab.messages import text
from tflab.ui.panels.curve_charts import Chart
from tflab.ui.panels.curve_looks import CurveLooks
from tflab.ui.widgets.curve_drawing import Drawing, Look, blank, draw
from tflab.ui.widgets.rows import Row, fit

_SMALLEST = (36, 7)
"""Cells that a drawing needs to say anything."""


@dataclass(frozen=True)
class Placed:
    """A drawing and where it is."""

    left: int
    top: int
    chart: Chart
    drawing: Drawing


def draw_grid(
    charts: Sequence[Chart], looks: CurveLooks, width: int, height: int, *, focused: bool
) -> tuple[list[Row], list[Placed]]:
    """The rows of all drawings that fit in ``width`` by ``height`` cells, and where each is."""
    shown, across = grid(len(charts), looks.chosen, looks.alone, width, height)
    down = -(-len(shown) // across)
    note: Row = []
    if len(shown) < len(charts):
        note = fit([(text("ui.curves.more", shown=len(shown), total=len(charts)), "muted")], width)
    room = height - bool(note)
    rows: list[Row] = []
    placed: list[Placed] = []
    for line in range(down):
        tall = room // down + (line < room % down)
        band: list[Row] = [[] for _ in range(tall)]
        left = 0
        members = shown[line * across : (line + 1) * across]
        for place, index in enumerate(members):
            wide = (width - left) // (len(members) - place)
            chart = charts[index]
            look = Look(
                axis=chart.axis,
                cursor=looks.cursor[1] if looks.cursor and looks.cursor[0] == chart.axis else None,
                smoothing=looks.smoothing,
                chosen=len(charts) > 1 and index == looks.chosen and focused,
            )
            drawing = draw(
                chart.lines,
                looks.view(chart.group, chart.axis),
                wide - (place < len(members) - 1),
                tall,
                title=chart.title,
                look=look,
                marks=chart.marks,
            )
            placed.append(Placed(left, len(rows), chart, drawing))
            for y, row in enumerate(drawing.rows[:tall]):
                band[y] += blank(wide, row)
            left += wide
        rows += band
    return ([*rows, note] if note else rows), placed


def grid(count: int, chosen: int, alone: bool, width: int, height: int) -> tuple[Sequence[int], int]:
    """Which of ``count`` drawings fit, ``chosen`` among them, and how many go side by side."""
    if alone or count == 1:
        return [chosen], 1
    across = max(1, min(count, width // _SMALLEST[0], 3))
    down = max(1, min(-(-count // across), height // _SMALLEST[1]))
    across = -(-count // down) if -(-count // down) <= across else across
    fits = across * down
    first = chosen // fits * fits
    shown = range(first, min(count, first + fits))
    return shown, min(across, len(shown))

"""Curves as a picture, for papers and messages: plain shapes that `svg` and `png` write down."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

import numpy as np

from tflab.ui.widgets.curve_axis import AxisName, fits, unit_of
from tflab.ui.widgets.curve_columns import Extremes, extremes, means, value_range
from tflab.ui.widgets.curve_drawing import Line, ends
from tflab.ui.widgets.curve_view import CurveView
from tflab.ui.widgets.figures import number
from tflab.ui.widgets.palette import CURVES_ON_LIGHT, mixed
from tflab.ui.widgets.ticks import label, log_ticks, ticks

if TYPE_CHECKING:
    from PIL import ImageDraw

WIDTH: Final = 960
"""Pixels of a picture; every plot is `HEIGHT` high."""
HEIGHT: Final = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 16, 44, 40
_FONT: Final = 14
_GROUND, _INK, _GRID = "#ffffff", "#24292f", "#d9dde3"


@dataclass(frozen=True)
class Plot:
    """One drawing of a picture."""

    title: str
    axis: AxisName
    lines: Sequence[Line]
    view: CurveView
    smoothing: float = 0.0


@dataclass(frozen=True)
class Stroke:
    """A line through points."""

    points: Sequence[tuple[float, float]]
    colour: str
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True)
class Words:
    """Text, its left, middle or right end at a point of its base line."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    colour: str = _INK
    bold: bool = False


Shape = Stroke | Words


def svg(plots: Sequence[Plot]) -> str:
    """The plots below each other as an SVG."""
    height = HEIGHT * len(plots)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="{_FONT}">',
        f'<rect width="100%" height="100%" fill="{_GROUND}"/>',
    ]
    for shape in _shapes(plots):
        if isinstance(shape, Stroke):
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
            dashes = ' stroke-dasharray="4 3"' if shape.dashed else ""
            parts.append(
                f'<polyline fill="none" stroke="{shape.colour}" stroke-width="{shape.width:g}" '
                f'stroke-linejoin="round"{dashes} points="{points}"/>'
            )
        else:
            weight = ' font-weight="bold"' if shape.bold else ""
            parts.append(
                f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" fill="{shape.colour}" '
                f'text-anchor="{shape.anchor}"{weight}>{escape(shape.text)}</text>'
            )
    return "\n".join([*parts, "</svg>", ""])


def png(plots: Sequence[Plot]) -> bytes:
    """The plots below each other as a PNG of twice the size in pixels."""
    from PIL import Image, ImageDraw, ImageFont

    # Drawn at twice the size it is kept at: Pillow's lines have hard edges.
    scale, kept = 4, 2
    image = Image.new("RGB", (WIDTH * scale, HEIGHT * len(plots) * scale), _GROUND)
    canvas = ImageDraw.Draw(image)
    font = ImageFont.load_default(_FONT * scale)
    for shape in _shapes(plots):
        if isinstance(shape, Words):
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
            stroke = scale // 3 if shape.bold else 0
            canvas.text(
                (shape.x * scale, shape.y * scale), shape.text, shape.colour, font, anchor,
                stroke_width=stroke, stroke_fill=shape.colour,
            )  # fmt: skip
        else:
            _draw_stroke(canvas, shape, scale)
    image = image.resize((WIDTH * kept, HEIGHT * len(plots) * kept), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _draw_stroke(canvas: ImageDraw.ImageDraw, stroke: Stroke, scale: int) -> None:
    points = [(x * scale, y * scale) for x, y in stroke.points]
    width = max(1, round(stroke.width * scale))
    if not stroke.dashed:
        canvas.line(points, stroke.colour, width, joint="curve")
        return
    for begin in range(0, len(points) - 1, 6):
        canvas.line(points[begin : begin + 4], stroke.colour, width)


def _shapes(plots: Sequence[Plot]) -> Iterator[Shape]:
    for place, plot in enumerate(plots):
        yield from _plot_shapes(plot, place * HEIGHT)


def _plot_shapes(plot: Plot, top: float) -> Iterator[Shape]:
    axis, log = plot.axis, plot.view.log
    start, stop = plot.view.span(*ends(plot.lines, axis))
    columns = WIDTH - _LEFT - _RIGHT
    drawn = list(_curves(plot, start, stop, columns))
    low, high = value_range([shape for shape, _, _, _ in drawn], log)
    bottom, up = top + HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP

    def y_of(value: float) -> float:
        return bottom - (value - low) / (high - low) * up

    for value in log_ticks(low, high, 6) if log else ticks(low, high, 6):
        y = y_of(math.log10(value) if log else value)
        yield Stroke([(_LEFT, y), (WIDTH - _RIGHT, y)], _GRID)
        yield Words(_LEFT - 8, y + 5, label(value), "end")
    unit, name = unit_of(axis, stop - start)
    for value in ticks(start / unit, stop / unit, 9, whole=axis != "time"):
        x = _LEFT + (value * unit - start) / (stop - start) * columns
        yield Stroke([(x, bottom), (x, bottom + 5)], _INK)
        yield Words(x, bottom + 20, label(value), "middle")
    yield Words(WIDTH - _RIGHT, bottom + 36, name, "end")
    yield Stroke([(_LEFT, top + _TOP), (_LEFT, bottom), (WIDTH - _RIGHT, bottom)], _INK)
    for shape, colour, width, dashed in drawn:
        for points in _pieces(shape):
            yield Stroke([(_LEFT + x, y_of(value)) for x, value in points], colour, width, dashed)
    yield Words(_LEFT, top + 20, plot.title + (" (log)" if log else ""), bold=True)
    yield from _legend(plot, top + 38)


def _curves(plot: Plot, start: float, stop: float, columns: int) -> Iterator[tuple[Extremes, str, float, bool]]:
    """Heights, colour, width and whether it is dashed: what lies beneath first."""
    axis, log = plot.axis, plot.view.log
    for line in plot.lines:
        for ghost in line.ghosts:
            if fits(axis, ghost.track):
                yield extremes(ghost.track, axis, start, stop, columns, log), colour_of(ghost.role), 1.2, True
    for line in plot.lines:
        faint = bool(plot.smoothing)
        colour = colour_of(line.role + ("-faint" if faint else ""))
        yield extremes(line.track, axis, start, stop, columns, log), colour, 1.0 if faint else 1.6, False
    if plot.smoothing:
        for line in plot.lines:
            shape = means(line.track, axis, start, stop, columns, log, plot.smoothing)
            yield shape, colour_of(line.role), 2.0, False


def _pieces(shape: Extremes) -> Iterator[list[tuple[float, float]]]:
    """The stretches between gaps, each as points of column and height."""
    low, high = shape
    finite = np.isfinite(high)
    for piece in np.split(np.arange(len(high)), np.flatnonzero(np.diff(finite)) + 1):
        if not len(piece) or not finite[piece[0]]:
            continue
        points: list[tuple[float, float]] = []
        for x in piece.tolist():
            points.append((x, float(high[x])))
            if low[x] < high[x]:
                points.append((x, float(low[x])))
        yield points if len(points) > 1 else [points[0], (points[0][0] + 1, points[0][1])]


def _legend(plot: Plot, y: float) -> Iterator[Shape]:
    x = float(_LEFT)
    entries = [(line.name, line.role, line.track, False) for line in plot.lines]
    entries += [
        (ghost.name, ghost.role, ghost.track, True)
        for line in plot.lines
        for ghost in line.ghosts
        if fits(plot.axis, ghost.track)
    ]
    for name, role, track, dashed in entries:
        written = f"{name} {number(track.series.last_value)}".strip()
        yield Stroke([(x, y - 5), (x + 8, y - 5), (x + 12, y - 5), (x + 20, y - 5)], colour_of(role), 3.0, dashed)
        yield Words(x + 26, y, written)
        x += 26 + 8 * len(written) + 24


def colour_of(role: str) -> str:
    """The colour of a role on white."""
    name, _, faint = role.partition("-")
    colour = CURVES_ON_LIGHT[int(name.removeprefix("curve"))] if name.startswith("curve") else "#8a8f98"
    return mixed(colour, _GROUND) if faint == "faint" else colour

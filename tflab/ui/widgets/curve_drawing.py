"""Draws curves as braille dots, two by four to a cell, in time that does not depend on how long the curves are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tflab.messages import text
from tflab.state.series import Series
from tflab.ui.widgets.curve_view import CurveView
from tflab.ui.widgets.figures import number
from tflab.ui.widgets.rows import Role, Row, fit, width_of
from tflab.ui.widgets.ticks import label, log_ticks, ticks

_DOTS: Final = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
_BLANK: Final = 0x2800
Extremes = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Line:
    """One curve of a drawing."""

    name: str
    series: Series
    role: Role
    earlier: Series | None = None
    """The run before, drawn faintly beneath."""


@dataclass(frozen=True)
class Drawing:
    """What was drawn, and where the steps are in it."""

    rows: list[Row]
    gutter: int
    """Cells left of the first dot."""
    start: float
    stop: float
    width: int

    def step_at(self, x: float) -> float | None:
        """The step under cell ``x`` of the drawing; None beside the dots."""
        inside = x - self.gutter
        cells = self.width - self.gutter
        if not 0 <= inside < cells:
            return None
        return self.start + (inside + 0.5) / cells * (self.stop - self.start)


def draw(
    lines: Sequence[Line],
    view: CurveView,
    width: int,
    height: int,
    *,
    title: str,
    axis: str,
    cursor: float | None = None,
    chosen: bool = False,
    ghosts: bool = True,
) -> Drawing:
    """``height`` rows of ``width`` cells: a legend with the last values (those at ``cursor`` where there is one), the
    dots beside their scale, and the axis of steps named ``axis``."""
    first = min(line.series.first_step for line in lines)
    last = max(line.series.last_step for line in lines)
    start, stop = view.span(first, last)
    plot_height = max(1, height - 2)
    drawn = [(line.series, line.role) for line in lines]
    if ghosts:
        drawn = [(line.earlier, "faint") for line in lines if line.earlier is not None] + drawn
    # The gutter's width depends on the labels, these on the values in sight: a first guess of the columns will do.
    extremes = [_extremes(series, start, stop, max(2, (width - 8) * 2), view.log) for series, _ in drawn]
    low, high = _range(extremes, view.log)
    scale = _scale(low, high, plot_height, view.log)
    gutter = min(max([len(name) for name in scale.values()] + [3]) + 1, max(4, width // 3))
    cells = max(1, width - gutter)
    extremes = [_extremes(series, start, stop, cells * 2, view.log) for series, _ in drawn]
    codes, owners = _dots(extremes, low, high, cells, plot_height)
    column = None if cursor is None else int((cursor - start) / (stop - start) * cells)
    marks = _gap_marks(lines, start, stop, cells)
    rows = [_legend(lines, width, title, axis, cursor, chosen, view.log)]
    roles = [role for _, role in drawn]
    for y in range(plot_height):
        name = scale.get(y, "")
        row: Row = [(f"{name:>{gutter - 1}}" + ("┤" if name else "│"), "muted")]
        overlay = dict.fromkeys(marks, ("×", "bad")) if y == 0 else {}
        if column is not None and 0 <= column < cells:
            overlay.setdefault(column, ("│", "muted"))
        row += _dot_spans(codes[y], owners[y], roles, overlay)
        rows.append(row)
    rows.append(_axis(start, stop, gutter, cells, axis))
    return Drawing(rows, gutter, start, stop, width)


def _extremes(series: Series, start: float, stop: float, columns: int, log: bool) -> Extremes:
    """Lowest and highest value in each dot column; NaN where there is none. Logarithms where asked."""
    if series.count_between(start, stop) > 2 * columns:
        floats = series.bins(start, math.nextafter(stop, math.inf), columns)
        low, high = floats[0].astype(np.float64), floats[1].astype(np.float64)
        if log:
            low, high = _logarithm(low), _logarithm(high)
            # A column that reaches down to zero has no lower end on this axis.
            low = np.where(np.isnan(low), high, low)
        return low, high
    steps, values = series.points(start, stop)
    heights = values.astype(np.float64)
    if log:
        heights = _logarithm(heights)
    at = (steps - start) / (stop - start) * (columns - 1)
    dots = np.arange(columns)
    line = np.interp(dots, at, heights, left=np.nan, right=np.nan) if len(at) else np.full(columns, np.nan)
    # A value between two gaps has no line to be seen by.
    own = np.rint(at)
    inside = (own >= 0) & (own < columns) & np.isfinite(heights)
    line[own[inside].astype(np.int64)] = heights[inside]
    return line, line.copy()


def _logarithm(values: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithms: NDArray[np.float64] = np.full(values.shape, np.nan)
    np.log10(values, out=logarithms, where=values > 0)
    return logarithms


def _range(extremes: Sequence[Extremes], log: bool) -> tuple[float, float]:
    """Lowest and highest of what is in sight, with a little room."""
    finite = [part[np.isfinite(part)] for pair in extremes for part in pair]
    finite = [part for part in finite if part.size]
    if not finite:
        return (0.0, 1.0)
    low, high = float(min(part.min() for part in finite)), float(max(part.max() for part in finite))
    if high > low:
        return low, high
    room = 0.5 if log else abs(low) * 0.1 or 0.5
    return low - room, high + room


def _scale(low: float, high: float, rows: int, log: bool) -> dict[int, str]:
    """Labels by row."""
    most = max(1, rows // 2)
    values = log_ticks(low, high, most) if log else ticks(low, high, most)
    scale: dict[int, str] = {}
    for value in values:
        place = math.log10(value) if log else value
        row = round((high - place) / (high - low) * (rows * 4 - 1)) // 4
        if 0 <= row < rows:
            scale.setdefault(row, label(value))
    return scale


def _dots(
    extremes: Sequence[Extremes], low: float, high: float, cells: int, rows: int
) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """Braille code (without its base) and the line it belongs to, by row and cell; later lines lie on top."""
    codes = np.zeros((rows, cells), np.uint8)
    owners = np.full((rows, cells), -1, np.int16)
    heights = np.arange(rows * 4)[:, None]
    for index, (lowest, highest) in enumerate(extremes):
        top = (high - highest) / (high - low) * (rows * 4 - 1)
        bottom = (high - lowest) / (high - low) * (rows * 4 - 1)
        # Neighbouring columns are joined, so that a steep line has no holes.
        upper, lower = top.copy(), bottom.copy()
        joined = np.isfinite(top[1:]) & np.isfinite(bottom[:-1])
        upper[1:] = np.where(joined, np.fmin(top[1:], bottom[:-1]), top[1:])
        lower[1:] = np.where(joined, np.fmax(bottom[1:], top[:-1]), bottom[1:])
        with np.errstate(invalid="ignore"):
            on = (heights >= np.rint(upper)) & (heights <= np.rint(lower))
        code = (on.reshape(rows, 4, cells, 2) * _DOTS[None, :, None, :]).sum((1, 3), dtype=np.uint8)
        hit = code > 0
        # Of two lines in one cell the later is seen, with its own dots only: a shared cell would belong to neither.
        codes[hit] = code[hit]
        owners[hit] = index
    return codes, owners


def _dot_spans(
    codes: NDArray[np.uint8], owners: NDArray[np.int16], roles: Sequence[Role], overlay: dict[int, tuple[str, Role]]
) -> Row:
    shown = codes.astype(np.uint32) + _BLANK
    shown[codes == 0] = ord(" ")
    characters = shown.astype("<u4").tobytes().decode("utf-32-le")
    cuts = set((np.flatnonzero(np.diff(owners)) + 1).tolist())
    for at, (_, role) in overlay.items():
        if role == "bad" or codes[at] == 0:
            cuts |= {at, at + 1}
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(characters)), len(characters)]
    row: Row = []
    for begin, end in pairwise(edges):
        mark = overlay.get(begin)
        if mark is not None and end == begin + 1 and (mark[1] == "bad" or codes[begin] == 0):
            row.append(mark)
        else:
            owner = int(owners[begin])
            row.append((characters[begin:end], roles[owner] if owner >= 0 else ""))
    return row


def _gap_marks(lines: Sequence[Line], start: float, stop: float, cells: int) -> set[int]:
    """Cells in which a curve has a value that is not finite."""
    marks: set[int] = set()
    for line in lines:
        for first, last in line.series.gaps:
            if last < start or first > stop:
                continue
            begin = int((max(first, start) - start) / (stop - start) * (cells - 1))
            end = int((min(last, stop) - start) / (stop - start) * (cells - 1))
            marks.update(range(begin, end + 1))
    return marks


def _legend(
    lines: Sequence[Line], width: int, title: str, axis: str, cursor: float | None, chosen: bool, log: bool
) -> Row:
    row: Row = [("▸ " if chosen else "  ", "accent"), (title, "strong"), (" log" if log else "", "muted"), ("  ", "")]
    for line in lines:
        value, fault = line.series.last_value, ""
        if cursor is not None:
            found = line.series.at(cursor)
            value = found[1] if found else math.nan
        if line.series.gaps:
            fault = text("ui.curves.not_finite", step=f"{line.series.gaps[0][0]:,}")
        row += [
            ("━ ", line.role),
            (f"{line.name} " if line.name else "", ""),
            (number(value), line.role + "-strong"),
        ]
        row += [(f" ⚠ {fault}", "bad"), ("  ", "")] if fault else [("  ", "")]
    if cursor is not None:
        found = lines[0].series.at(cursor)
        if found:
            row.append((f"@ {axis} {found[0]:,}", "accent"))
    return fit(row, width)


def _axis(start: float, stop: float, gutter: int, cells: int, name: str) -> Row:
    """The axis of steps: its line with round numbers in it, and its name at the end."""
    line = ["─"] * cells
    end = cells - len(name) - 1
    taken = -1
    for value in ticks(start, stop, max(1, cells // 9), whole=True):
        written = label(value)
        at = round((value - start) / (stop - start) * (cells - 1)) - len(written) // 2
        at = max(0, at)
        if at > taken and at + len(written) < end:
            line[at : at + len(written)] = written
            taken = at + len(written) + 1
    row: Row = [(" " * (gutter - 1) + "└", "muted")]
    if end > 0:
        return [*row, ("".join(line[:end]) + " ", "muted"), (name, "muted")]
    return [*row, ("".join(line), "muted")]


def blank(width: int, row: Row) -> Row:
    """``row`` filled up to ``width`` cells."""
    return [*row, (" " * max(0, width - width_of(row)), "")]

"""Draws curves in time that does not depend on how long they are: legend, dots beside their scale, marks, axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tflab.messages import text
from tflab.state.curves import Track
from tflab.ui.widgets.curve_axis import AxisName, first_and_last, fits, place_of_time, places, unit_of
from tflab.ui.widgets.curve_columns import Extremes, extremes, means, value_range, window_of
from tflab.ui.widgets.curve_dots import Stroke, paint
from tflab.ui.widgets.curve_legend import Entry, legend_rows, value_at
from tflab.ui.widgets.curve_marks import Mark, marks_row, seen_marks
from tflab.ui.widgets.curve_view import CurveView
from tflab.ui.widgets.rows import Role, Row, width_of
from tflab.ui.widgets.ticks import label, log_ticks, ticks

_ROOM_FOR_MARKS: Final = 8
"""Rows that a drawing needs before one of them goes to marks."""


@dataclass(frozen=True)
class Ghost:
    """The same metric of another run, drawn dotted beneath."""

    name: str
    track: Track
    role: Role = "faint"
    extends: bool = False
    """Whether all of it is to be in sight, however much longer it is than the line."""


@dataclass(frozen=True)
class Line:
    """One curve of a drawing."""

    name: str
    track: Track
    role: Role
    ghosts: tuple[Ghost, ...] = ()


@dataclass(frozen=True)
class Look:
    """How a drawing is looked at."""

    axis: AxisName = "step"
    cursor: float | None = None
    """Place of the cross-hair on the axis."""
    smoothing: float = 0.0
    """Where greater than 0, lines are means over this part of the values in sight, above the faint raw lines."""
    chosen: bool = False
    """Whether the drawing has the keys."""


@dataclass(frozen=True)
class Drawing:
    """What was drawn, and where the places of the axis are in it."""

    rows: list[Row]
    gutter: int
    """Cells left of the first dot."""
    start: float
    stop: float
    width: int
    axis: AxisName

    def place_at(self, x: float) -> float | None:
        """The place of the axis under cell ``x`` of the drawing; None beside the dots."""
        inside = x - self.gutter
        cells = self.width - self.gutter
        if not 0 <= inside < cells:
            return None
        return self.start + (inside + 0.5) / cells * (self.stop - self.start)


def ends(lines: Sequence[Line], axis: AxisName) -> tuple[float, float]:
    """The ends of all lines on the axis, with those of the runs that they are compared to."""
    tracks = [line.track for line in lines]
    tracks += [ghost.track for line in lines for ghost in line.ghosts if ghost.extends and fits(axis, ghost.track)]
    pairs = [first_and_last(axis, track) for track in tracks if track.series.count]
    return min(first for first, _ in pairs), max(last for _, last in pairs)


def draw(
    lines: Sequence[Line],
    view: CurveView,
    width: int,
    height: int,
    *,
    title: str,
    look: Look | None = None,
    marks: Sequence[Mark] = (),
) -> Drawing:
    """``height`` rows of ``width`` cells; every line must fit the look's axis."""
    look = look or Look()
    axis = look.axis
    start, stop = view.span(*ends(lines, axis))
    unit, name = unit_of(axis, stop - start)
    window = window_of(lines[0].track, axis, start, stop, look.smoothing) if look.smoothing else 0
    legend = _legend(lines, look, width, title, name, view.log, unit, window, max(1, height // 6))
    seen = [(place_of_time(axis, lines[0].track, mark.time), mark) for mark in marks] if lines[0].track.clock else []
    marked = height >= _ROOM_FOR_MARKS and any(start <= place <= stop for place, _ in seen)
    plot_height = max(1, height - len(legend) - 1 - marked)
    # The gutter's width depends on the labels, these on the values in sight: a first guess of the columns will do.
    strokes = _strokes(lines, view, look, start, stop, max(2, (width - 8) * 2))
    low, high = value_range([stroke.extremes for stroke in strokes], view.log)
    scale = _scale(low, high, plot_height, view.log)
    gutter = min(max([len(each) for each in scale.values()] + [3]) + 1, max(4, width // 3))
    cells = max(1, width - gutter)
    strokes = _strokes(lines, view, look, start, stop, cells * 2)
    canvas = paint(strokes, low, high, cells, plot_height)
    column = None if look.cursor is None else int((look.cursor - start) / (stop - start) * cells)
    gaps = _gap_marks(lines, axis, start, stop, cells)
    rows = list(legend)
    for y in range(plot_height):
        written = scale.get(y, "")
        row: Row = [(f"{written:>{gutter - 1}}" + ("┤" if written else "│"), "muted")]
        overlay: dict[int, tuple[str, Role]] = dict.fromkeys(gaps, ("×", "bad")) if y == 0 else {}
        if column is not None and 0 <= column < cells:
            overlay.setdefault(column, ("│", "muted"))
        rows.append(row + canvas.row(y, overlay))
    if marked:
        beside: Row = [(" " * (gutter - 1) + "│", "muted")]
        rows.append(beside + marks_row(seen_marks(seen, start, stop, cells), cells, column))
    rows.append(_axis(start / unit, stop / unit, gutter, cells, name, whole=axis != "time"))
    return Drawing(rows, gutter, start, stop, width, axis)


def _strokes(
    lines: Sequence[Line], view: CurveView, look: Look, start: float, stop: float, columns: int
) -> list[Stroke]:
    """Ghosts first, then raw lines, then means."""
    axis, log = look.axis, view.log
    strokes = []

    def smooth(track: Track) -> Extremes:
        return means(track, axis, start, stop, columns, log, look.smoothing)

    for line in lines:
        for ghost in line.ghosts:
            if fits(axis, ghost.track) and ghost.track.series.count:
                track = ghost.track
                shape = smooth(track) if look.smoothing else extremes(track, axis, start, stop, columns, log)
                strokes.append(Stroke(shape, ghost.role, 2))
    for line in lines:
        role = f"{line.role}-faint" if look.smoothing else line.role
        strokes.append(Stroke(extremes(line.track, axis, start, stop, columns, log), role))
    if look.smoothing:
        strokes += [Stroke(smooth(line.track), line.role) for line in lines]
    return strokes


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


def _gap_marks(lines: Sequence[Line], axis: AxisName, start: float, stop: float, cells: int) -> set[int]:
    """Cells in which a curve has a value that is not finite."""
    marks: set[int] = set()
    for line in lines:
        if not line.track.series.gaps:
            continue
        where = places(axis, line.track, np.asarray(line.track.series.gaps, np.float64))
        for first, last in where.tolist():
            if last < start or first > stop:
                continue
            begin = int((max(first, start) - start) / (stop - start) * (cells - 1))
            end = int((min(last, stop) - start) / (stop - start) * (cells - 1))
            marks.update(range(begin, end + 1))
    return marks


def _legend(
    lines: Sequence[Line], look: Look, width: int, title: str, axis: str, log: bool, unit: float, window: int, most: int
) -> list[Row]:
    head: Row = [("▸ " if look.chosen else "  ", "accent"), (title, "strong"), (" log" if log else "", "muted")]
    if window:
        head.append((" " + text("ui.curves.mean_of", count=f"{window:,}"), "muted"))
    entries = [Entry("━", line.name, line.role, line.track) for line in lines]
    entries += [
        Entry("┄", ghost.name, ghost.role, ghost.track)
        for line in lines
        for ghost in line.ghosts
        if ghost.name and fits(look.axis, ghost.track)
    ]
    where = ""
    if look.cursor is not None:
        found = value_at(lines[0].track, look.axis, look.cursor)
        if look.axis == "time":
            where = f"@ {label(round(look.cursor / unit, 3))} {axis}"
        elif found is not None:
            where = f"@ {axis} {found[0] if look.axis == lines[0].track.scope else round(look.cursor, 2):,}"
    return legend_rows(head, entries, look.axis, look.cursor, where, width, most)


def _axis(start: float, stop: float, gutter: int, cells: int, name: str, whole: bool) -> Row:
    """The axis: its line with round numbers in it, and its name at the end."""
    line = ["─"] * cells
    end = cells - len(name) - 1
    taken = -1
    for value in ticks(start, stop, max(1, cells // 9), whole=whole):
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

"""What each column of dots shows of a curve: its lowest and highest value, or its mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tflab.state.curves import Track
from tflab.ui.widgets.curve_axis import AxisName, places, steps_at

Doubles = NDArray[np.float64]
Extremes = tuple[Doubles, Doubles]


def extremes(track: Track, axis: AxisName, start: float, stop: float, columns: int, log: bool) -> Extremes:
    """Lowest and highest value in each of ``columns`` from ``start`` to ``stop``; NaN where there is none.

    Logarithms where asked. Takes time by the columns, not by the number of values.
    """
    series = track.series
    ends = steps_at(axis, track, np.asarray([start, stop], np.float64))
    if series.count_between(ends[0], ends[1]) > 2 * columns:
        edges = np.linspace(start, math.nextafter(stop, math.inf), columns + 1)
        floats = series.bins_between(steps_at(axis, track, edges))
        low, high = floats[0].astype(np.float64), floats[1].astype(np.float64)
        if log:
            low, high = logarithm(low), logarithm(high)
            # A column that reaches down to zero has no lower end on this axis.
            low = np.where(np.isnan(low), high, low)
        return low, high
    steps, values = series.points(ends[0], ends[1])
    heights = values.astype(np.float64)
    line = _joined(_columns_of(places(axis, track, steps), start, stop, columns), heights, columns, log)
    return line, line.copy()


def window_of(track: Track, axis: AxisName, start: float, stop: float, part: float) -> int:
    """Over how many values means go that take a ``part`` of those in sight."""
    ends = steps_at(axis, track, np.asarray([start, stop], np.float64))
    return max(2, round(track.series.count_between(ends[0], ends[1]) * part))


def means(track: Track, axis: AxisName, start: float, stop: float, columns: int, log: bool, part: float) -> Extremes:
    """The mean of the values around each column, over a ``part`` of those in sight."""
    series = track.series
    ends = steps_at(axis, track, np.asarray([start, stop], np.float64))
    count = series.count_between(ends[0], ends[1])
    width = window_of(track, axis, start, stop, part)
    if count > 2 * columns:
        edges = np.linspace(start, stop, columns + 1)
        centres = (edges[1:] + edges[:-1]) / 2
        line = series.means_around(steps_at(axis, track, centres), width)
        first, last = places(axis, track, np.asarray([series.first_step, series.last_step], np.float64))
        line[(centres < first) | (centres > last)] = np.nan
        line = logarithm(line) if log else line
    else:
        steps, _ = series.points(ends[0], ends[1])
        line = _joined(
            _columns_of(places(axis, track, steps), start, stop, columns),
            series.means_around(steps, width),
            columns,
            log,
        )
    return line, line.copy()


def _columns_of(places: Doubles, start: float, stop: float, columns: int) -> Doubles:
    return (places - start) / (stop - start) * (columns - 1)


def _joined(at: Doubles, heights: Doubles, columns: int, log: bool) -> Doubles:
    """Straight lines from point to point, a height for each column."""
    if log:
        heights = logarithm(heights)
    dots = np.arange(columns)
    line = np.interp(dots, at, heights, left=np.nan, right=np.nan) if len(at) else np.full(columns, np.nan)
    # A value between two gaps has no line to be seen by.
    own = np.rint(at)
    inside = (own >= 0) & (own < columns) & np.isfinite(heights)
    line[own[inside].astype(np.int64)] = heights[inside]
    return line


def logarithm(values: Doubles) -> Doubles:
    """Powers of ten; NaN for what has none."""
    logarithms: Doubles = np.full(values.shape, np.nan)
    np.log10(values, out=logarithms, where=values > 0)
    return logarithms


def value_range(shown: Sequence[Extremes], log: bool) -> tuple[float, float]:
    """Lowest and highest of what is in sight, with a little room where they are equal."""
    finite = [part[np.isfinite(part)] for pair in shown for part in pair]
    finite = [part for part in finite if part.size]
    if not finite:
        return (0.0, 1.0)
    low, high = float(min(part.min() for part in finite)), float(max(part.max() for part in finite))
    if high > low:
        return low, high
    room = 0.5 if log else abs(low) * 0.1 or 0.5
    return low - room, high + room

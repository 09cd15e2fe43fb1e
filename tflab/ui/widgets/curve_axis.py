"""What lies along the horizontal axis of curves: steps, epochs or time, and where the steps of a run are on it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tflab.messages import text
from tflab.state.curves import Track

AxisName = Literal["step", "epoch", "time"]
"""``step`` and ``epoch``: as the metric counts them, or epochs found by when they ended; ``time``: seconds."""

Doubles = NDArray[np.float64]


def fits(axis: AxisName, track: Track) -> bool:
    """Whether it is known where the track lies on the axis."""
    return axis == track.scope or (bool(track.clock) and (axis == "time" or (axis == "epoch" and bool(track.epochs))))


def places(axis: AxisName, track: Track, steps: Doubles) -> Doubles:
    """Where ``steps`` of the track lie on the axis."""
    if axis == track.scope:
        return steps
    times: Doubles = np.interp(steps, track.clock.steps, track.clock.times)
    return _places_of_times(axis, track, times)


def steps_at(axis: AxisName, track: Track, places: Doubles) -> Doubles:
    """The steps of the track at places of the axis; the other way round."""
    if axis == track.scope:
        return places
    if axis == "time":
        times = places + track.clock.times[0]
    else:
        ends, when = _epochs(track)
        times = np.interp(places, ends, when)
    steps: Doubles = _interpolated(times, track.clock.times, track.clock.steps)
    return steps


def place_of_time(axis: AxisName, track: Track, time: float) -> float:
    """Where something lies that happened at ``time`` (Unix seconds)."""
    if axis == track.scope:
        return track.clock.step_at(time)
    return float(_places_of_times(axis, track, np.asarray([time]))[0])


def first_and_last(axis: AxisName, track: Track) -> tuple[float, float]:
    """The ends of the track on the axis."""
    ends = places(axis, track, np.asarray([track.series.first_step, track.series.last_step], np.float64))
    return float(ends[0]), float(ends[1])


def unit_of(axis: AxisName, span: float) -> tuple[float, str]:
    """How many of the axis's own units one of its labels counts, and what the axis is called."""
    if axis != "time":
        return 1.0, text("ui.curves.axis." + axis)
    if span < 180:
        return 1.0, text("ui.curves.axis.seconds")
    if span < 3 * 3600:
        return 60.0, text("ui.curves.axis.minutes")
    return 3600.0, text("ui.curves.axis.hours")


def _epochs(track: Track) -> tuple[list[float], list[float]]:
    """Epochs and when they ended; the first began when the track did."""
    epochs = track.epochs
    assert epochs
    return [epochs.steps[0] - 1, *epochs.steps], [min(track.clock.times[0], epochs.times[0]), *epochs.times]


def _places_of_times(axis: AxisName, track: Track, times: Doubles) -> Doubles:
    if axis == "time":
        return times - track.clock.times[0]
    ends, when = _epochs(track)
    return _interpolated(times, when, ends)


def _interpolated(at: Doubles, known: list[float], wanted: list[float]) -> Doubles:
    """As `numpy.interp`, and beyond the ends on by the whole known range, so that what lies outside stays outside."""
    span = max(known[-1] - known[0], 1e-9)
    slope = (wanted[-1] - wanted[0] or 1.0) / span
    inside: Doubles = np.interp(at, known, wanted)
    return inside + slope * (np.minimum(at - known[0], 0.0) + np.maximum(at - known[-1], 0.0))

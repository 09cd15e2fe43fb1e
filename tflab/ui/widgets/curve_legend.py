"""The legend above a drawing: its metric, its lines, and their values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tflab.messages import text
from tflab.state.curves import Track
from tflab.ui.widgets.curve_axis import AxisName, steps_at
from tflab.ui.widgets.figures import number
from tflab.ui.widgets.rows import Role, Row, fit, width_of


@dataclass(frozen=True)
class Entry:
    """One line of a drawing in its legend."""

    sign: str
    name: str
    role: Role
    track: Track


def value_at(track: Track, axis: AxisName, cursor: float | None) -> tuple[int, float] | None:
    """Step and value at a place of the axis, the last ones for None."""
    if cursor is None:
        return track.series.last_step, track.series.last_value
    return track.series.at(float(steps_at(axis, track, np.asarray([cursor]))[0]))


def legend_rows(
    title: Row, entries: Sequence[Entry], axis: AxisName, cursor: float | None, where: str, width: int, most: int
) -> list[Row]:
    """At most ``most`` rows: title, ``where`` the cross-hair is, and an entry a line; what has no room is counted."""
    parts: list[Row] = []
    if where:
        parts.append([(where, "accent")])
    for entry in entries:
        found = value_at(entry.track, axis, cursor)
        name = f"{entry.name} " if entry.name else ""
        value = number(found[1] if found else math.nan)
        part: Row = [(entry.sign + " ", entry.role), (name, ""), (value, entry.role + "-strong")]
        if entry.track.series.gaps and entry.sign == "━":
            fault = text("ui.curves.not_finite", step=f"{entry.track.series.gaps[0][0]:,}")
            part.append((f" ⚠ {fault}", "bad"))
        parts.append(part)
    rows: list[Row] = [list(title)]
    for index, part in enumerate(parts):
        if width_of(rows[-1]) + 2 + width_of(part) > width:
            if len(rows) == most:
                left = f"+{len(parts) - index}"
                rows[-1] = [*fit(rows[-1], max(0, width - len(left) - 2)), ("  " + left, "muted")]
                break
            rows.append([])
        rows[-1] += [("  ", ""), *part]
    return [fit(row, width) for row in rows]

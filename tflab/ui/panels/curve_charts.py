"""Which drawings there are, which curves are in each, and what is marked on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from tflab.messages import text
from tflab.state.clock import StepClock
from tflab.state.curves import Curve, Curves, GroupKey
from tflab.state.places import Place
from tflab.state.terminal_text import plain
from tflab.ui.compared_runs import ComparedRun
from tflab.ui.panels.curve_looks import CurveLooks
from tflab.ui.panels.gradients_panel import place_name
from tflab.ui.widgets.curve_axis import AxisName, fits
from tflab.ui.widgets.curve_drawing import Ghost, Line
from tflab.ui.widgets.curve_marks import Mark
from tflab.ui.widgets.rows import cut

_MOST_EPOCHS: Final = 200
"""Epochs that are marked; more would be a line of their own."""
_LATE: Final = 0.2
"""Seconds after a curve's last batch in which something still belongs to it."""


@dataclass(frozen=True)
class Chart:
    """One drawing."""

    group: GroupKey
    title: str
    axis: AxisName
    lines: tuple[Line, ...]
    curves: tuple[Curve, ...]
    """One a line."""
    marks: tuple[Mark, ...]


def charts(
    curves: Curves, looks: CurveLooks, compared: Sequence[ComparedRun] = (), marks: Sequence[Mark] = ()
) -> list[Chart]:
    """The drawings in order, those over steps first."""
    groups = curves.groups(looks.everything)
    shown = {
        group: kept
        for group, members in sorted(groups.items(), key=_rank)
        if (kept := [curve for curve in members if looks.shows(curve.key.name, curve.key.scope)])
    }
    found: dict[GroupKey, list[tuple[Curve, Line, AxisName]]] = {}
    for group, members in shown.items():
        for curve in members:
            axis = axis_for(curve, curves, looks)
            target = GroupKey("step" if axis == "time" else group.scope, "", axis) if looks.overlaid else group
            entries = found.setdefault(target, [])
            name = plain_name(curve, members, overlaid=looks.overlaid and len(shown) > 1)
            # Where a run has several curves of one name, another run's curve is drawn beneath one of them alone.
            first = all(other.key[:3] != curve.key[:3] for other, _, _ in entries)
            line = _line(curve, curves, name, len(entries), looks, compared if first else ())
            entries.append((curve, line, axis))
    result = []
    for group, entries in found.items():
        axis = entries[0][2]
        # In one drawing everything lies along one axis.
        entries = [entry for entry in entries if entry[2] == axis]
        members = [entry[0] for entry in entries]
        result.append(
            Chart(
                group,
                _title(group, list(shown)) if group.stem else text("ui.curves.overlaid"),
                axis,
                tuple(entry[1] for entry in entries),
                tuple(members),
                tuple(_marks_of(members[0], curves, axis, marks)),
            )
        )
    return result


def _rank(entry: tuple[GroupKey, list[Curve]]) -> tuple[bool, bool]:
    """Losses given to the tape come first, before what was logged beside them."""
    group, members = entry
    return group.scope == "epoch", all(curve.key.source != "tape" for curve in members)


def axis_for(curve: Curve, curves: Curves, looks: CurveLooks) -> AxisName:
    """The axis that is wanted where the curve can have it, else its own."""
    wanted = cast(AxisName, looks.axis)
    return wanted if fits(wanted, curve.track(curves.epochs(curve.run))) else curve.key.scope


def _line(
    curve: Curve, curves: Curves, name: str, number: int, looks: CurveLooks, compared: Sequence[ComparedRun]
) -> Line:
    ghosts: list[Ghost] = []
    if looks.ghosts:
        if curve.earlier is not None:
            ghosts.append(Ghost(text("ui.curves.before"), curve.earlier))
        for place, run in enumerate(compared):
            track = run.tracks.get((curve.key.scope, curve.key.name))
            if track is not None:
                ghosts.append(Ghost(cut(plain(run.label), 24), track, f"curve{(number + place + 1) % 8}-faint", True))
    return Line(name, curve.track(curves.epochs(curve.run)), f"curve{number % 8}", tuple(ghosts))


def _title(group: GroupKey, groups: Sequence[GroupKey]) -> str:
    """The metric, and where it is logged if that tells two drawings apart."""
    alike = [other for other in groups if (other.scope, other.stem) == (group.scope, group.stem)]
    return f"{group.stem} · {place_name(Place(group.file, 0))}" if len(alike) > 1 and group.file else group.stem


def plain_name(curve: Curve, curves: Sequence[Curve], overlaid: bool) -> str:
    """What tells the curve from the others of its drawing; empty where it is alone."""
    if not overlaid and curve.key.name.startswith("val_") and curve.group.stem != curve.key.name:
        return "val"
    own = curve.key.name if overlaid else ""
    alike = [other for other in curves if other.key.name == curve.key.name]
    if len(alike) < 2:
        return own
    place = curve.key.place
    which = text("ui.line", line=place.line) if place else curve.key.source
    return f"{own} {which}".strip()


# --- marks -------------------------------------------------------------------------------------------------------


def _marks_of(curve: Curve, curves: Curves, axis: AxisName, marks: Sequence[Mark]) -> list[Mark]:
    """What happened during the run of a curve."""
    if not curve.clock:
        return []
    last = curve.clock.times[-1] + _LATE
    epochs = curves.epochs(curve.run)
    counted = epochs and axis != "epoch" and len(epochs.steps) <= _MOST_EPOCHS
    happened = [*marks, *(_epoch_marks(epochs) if counted and epochs else ())]
    return [mark for mark in happened if curve.began <= mark.time <= last]


def _epoch_marks(epochs: StepClock) -> list[Mark]:
    return [
        Mark(time, "╷", "muted", text("ui.curves.epoch_ended", epoch=f"{round(epoch):,}"))
        for epoch, time in zip(epochs.steps, epochs.times, strict=True)
    ]

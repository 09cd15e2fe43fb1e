"""Lays out the drawings of several metrics side by side and below each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tflab.messages import text
from tflab.protocol.events import MetricScope
from tflab.state.curves import Curve, GroupKey
from tflab.state.places import Place
from tflab.ui.panels.gradients_panel import place_name
from tflab.ui.widgets.curve_drawing import Drawing, Line, blank, draw
from tflab.ui.widgets.curve_view import CurveView
from tflab.ui.widgets.rows import Row, fit

_SMALLEST = (36, 7)
"""Cells that a drawing needs to say anything."""


@dataclass(frozen=True)
class GridLook:
    """How the curves are looked at."""

    views: Mapping[GroupKey, CurveView]
    cursor: tuple[MetricScope, float] | None
    """The axis and the step of the cross-hair."""
    chosen: int
    """The drawing that has the keys."""
    alone: bool
    """Whether only that one is shown."""
    ghosts: bool
    """Whether the runs before are shown."""
    focused: bool


@dataclass(frozen=True)
class Placed:
    """A drawing and where it is."""

    left: int
    top: int
    group: GroupKey
    drawing: Drawing


def draw_grid(
    groups: Mapping[GroupKey, Sequence[Curve]], look: GridLook, width: int, height: int
) -> tuple[list[Row], list[Placed]]:
    """The rows of all drawings that fit in ``width`` by ``height`` cells, and where each is."""
    keys = list(groups)
    shown, across = grid(len(keys), look.chosen, look.alone, width, height)
    down = -(-len(shown) // across)
    note: Row = []
    if len(shown) < len(keys):
        note = fit([(text("ui.curves.more", shown=len(shown), total=len(keys)), "muted")], width)
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
            group = keys[index]
            drawing = draw(
                [
                    Line(
                        _name(curve, groups[group]),
                        curve.series,
                        f"curve{number % 8}",
                        curve.earlier.series if curve.earlier else None,
                    )
                    for number, curve in enumerate(groups[group])
                ],
                look.views.get(group, CurveView()),
                wide - (place < len(members) - 1),
                tall,
                title=_title(group, keys),
                axis=text("ui.curves.axis." + group.scope),
                cursor=look.cursor[1] if look.cursor and look.cursor[0] == group.scope else None,
                chosen=len(keys) > 1 and index == look.chosen and look.focused,
                ghosts=look.ghosts,
            )
            placed.append(Placed(left, len(rows), group, drawing))
            for y, row in enumerate(drawing.rows[:tall]):
                band[y] += blank(wide, row)
            left += wide
        rows += band
    return ([*rows, note] if note else rows), placed


def _title(group: GroupKey, groups: Sequence[GroupKey]) -> str:
    """The metric, and where it is logged if that tells two drawings apart."""
    alike = [other for other in groups if (other.scope, other.stem) == (group.scope, group.stem)]
    return f"{group.stem} · {place_name(Place(group.file, 0))}" if len(alike) > 1 and group.file else group.stem


def _name(curve: Curve, curves: Sequence[Curve]) -> str:
    """What tells the curve from the others of its drawing; empty where it is alone."""
    if curve.key.name.startswith("val_") and curve.group.stem != curve.key.name:
        return "val"
    alike = [other for other in curves if other.key.name == curve.key.name]
    if len(alike) < 2:
        return ""
    place = curve.key.place
    return text("ui.line", line=place.line) if place else curve.key.source


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

"""Signs along the axis of curves: where something happened beside the training itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tflab.ui.widgets.rows import Role, Row, fit, width_of


@dataclass(frozen=True)
class Mark:
    """Something that happened while a curve grew."""

    time: float
    """Unix seconds."""
    sign: str
    """One cell."""
    role: Role
    label: str
    """What happened, in a few words."""
    weight: int = 0
    """Of several in one cell the heaviest is seen."""


def seen_marks(marks: Iterable[tuple[float, Mark]], start: float, stop: float, cells: int) -> dict[int, Mark]:
    """The marks in sight by cell; each comes with its place on the axis."""
    seen: dict[int, Mark] = {}
    for place, mark in marks:
        if not start <= place <= stop:
            continue
        cell = min(cells - 1, int((place - start) / (stop - start) * cells))
        if cell not in seen or mark.weight >= seen[cell].weight:
            seen[cell] = mark
    return seen


def marks_row(seen: dict[int, Mark], cells: int, column: int | None) -> Row:
    """A row with the signs, and beside the one under the cross-hair what it means."""
    told = _nearest(seen, column)
    row: Row = []
    at = 0
    for cell in sorted(seen):
        if cell < at:
            continue
        mark = seen[cell]
        row += [(" " * (cell - at), ""), (mark.sign, mark.role)]
        at = cell + 1
        if cell == told:
            label = " " + mark.label + " "
            row.append((label, mark.role))
            at += width_of([(label, "")])
    row = fit(row, cells)
    return [*row, (" " * max(0, cells - width_of(row)), "")]


def _nearest(seen: Sequence[int] | dict[int, Mark], column: int | None) -> int | None:
    """The mark under the cross-hair or beside it."""
    if column is None:
        return None
    near = [cell for cell in seen if abs(cell - column) <= 1]
    return min(near, key=lambda cell: abs(cell - column), default=None)

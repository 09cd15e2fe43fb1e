"""Curves as braille dots, two by four to a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tflab.ui.widgets.curve_columns import Extremes
from tflab.ui.widgets.rows import Role, Row

_DOTS: Final = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
_BLANK: Final = 0x2800


@dataclass(frozen=True)
class Stroke:
    """One line to be drawn."""

    extremes: Extremes
    role: Role
    gap: int = 0
    """Every so many columns one is left out: a dotted line is told from a whole one without its colour."""


@dataclass(frozen=True)
class Canvas:
    """Braille codes (without their base) and the stroke each belongs to, by row and cell."""

    codes: NDArray[np.uint8]
    owners: NDArray[np.int16]
    roles: Sequence[Role]

    def row(self, y: int, overlay: Mapping[int, tuple[str, Role]]) -> Row:
        """Row ``y``; the signs of ``overlay`` stand in their cells, those of role ``bad`` also over dots."""
        codes, owners = self.codes[y], self.owners[y]
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
                row.append((characters[begin:end], self.roles[owner] if owner >= 0 else ""))
        return row


def paint(strokes: Sequence[Stroke], low: float, high: float, cells: int, rows: int) -> Canvas:
    """The strokes between the heights ``low`` and ``high``; later ones lie on top."""
    codes = np.zeros((rows, cells), np.uint8)
    owners = np.full((rows, cells), -1, np.int16)
    heights = np.arange(rows * 4)[:, None]
    for index, stroke in enumerate(strokes):
        lowest, highest = stroke.extremes
        top = (high - highest) / (high - low) * (rows * 4 - 1)
        bottom = (high - lowest) / (high - low) * (rows * 4 - 1)
        # Neighbouring columns are joined, so that a steep line has no holes.
        upper, lower = top.copy(), bottom.copy()
        joined = np.isfinite(top[1:]) & np.isfinite(bottom[:-1])
        upper[1:] = np.where(joined, np.fmin(top[1:], bottom[:-1]), top[1:])
        lower[1:] = np.where(joined, np.fmax(bottom[1:], top[:-1]), bottom[1:])
        with np.errstate(invalid="ignore"):
            on = (heights >= np.rint(upper)) & (heights <= np.rint(lower))
        if stroke.gap:
            on[:, stroke.gap - 1 :: stroke.gap] = False
        code = (on.reshape(rows, 4, cells, 2) * _DOTS[None, :, None, :]).sum((1, 3), dtype=np.uint8)
        hit = code > 0
        # Of two lines in one cell the later is seen, with its own dots only: a shared cell would belong to neither.
        codes[hit] = code[hit]
        owners[hit] = index
    return Canvas(codes, owners, [stroke.role for stroke in strokes])

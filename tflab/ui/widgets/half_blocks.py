"""Pictures in cells, two pixels in each: the upper half block has the colour of one, its ground that of the other."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tflab.state.pictures import Picture
from tflab.ui.widgets.rows import Row

MOST_COLUMNS: Final = 96
_COARSE: Final = 0xF8
"""Colours that differ less are one: so that neighbouring cells are drawn together."""


def cells_of(picture: Picture, width: int, height: int) -> tuple[int, int]:
    """The columns and rows that the picture takes where there are ``width`` and ``height``."""
    columns, lines = _pixels(picture, width, height)
    return columns, (lines + 1) // 2


def _pixels(picture: Picture, width: int, height: int) -> tuple[int, int]:
    columns = max(1, min(width, MOST_COLUMNS, picture.width, 2 * height * picture.width // picture.height))
    return columns, max(1, min(round(picture.height * columns / picture.width), 2 * height))


@lru_cache(maxsize=32)
def picture_rows(picture: Picture, width: int, height: int) -> list[Row]:
    """The picture in its proportions, in at most ``width`` cells (and `MOST_COLUMNS`) and ``height`` rows."""
    # Not needed for the first paint.
    import numpy as np

    columns, lines = _pixels(picture, width, height)
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 3).astype(np.float32)

    def starts(length: int, parts: int) -> list[int]:
        return [part * length // parts for part in range(parts)]

    down, across = starts(picture.height, lines), starts(picture.width, columns)
    sums = np.add.reduceat(np.add.reduceat(pixels, down, axis=0), across, axis=1)
    heights, widths = np.diff([*down, picture.height]), np.diff([*across, picture.width])
    means = (sums / (heights[:, None, None] * widths[None, :, None])).astype(np.uint8) & _COARSE
    if lines % 2:
        means = np.concatenate([means, means[-1:]])
    return [_row(means[at].tolist(), means[at + 1].tolist()) for at in range(0, len(means), 2)]


def _row(upper: list[list[int]], lower: list[list[int]]) -> Row:
    row: Row = []
    for above, below in zip(upper, lower, strict=True):
        role = "sgr:38;2;{};{};{};48;2;{};{};{}".format(*above, *below)
        if row and row[-1][1] == role:
            row[-1] = (row[-1][0] + "▀", role)
        else:
            row.append(("▀", role))
    return row

"""Planes of tensors whose elements do not fill a block: ragged rows, sparse entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from tflab.protocol.tensor_looks import Element
from tflab.session.probes.planes import Condensed, Elements, Window, plain, window_of
from tflab.session.probes.statistics import Array, is_numeric


class RaggedPlane:
    """The innermost ragged rows of a ragged tensor, below one another; places behind a row's end are None."""

    def __init__(self, splits: list[Array], flat: Array, at: tuple[int, ...]) -> None:
        """``splits`` are the nested row splits from the outside, ``flat`` the flat values; ``at`` chooses among the
        outer rows and in the axes within a value."""
        self._flat = flat
        first, end = 0, len(splits[0]) - 1
        lengths = []
        for level, inner in enumerate(splits[:-1]):
            lengths.append(end - first)
            if first < end:
                chosen = first + min((*at, *[0] * len(splits))[level], end - first - 1)
                first, end = int(inner[chosen]), int(inner[chosen + 1])
        self._starts, self._ends = splits[-1][first:end], splits[-1][first + 1 : end + 1]
        sizes = self._ends - self._starts
        self.axes = (len(splits) - 1, len(splits))
        self.lengths = (*lengths, end - first, int(sizes.max()) if len(sizes) else 0, *flat.shape[1:])

    def _row(self, row: int, window: Window) -> Array:
        inner = window.at[self.axes[1] + 1 :]
        index: tuple[Any, ...] = (slice(int(self._starts[row]), int(self._ends[row])), *inner)
        return np.asarray(self._flat[index])

    def window(self, at: tuple[int, ...], rows: int, columns: int) -> Window:
        """What was asked for; no other plane can be shown."""
        return window_of(self.lengths, at, self.axes, rows, columns)

    def elements(self, window: Window) -> Elements:
        """The elements of ``window``, row by row."""
        top, left = (window.at[axis] for axis in self.axes)
        width = min(window.columns, self.lengths[self.axes[1]] - left)
        return tuple(
            _padded(plain(self._row(row, window)[left : left + width]), width)
            for row in range(top, min(top + window.rows, self.lengths[self.axes[0]]))
        )

    def condensed(self, window: Window) -> Condensed | None:
        """Evenly spaced rows; each cell the mean of a stretch of one of them."""
        height, width = (self.lengths[axis] for axis in self.axes)
        if not is_numeric(self._flat):
            return None
        cells = min(height, window.rows), min(width, window.columns)
        if not all(cells):
            return Condensed((), (1.0, 1.0), sampled=False)
        edges = np.arange(cells[1]) * width // cells[1]
        rows: list[tuple[Element, ...]] = []
        for number in range(cells[0]):
            row = self._row(number * height // cells[0], window).astype(np.float64)
            starts = edges[edges < len(row)]
            counts = np.diff([*starts, len(row)])
            means = np.add.reduceat(row, starts) / counts if len(starts) else row
            rows.append(_padded(means.tolist(), cells[1]))
        return Condensed(tuple(rows), (height / cells[0], width / cells[1]), sampled=cells[0] < height)


class SparsePlane:
    """The stored entries of a sparse tensor; everywhere else is None."""

    def __init__(self, indices: Array, values: Array, lengths: tuple[int, ...]) -> None:
        self._indices, self._values = indices, values
        self.lengths = lengths

    def _stored(self, window: Window) -> tuple[list[Array], Array]:
        inside = np.ones(len(self._values), bool)
        for axis, index in enumerate(window.at):
            if axis not in window.axes:
                inside &= self._indices[:, axis] == index
        places = [self._indices[inside, axis] for axis in window.axes]
        if len(places) == 1:
            places.insert(0, np.zeros_like(places[0]))
        return places, self._values[inside]

    def elements(self, window: Window) -> Elements:
        """The elements of ``window``, row by row."""
        places, values = self._stored(window)
        across = window.axes[-1]
        if len(window.axes) == 1:
            width = window.columns
            count = min(window.rows * width, self.lengths[across] - window.at[across])
            height, last = -(-count // width), count - (-(-count // width) - 1) * width
            offset = places[1] - window.at[across]
            rows, columns, inside = offset // width, offset % width, (offset >= 0) & (offset < count)
        else:
            down = window.axes[0]
            height = min(window.rows, self.lengths[down] - window.at[down])
            width = last = min(window.columns, self.lengths[across] - window.at[across])
            rows, columns = places[0] - window.at[down], places[1] - window.at[across]
            inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        cells: list[list[Element]] = [[None] * (last if row == height - 1 else width) for row in range(height)]
        found: list[Any] = plain(values[inside])
        for row, column, value in zip(rows[inside].tolist(), columns[inside].tolist(), found, strict=True):
            cells[row][column] = value
        return tuple(map(tuple, cells))

    def condensed(self, window: Window) -> Condensed | None:
        """Each cell the mean of the entries stored there."""
        if not is_numeric(self._values) or not window.axes:
            return None
        places, values = self._stored(window)
        folded = len(window.axes) == 1
        sizes = (1, self.lengths[window.axes[0]]) if folded else tuple(self.lengths[axis] for axis in window.axes)
        counts = (1, window.rows * window.columns) if folded else (window.rows, window.columns)
        height, width = (min(size, count) for size, count in zip(sizes, counts, strict=True))
        if not height or not width:
            return Condensed((), (1.0, 1.0), sampled=False)
        cell = places[0] * height // sizes[0] * width + places[1] * width // sizes[1]
        numbers = (np.abs(values) if values.dtype.kind == "c" else values).astype(np.float64)
        total = np.bincount(cell, numbers, minlength=height * width).tolist()
        count = np.bincount(cell, minlength=height * width).tolist()
        means: list[Element] = [one / many if many else None for one, many in zip(total, count, strict=True)]
        across = window.columns if folded else width
        rows = tuple(tuple(means[start : start + across]) for start in range(0, len(means), across))
        return Condensed(rows, (sizes[0] / height, sizes[1] / width), sampled=False)


def _padded(row: list[Any], width: int) -> tuple[Element, ...]:
    return (*row, *[None] * (width - len(row)))

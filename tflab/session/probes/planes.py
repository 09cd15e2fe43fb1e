"""Two axes of a tensor as rows and columns: single elements, or the whole plane condensed to means."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from tflab.protocol.tensor_looks import Element
from tflab.session.probes.statistics import Array, is_numeric

MOST_CELLS: Final = 400
"""Rows or columns that are answered at most."""

_MOST_EXAMINED: Final = 1 << 16
"""Elements that an overview looks at, at most."""

_LONGEST_TEXT: Final = 80
_CHANNELS: Final = 4
"""An image has no more of them."""

Elements = tuple[tuple[Element, ...], ...]
Fetch = Callable[[tuple[Any, ...]], Array]
"""The elements at an index as NumPy has them: an integer, a slice or positions for each axis; the latter two as
`numpy.ix_` combines them."""


class Window(NamedTuple):
    """Which part of which plane."""

    axes: tuple[int, ...]
    """Down and across; one axis alone is folded into rows; none of a scalar."""
    at: tuple[int, ...]
    """The first element."""
    rows: int
    columns: int


class Condensed(NamedTuple):
    """A plane in few cells."""

    elements: Elements
    step: tuple[float, float]
    sampled: bool


def window_of(lengths: tuple[int, ...], at: tuple[int, ...], axes: tuple[int, ...], rows: int, columns: int) -> Window:
    """What was asked for, made to fit a tensor with axes of these ``lengths``."""
    rank = len(lengths)
    clamped = tuple(max(0, min(index, length - 1)) for index, length in zip((*at, *[0] * rank), lengths, strict=False))
    if len(axes) != min(rank, 2) or len(set(axes)) != len(axes) or not all(0 <= axis < rank for axis in axes):
        axes = usual_axes(lengths)
    return Window(axes, clamped, max(1, min(rows, MOST_CELLS)), max(1, min(columns, MOST_CELLS)))


def usual_axes(lengths: tuple[int, ...]) -> tuple[int, ...]:
    """The last two axes; the two before the channels of what looks like an image."""
    rank = len(lengths)
    if rank >= 3 and lengths[-1] <= _CHANNELS < min(lengths[-3:-1]):
        return rank - 3, rank - 2
    return tuple(range(rank))[-2:]


def elements_in(window: Window, lengths: tuple[int, ...], fetch: Fetch) -> Elements:
    """The elements of ``window``, row by row."""
    index: list[Any] = list(window.at)
    if not window.axes:
        return ((element_of(fetch(())),),)
    if len(window.axes) == 1:
        (axis,) = window.axes
        first = window.at[axis]
        index[axis] = slice(first, min(lengths[axis], first + window.rows * window.columns))
        flat = plain(fetch(tuple(index)))
        return tuple(tuple(flat[start : start + window.columns]) for start in range(0, len(flat), window.columns))
    for axis, count in zip(window.axes, (window.rows, window.columns), strict=True):
        index[axis] = slice(window.at[axis], min(lengths[axis], window.at[axis] + count))
    block = fetch(tuple(index))
    down, across = window.axes
    return tuple(tuple(row) for row in plain(block if down < across else block.T))


def condensed(window: Window, lengths: tuple[int, ...], fetch: Fetch) -> Condensed | None:
    """The whole plane of ``window`` in at most its number of rows and columns; None for what has no numbers."""
    if not window.axes:
        return None
    folded = len(window.axes) == 1
    axes = (None, window.axes[0]) if folded else window.axes
    counts = (1, window.rows * window.columns) if folded else (window.rows, window.columns)
    sizes = [1 if axis is None else lengths[axis] for axis in axes]
    cells = [min(size, count) for size, count in zip(sizes, counts, strict=True)]
    if not all(cells):
        return Condensed((), (1.0, 1.0), sampled=False)
    each = [1, 1]
    largest = [math.ceil(size / cell) for size, cell in zip(sizes, cells, strict=True)]
    room = max(1, _MOST_EXAMINED // (cells[0] * cells[1]))
    each[0] = min(largest[0], max(1, math.isqrt(room)))
    each[1] = min(largest[1], max(1, room // each[0]))
    each[0] = min(largest[0], max(1, room // each[1]))
    picked = [_picked(size, cell, most) for size, cell, most in zip(sizes, cells, each, strict=True)]
    index: list[Any] = list(window.at)
    for axis, (positions, _) in zip(axes, picked, strict=True):
        if axis is not None:
            index[axis] = positions
    block = fetch(tuple(index))
    if not is_numeric(block):
        return None
    if folded:
        block = block.reshape(1, -1)
    elif window.axes[0] > window.axes[1]:
        block = block.T
    means = _means(block, picked[0][1], picked[1][1])
    if folded:
        row = means[0]
        means = [row[start : start + window.columns] for start in range(0, len(row), window.columns)]
    step = (sizes[0] / cells[0], sizes[1] / cells[1])
    return Condensed(
        tuple(map(tuple, means)), step, sampled=any(most > one for most, one in zip(largest, each, strict=True))
    )


def _picked(size: int, cells: int, most: int) -> tuple[Array, Array]:
    """Positions along an axis, ``most`` of each cell at most, evenly spaced; and where each cell's begin among them."""
    edges = np.arange(cells + 1) * size // cells
    widths = np.minimum(np.diff(edges), most)
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    within = np.arange(int(widths.sum())) - np.repeat(starts, widths)
    spans = np.repeat(np.diff(edges), widths)
    return np.repeat(edges[:-1], widths) + within * spans // np.repeat(widths, widths), starts


def _means(block: Array, rows: Array, columns: Array) -> list[list[Element]]:
    with np.errstate(all="ignore"):
        values = (np.abs(block) if block.dtype.kind == "c" else block).astype(np.float64)
        finite = np.isfinite(values)
        if finite.all():
            sizes = np.outer(np.diff([*rows, len(block)]), np.diff([*columns, block.shape[1]]))
            return list((_summed(values, rows, columns) / sizes).tolist())
        total = _summed(np.where(finite, values, 0.0), rows, columns)
        count = _summed(finite.astype(np.float64), rows, columns)
        whole = _summed(np.ones(values.shape), rows, columns)
        # NaN or an infinity among its elements makes a cell so: their sum is what IEEE 754 makes of them.
        faults = _summed(np.where(finite, 0.0, values), rows, columns)
        means = np.where(count == whole, total / np.maximum(count, 1), faults)
    return list(means.tolist())


def _summed(values: Array, rows: Array, columns: Array) -> Array:
    return np.asarray(np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1))


def plain(block: Array) -> list[Any]:
    """The elements of an array of one or two axes as they can travel."""
    if block.dtype.kind in "biuf" and block.dtype.itemsize <= 8:
        return list(block.tolist())
    if block.dtype.kind == "V" and is_numeric(block):
        return list(block.astype(np.float64).tolist())
    if block.ndim == 1:
        return [element_of(element) for element in block]
    return [[element_of(element) for element in row] for row in block]


def element_of(value: Any) -> Element:
    """One element as it can travel: a number, or text."""
    if isinstance(value, np.ndarray):
        return element_of(value.reshape(-1)[0]) if value.dtype.kind == "O" else _as_element(value.reshape(1))
    if isinstance(value, np.generic):
        return _as_element(np.asarray(value).reshape(1))
    if type(value) is bytes:
        value = value.decode("utf-8", "replace")
    if type(value) is str:
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…"
    # An object array may hold the learner's own: nothing of theirs runs.
    return type(value).__name__


def _as_element(one: Array) -> Element:
    if one.dtype.kind in "US":
        return element_of(one.tolist()[0])
    if one.dtype.kind in "biuf" and one.dtype.itemsize <= 8:
        element: Element = one.tolist()[0]
        return element
    if one.dtype.kind == "c":
        number = complex(one[0])
        return f"{number.real:.5g}{number.imag:+.5g}j"
    return float(one.astype(np.float64)[0]) if is_numeric(one) else str(one.dtype)

"""Exact statistics of all elements of an array, a piece at a time, so that nothing large is ever copied."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from tflab.session.probes.statistics import (
    BINS,
    Array,
    Statistics,
    flat_view,
    histogram_of,
    is_numeric,
    statistics_of,
)

_PIECE: Final = 1 << 16
"""Elements at a time: they stay in the processor's cache over all the passes that their statistics take."""

Pieces = Callable[[], Iterator[Array]]
"""Goes through all elements once, in flat pieces."""


def pieces_of(array: Array) -> Iterator[Array]:
    """All elements of ``array`` in flat pieces, without a copy where they lie together."""
    flat = array if array.ndim == 1 else flat_view(array)
    if flat is None:
        for part in array:
            yield from pieces_of(part)
        return
    for start in range(0, flat.size, _PIECE):
        yield flat[start : start + _PIECE]


def measured(pieces: Pieces) -> Statistics | None:
    """The statistics of all elements; None for what has no numbers. Goes through them twice, for the histogram."""
    total: Statistics | None = None
    for piece in pieces():
        if not is_numeric(piece):
            return None
        found = statistics_of(piece)
        total = found if total is None else _joined(total, found)
    if total is None or total.min is None or total.max is None:
        return total
    bins = np.zeros(BINS, np.int64)
    for piece in pieces():
        counts = histogram_of(piece, total.min, total.max)
        if not counts:
            return total._replace(histogram=())
        bins += counts
    return total._replace(histogram=tuple(bins.tolist()))


def _joined(one: Statistics, other: Statistics) -> Statistics:
    """The statistics of two sets of elements together, by the parallel form of Chan, Golub and LeVeque (1979)."""
    sizes = [each.examined - each.nan - each.inf for each in (one, other)]
    if not sizes[0] or not sizes[1]:
        low, high, mean, std = (other if sizes[1] else one)[:4]
    else:
        count = sizes[0] + sizes[1]
        means, deviations = [one.mean or 0.0, other.mean or 0.0], [one.std or 0.0, other.std or 0.0]
        apart = means[1] - means[0]
        mean = means[0] + apart * (sizes[1] / count)
        squares = sum(size * deviation**2 for size, deviation in zip(sizes, deviations, strict=True))
        std = math.sqrt((squares + apart**2 * sizes[0] * (sizes[1] / count)) / count)
        low = min(value for value in (one.min, other.min) if value is not None)
        high = max(value for value in (one.max, other.max) if value is not None)
    return Statistics(
        low,
        high,
        mean,
        std,
        nan=one.nan + other.nan,
        inf=one.inf + other.inf,
        negative_inf=one.negative_inf + other.negative_inf,
        zeros=one.zeros + other.zeros,
        negative=one.negative + other.negative,
        examined=one.examined + other.examined,
    )

"""Numbers about arrays, from a sample where they are large: about a millisecond whatever the size."""

from __future__ import annotations

import functools
import math
import zlib
from typing import Any, Final, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

SAMPLE: Final = 65536
"""Elements that are examined at most."""

BINS: Final = 20
"""Of a histogram."""

_RUN: Final = 256
_HASHED_BYTES: Final = 1 << 18
_HASHED_ELEMENTS: Final = 4096


class Statistics(NamedTuple):
    """Over the examined elements; ``min``, ``max``, ``mean`` and ``std`` over the finite ones, None without any."""

    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    nan: int = 0
    inf: int = 0
    negative_inf: int = 0
    zeros: int = 0
    negative: int = 0
    """Of the finite ones."""
    examined: int = 0
    histogram: tuple[int, ...] = ()


def is_numeric(array: Array) -> bool:
    """Whether there is anything to compute: numbers of any kind, truth values included."""
    # Kind V are the small floats that NumPy does not have itself, bfloat16 and float8.
    if array.dtype.kind != "V":
        return array.dtype.kind in "biufc"
    if array.dtype.names is not None:
        return False
    try:
        array.reshape(-1)[:1].astype(np.float32)
    except (TypeError, ValueError):
        return False
    return True


def statistics_of(sample: Array) -> Statistics:
    """The statistics of a flat numeric array. Complex numbers count by their magnitude."""
    # Whatever the learner has NumPy do about overflows, here they are no matter.
    with np.errstate(all="ignore"):
        return _statistics_of(sample)


def histogram_of(sample: Array, low: float, high: float) -> tuple[int, ...]:
    """How many finite elements of a flat numeric array lie in each of the bins from ``low`` to ``high``; empty where
    these are too close for bins."""
    with np.errstate(all="ignore"):
        values = _numbers(sample)
        is_finite = np.isfinite(values)
        return _histogram(values if is_finite.all() else values[is_finite], low, high)


def _numbers(sample: Array) -> Array:
    return (np.abs(sample) if sample.dtype.kind == "c" else sample).astype(np.float64)


def _statistics_of(sample: Array) -> Statistics:
    values = _numbers(sample)
    finite = values
    nan = infinite = negative_infinite = 0
    # Not by a dot product with itself: BLAS would wake its threads for it, and each costs more than the whole look.
    if sample.dtype.kind not in "biu" and not (is_finite := np.isfinite(values)).all():
        finite = values[is_finite]
        nan = int(np.count_nonzero(np.isnan(values)))
        infinite = values.size - finite.size - nan
        negative_infinite = int(np.count_nonzero(np.isneginf(values)))
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (None, None)
    return Statistics(
        low,
        high,
        float(finite.mean()) if finite.size else None,
        float(finite.std()) if finite.size else None,
        nan=nan,
        inf=infinite,
        negative_inf=negative_infinite,
        zeros=values.size - int(np.count_nonzero(values)),
        negative=int(np.count_nonzero(finite < 0)),
        examined=values.size,
        histogram=() if low is None or high is None else _histogram(finite, low, high),
    )


def _histogram(values: Array, low: float, high: float) -> tuple[int, ...]:
    width = (high - low) / BINS
    # All the same value, or so close to the limits of float64 that the width is none.
    if not 0 < width < math.inf:
        return ()
    bins = np.minimum(((values - low) / width).astype(np.int64), BINS - 1)
    return tuple(np.bincount(bins, minlength=BINS).tolist())


def sampled(array: Array) -> Array:
    """All elements of a small array, else `SAMPLE` of them, flat: runs at slightly irregular distances, so that no
    pattern of rows is missed or met every time. The same elements for the same size. Never copies the whole array."""
    if array.size <= SAMPLE:
        return array.reshape(-1)
    flat = flat_view(array)
    if flat is None:
        return np.asarray(array[np.unravel_index(sample_positions(array.size), array.shape)])
    return np.concatenate([flat[start : start + _RUN] for start in _run_starts(array.size)])


def flat_view(array: Array) -> Array | None:
    """The elements in memory order without a copy; None where they do not lie together."""
    if array.flags.c_contiguous or array.flags.f_contiguous:
        return array.ravel(order="K")
    return None


@functools.lru_cache(maxsize=256)
def _run_starts(size: int) -> tuple[int, ...]:
    runs = SAMPLE // _RUN
    stride = size // runs
    jitter = np.random.default_rng(size).integers(0, max(1, stride - _RUN), runs)
    return tuple(np.minimum(np.arange(runs) * stride + jitter, size - _RUN).tolist())


def sample_positions(size: int) -> Array:
    """The flat positions that `sampled` examines of ``size`` elements."""
    return (np.asarray(_run_starts(size))[:, None] + np.arange(_RUN)).reshape(-1)


def fingerprint(array: Array) -> int:
    """A number that changes when the array does: of all bytes where there are few, else of a strided sample."""
    if array.dtype.hasobject:
        # Strings as Python objects, or objects of the learner's: only strings may be looked into.
        first = array.reshape(-1)[:_HASHED_ELEMENTS].tolist()
        return hash((array.shape, tuple(each if type(each) in (bytes, str) else id(each) for each in first)))
    flat = flat_view(array)
    if flat is None:
        flat = sampled(array)
    if flat.nbytes > _HASHED_BYTES:
        flat = flat[:: -(-flat.size // _HASHED_ELEMENTS)]
    return zlib.crc32(np.ascontiguousarray(flat).view(np.uint8).data, zlib.crc32(repr(array.shape).encode()))

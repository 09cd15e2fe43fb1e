"""One curve of any length that can be drawn in constant time.

`Series` appends values and keeps, beside them, the minimum and maximum of every 8, 64, 512, ... of them. A drawing asks
for the minimum and maximum in each of its columns and reads only the level that fits, so ten million points cost as
little as a thousand, and a single spike is never hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

FACTOR: Final = 8
_MOST_GAPS: Final = 4096
_BLOCK: Final = 64
_WIDE: Final = 128
"""Blocks that a mean goes over from which on a block is nothing to it."""
_PIECE: Final = 4096
"""Stretches that are looked at together when a curve is sampled."""
_LARGEST: Final = float(np.finfo(np.float32).max)


class _Level:
    """Minimum and maximum of every ``FACTOR ** n`` values."""

    def __init__(self) -> None:
        self.low: Floats = np.empty(16, np.float32)
        self.high: Floats = np.empty(16, np.float32)
        self.count = 0

    def fill(self, low: Floats, high: Floats, full: int) -> None:
        """Brings the level up to ``full`` blocks of the level below."""
        done = self.count
        if full > len(self.low):
            self.low = _grown(self.low, done, full)
            self.high = _grown(self.high, done, full)
        blocks = slice(done * FACTOR, full * FACTOR)
        self.low[done:full] = np.fmin.reduce(low[blocks].reshape(-1, FACTOR), axis=1)
        self.high[done:full] = np.fmax.reduce(high[blocks].reshape(-1, FACTOR), axis=1)
        self.count = full


def _grown(array: Floats, used: int, needed: int) -> Floats:
    larger: Floats = np.empty(max(needed, 2 * len(array)), np.float32)
    larger[:used] = array[:used]
    return larger


class Series:
    """Values over ascending steps, append only. Values that are not finite leave a gap that is remembered."""

    def __init__(self) -> None:
        self._values: Floats = np.empty(1024, np.float32)
        self._levels: list[_Level] = []
        self._steps: Doubles | None = None
        """The step of each value; None while they are evenly spaced."""
        self._stride = 1.0
        self._sums: Doubles = np.zeros(16)
        self._counts: Doubles = np.zeros(16)
        """Sum and number of the finite values before each block of `_BLOCK`."""
        self._blocks = 0
        self.count = 0
        self.first_step = 0
        self.last_step = 0
        self.last_value = float("nan")
        self.gaps: list[tuple[int, int]] = []
        """First and last step of each stretch of values that are not finite, ascending."""

    def extend(
        self, steps: Sequence[int] | NDArray[np.int64], values: Sequence[float] | NDArray[np.floating[Any]]
    ) -> None:
        """Appends; ``steps`` ascend and lie after the last one."""
        added = min(len(steps), len(values))
        if not added:
            return
        fresh = np.asarray(values[:added], np.float64)
        finite = np.isfinite(fresh)
        if not finite.all():
            self._note_gaps(steps, finite)
            fresh = np.where(finite, fresh, np.nan)
        self._append_steps(steps, added)
        total = self.count + added
        if total > len(self._values):
            self._values = _grown(self._values, self.count, total)
        self._values[self.count : total] = np.clip(fresh, -_LARGEST, _LARGEST)
        self.count = total
        self.last_step = int(steps[added - 1])
        self.last_value = float(values[added - 1])
        self._raise_levels()
        self._raise_totals()

    def _append_steps(self, steps: Sequence[int] | NDArray[np.int64], added: int) -> None:
        count = self.count
        if count == 0:
            self.first_step = int(steps[0])
        if count + added > 1 and count < 2 and self._steps is None:
            second = steps[1 - count]
            self._stride = float(second - self.first_step) or 1.0
        fresh = np.asarray(steps[:added], np.float64)
        if self._steps is None:
            expected = self.first_step + self._stride * np.arange(count, count + added)
            if np.array_equal(fresh, expected):
                return
            self._steps = np.empty(max(1024, 2 * (count + added)), np.float64)
            self._steps[:count] = self.first_step + self._stride * np.arange(count)
        if count + added > len(self._steps):
            larger = np.empty(2 * (count + added), np.float64)
            larger[:count] = self._steps[:count]
            self._steps = larger
        self._steps[count : count + added] = fresh

    def _note_gaps(self, steps: Sequence[int] | NDArray[np.int64], finite: NDArray[np.bool_]) -> None:
        previous_bad = bool(self.gaps) and self.count > 0 and self.gaps[-1][1] == self.last_step
        for step, good in zip(np.asarray(steps).tolist(), finite.tolist(), strict=False):
            if not good:
                if previous_bad or len(self.gaps) >= _MOST_GAPS:
                    self.gaps[-1] = (self.gaps[-1][0], step)
                else:
                    self.gaps.append((step, step))
            previous_bad = not good

    def _raise_levels(self) -> None:
        low = high = self._values
        have = self.count
        depth = 0
        while have >= FACTOR:
            if depth == len(self._levels):
                self._levels.append(_Level())
            level = self._levels[depth]
            full = have // FACTOR
            if full > level.count:
                level.fill(low, high, full)
            low, high, have = level.low, level.high, level.count
            depth += 1

    def _index(self, steps: Doubles) -> NDArray[np.int64]:
        """The index of the first value at or after each step."""
        if self._steps is None:
            at = np.ceil((steps - self.first_step) / self._stride)
            return np.clip(at, 0, self.count).astype(np.int64)
        return np.searchsorted(self._steps[: self.count], steps).astype(np.int64)

    def bins(self, start: float, stop: float, columns: int) -> tuple[Floats, Floats]:
        """Minimum and maximum of the values in ``columns`` equal parts of the steps [start, stop); NaN where none.

        Takes time by ``columns``, not by the number of values.
        """
        return self.bins_between(np.linspace(start, stop, columns + 1, dtype=np.float64))

    def bins_between(self, edges: Doubles) -> tuple[Floats, Floats]:
        """Minimum and maximum between neighbouring ``edges``, ascending steps; else as `bins`."""
        columns = len(edges) - 1
        low: Floats = np.full(columns, np.nan, np.float32)
        high: Floats = np.full(columns, np.nan, np.float32)
        if not self.count:
            return low, high
        index = self._index(edges)
        begin, end = int(index[0]), int(index[-1])
        typical = (end - begin) / columns
        depth, size = -1, 1
        while depth + 1 < len(self._levels) and size * FACTOR * 2 <= typical:
            depth, size = depth + 1, size * FACTOR
        if depth < 0:
            _reduce(self._values, self._values, index, low, high)
            return low, high
        level = self._levels[depth]
        blocks = np.minimum(index // size, level.count)
        blocks[-1] = min(-(-end // size), level.count)
        _reduce(level.low, level.high, blocks, low, high)
        tail = self._values[max(begin, level.count * size) : end]
        if tail.size:
            # Values after the last whole block belong to the last column that holds any.
            last = int(np.searchsorted(index, end - 1, side="right")) - 1
            low[last] = np.fmin(low[last], np.fmin.reduce(tail))
            high[last] = np.fmax(high[last], np.fmax.reduce(tail))
        return low, high

    def means_around(self, steps: Doubles, width: int) -> Doubles:
        """The mean of the ``width`` values around each of ``steps``, fewer at the ends and in gaps; NaN where none.

        Of many thousand values it may be up to `_BLOCK` more or fewer. Takes time by the number of ``steps``, not by
        ``width`` or the number of values.
        """
        centre = self._index(steps)
        first = np.clip(centre - width // 2, 0, self.count)
        last = np.clip(centre - width // 2 + max(1, width), 0, self.count)
        if width > _WIDE * _BLOCK:
            # The values before a block are summed already: none has to be read, from all over the memory.
            first, last = first // _BLOCK * _BLOCK, last // _BLOCK * _BLOCK
        sums, counts = self._totals(last)
        sums_before, counts_before = self._totals(first)
        means: Doubles = np.full(len(steps), np.nan)
        np.divide(sums - sums_before, counts - counts_before, out=means, where=counts > counts_before)
        return means

    def _totals(self, index: NDArray[np.int64]) -> tuple[Doubles, Doubles]:
        """Sum and number of the finite values before each index."""
        block = index // _BLOCK
        if not (index % _BLOCK).any():
            return self._sums[block], self._counts[block]
        within = block[:, None] * _BLOCK + np.arange(_BLOCK)
        values = self._values[np.minimum(within, max(0, self.count - 1))].astype(np.float64)
        counted = (within < index[:, None]) & np.isfinite(values)
        return (
            self._sums[block] + np.where(counted, values, 0.0).sum(1),
            self._counts[block] + counted.sum(1),
        )

    def _raise_totals(self) -> None:
        """Brings the sums before each block up to the values there are."""
        done, full = self._blocks, self.count // _BLOCK
        if full <= done:
            return
        if full >= len(self._sums):
            self._sums = np.resize(self._sums, 2 * full + 2)
            self._counts = np.resize(self._counts, 2 * full + 2)
        values = self._values[done * _BLOCK : full * _BLOCK].reshape(-1, _BLOCK).astype(np.float64)
        finite = np.isfinite(values)
        self._sums[done + 1 : full + 1] = self._sums[done] + np.cumsum(np.where(finite, values, 0.0).sum(1))
        self._counts[done + 1 : full + 1] = self._counts[done] + np.cumsum(finite.sum(1))
        self._blocks = full

    def count_between(self, start: float, stop: float) -> int:
        """How many values lie at the steps from ``start`` to ``stop``, both included."""
        first, last = self._index(np.asarray([start, np.nextafter(stop, np.inf)]))
        return int(last - first)

    def points(self, start: float, stop: float) -> tuple[Doubles, Floats]:
        """Steps and values from ``start`` to ``stop``, and one on either side so that lines reach the edges."""
        first, last = self._index(np.asarray([start, np.nextafter(stop, np.inf)]))
        low, high = max(0, int(first) - 1), min(self.count, int(last) + 1)
        if self._steps is None:
            steps: Doubles = self.first_step + self._stride * np.arange(low, high, dtype=np.float64)
        else:
            steps = self._steps[low:high]
        return steps, self._values[low:high]

    def at(self, step: float) -> tuple[int, float] | None:
        """Step and value nearest to ``step``; the value is NaN in a gap. None for an empty series."""
        if not self.count:
            return None
        index = int(self._index(np.asarray([step]))[0])
        candidates = [number for number in (index - 1, index) if 0 <= number < self.count]
        best = min(candidates, key=lambda number: abs(self._step_of(number) - step))
        return round(self._step_of(best)), float(self._values[best])

    def sample(self, begin: int, most: int) -> tuple[NDArray[np.int64], Floats]:
        """Steps and values from the value with index ``begin`` on, as they are up to ``most`` of them.

        Of more, the lowest and the highest of each of ``most / 2`` stretches, and one that is not finite if there is
        any: no spike and no gap is lost.
        """
        count, values, own_steps = self.count, self._values, self._steps
        total = count - begin
        if total <= most:
            chosen = np.arange(begin, count)
        else:
            size = -(-total // max(1, most // 2))
            parts = []
            # Piece by piece: the arrays in between would else be as large as the curve.
            for start in range(begin, count, size * _PIECE):
                piece = values[start : min(count, start + size * _PIECE)]
                rows = -(-len(piece) // size)
                flat: Floats = np.full(rows * size, piece[-1], np.float32)
                flat[: len(piece)] = piece
                padded: Floats = flat.reshape(rows, size)
                gaps = np.isnan(padded)
                lowest = np.where(gaps, np.inf, padded).argmin(1)
                highest = np.where(gaps, -np.inf, padded).argmax(1)
                found = start + np.arange(rows)[:, None] * size + np.stack([lowest, highest, gaps.argmax(1)], 1)
                found = np.where(np.stack([lowest >= 0, highest >= 0, gaps.any(1)], 1), found, found[:, :1])
                parts.append(np.minimum(found.ravel(), count - 1))
            chosen = np.unique(np.concatenate(parts))
        steps = self.first_step + self._stride * chosen if own_steps is None else own_steps[chosen]
        return np.rint(steps).astype(np.int64), values[chosen]

    def tail(self, count: int) -> list[float]:
        """The last ``count`` values; NaN where one was not finite."""
        values: list[float] = self._values[max(0, self.count - count) : self.count].tolist()
        return values

    def _step_of(self, index: int) -> float:
        if self._steps is None:
            return self.first_step + self._stride * index
        return float(self._steps[index])


def _reduce(lows: Floats, highs: Floats, index: NDArray[np.int64], low: Floats, high: Floats) -> None:
    """Writes the extremes of ``lows`` and ``highs`` between neighbouring entries of ``index``; empty parts stay NaN."""
    filled = index[1:] > index[:-1]
    if filled.any():
        starts, end = index[:-1][filled], index[-1]
        low[filled] = np.fmin.reduceat(lows[:end], starts)
        high[filled] = np.fmax.reduceat(highs[:end], starts)

"""The ring of a graph that XLA compiles. A compiled program pays more for each resource that it reads or writes than
for all that it does with a few numbers, so the count lies beside the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import gen_resource_variable_ops as raw

from tflab.session.probes.ring import Ring, make_resource, row_of


class CompiledRing(Ring):
    """As `Ring`, without labels, in one resource: after the last row comes one that begins with the count, which a
    float64 holds exactly."""

    def _make(self, *, labelled: bool) -> None:
        assert not labelled
        self._numbers = make_resource([self.slots + 1, self.width], tf.float64, 0)

    def write(self, numbers: list[Any], label: Any = None) -> Any:
        """As of `Ring`."""
        row = tf.cast(row_of(numbers, self.width), tf.float64)
        last = raw.resource_gather(self._numbers, tf.constant(self.slots, tf.int64), tf.float64)
        step = tf.cast(last[0], tf.int64)
        slot = tf.bitwise.bitwise_and(step, tf.constant(self.slots - 1, tf.int64))
        count = tf.stack([last[0] + 1.0, *[tf.constant(0.0, tf.float64)] * (self.width - 1)])
        # In this order: who sees the count finds the row.
        slots = tf.stack([slot, tf.constant(self.slots, tf.int64)])
        raw.resource_scatter_update(self._numbers, slots, tf.stack([row, count]))
        return step

    def written(self) -> int:
        """As of `Ring`."""
        return int(raw.resource_gather(self._numbers, self.slots, tf.float64).numpy()[0])

    def _rows_in(self, slots: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float32]]:
        rows: np.ndarray[Any, np.dtype[np.float64]] = raw.resource_gather(self._numbers, slots, tf.float64).numpy()
        return rows.astype(np.float32)

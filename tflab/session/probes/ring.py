"""Values that a graph leaves behind for the poller: no host callback, no pause of the graph.

They are held in raw anonymous resources, not ``tf.Variable`` objects, so no module, model, checkpoint or strategy ever
sees them. These are made once per call site, under ``tf.init_scope``, on the device of the code being traced.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.ops import gen_resource_variable_ops as raw
from tensorflow.python.ops import resource_variable_ops

MOST_SLOTS: Final = 16384
"""Rows that a ring holds: at the poller's 20 readings a second enough for 300,000 steps a second."""

_MOST_NUMBERS: Final = 1 << 17
"""Numbers that a ring holds; wide rows leave room for fewer of them."""


def make_resource(shape: list[int], dtype: Any, initial: Any) -> Any:
    """The handle of a variable that nothing tracks; ``initial`` fills it."""
    handle = resource_variable_ops._variable_handle_from_shape_and_dtype(
        tf.TensorShape(shape), dtype, None, "tflab", graph_mode=False
    )
    raw.assign_variable_op(handle, tf.constant(initial, dtype, shape=shape))
    handle._tflab_ring = True
    return handle


def is_ring(tensor: Any) -> bool:
    """Whether ``tensor`` is a handle made by `make_resource`."""
    return hasattr(tensor, "_tflab_ring")


def row_of(numbers: list[Any], width: int) -> Any:
    """Float32 scalars as a row; zeros fill it up."""
    return tf.stack([*numbers, *[tf.constant(0.0)] * (width - len(numbers))])


class RingReading(NamedTuple):
    """What came since the last reading."""

    first: int
    """Step of ``rows[0]``, counted from 0 since the ring was made."""
    rows: np.ndarray[Any, np.dtype[np.float32]]
    """One row a step."""
    labels: np.ndarray[Any, np.dtype[np.int64]] | None
    """What was given as ``label`` with each row, where the ring has labels."""
    missed: int
    """Steps before ``first`` that were overwritten before they could be read."""


class Ring:
    """The last rows of float32 numbers that a graph wrote, and how many it wrote in all."""

    def __init__(self, width: int = 1, *, labelled: bool = False) -> None:
        """``width`` numbers a row; a row of a labelled ring has an int64 beside them."""
        self.width = width
        self.slots = min(MOST_SLOTS, 1 << ((_MOST_NUMBERS // width).bit_length() - 1))
        self._labels: Any = None
        self._seen = 0
        self._make(labelled=labelled)

    def _make(self, *, labelled: bool) -> None:
        self._count = make_resource([], tf.int64, 0)
        self._rows = make_resource([self.slots, self.width], tf.float32, 0)
        if labelled:
            self._labels = make_resource([self.slots], tf.int64, 0)

    def write(self, numbers: list[Any], label: Any = None) -> Any:
        """Adds to the graph being traced: store a row of float32 scalars (zeros fill it up), count one. Returns the
        step's tensor."""
        row = row_of(numbers, self.width)
        step = raw.read_variable_op(self._count, tf.int64)
        slot = tf.bitwise.bitwise_and(step, tf.constant(self.slots - 1, tf.int64))
        written = [raw.resource_scatter_update(self._rows, slot, row)]
        if self._labels is not None:
            written.append(raw.resource_scatter_update(self._labels, slot, label))
        with ops.control_dependencies(written):
            raw.assign_add_variable_op(self._count, tf.constant(1, tf.int64))
        return step

    def read(self) -> RingReading | None:
        """What was written since the last call, None where nothing was. The graph may be writing meanwhile."""
        count = self.written()
        if count == self._seen:
            return None
        first = max(self._seen, count - self.slots + 1)
        slots = np.arange(first, count) & (self.slots - 1)
        rows = self._rows_in(slots)
        labels = None if self._labels is None else raw.resource_gather(self._labels, slots, tf.int64).numpy()
        lost = 0
        if count - first > self.slots // 4:
            # So fast a graph may have overwritten some of it meanwhile, the slot of the step under way included.
            lost = min(max(0, self.written() - self.slots + 1 - first), count - first)
        missed = first + lost - self._seen
        self._seen = count
        return RingReading(first + lost, rows[lost:], None if labels is None else labels[lost:], missed)

    def written(self) -> int:
        """How many rows were written so far."""
        return int(raw.read_variable_op(self._count, tf.int64))

    def _rows_in(self, slots: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float32]]:
        rows: np.ndarray[Any, np.dtype[np.float32]] = raw.resource_gather(self._rows, slots, tf.float32).numpy()
        return rows

"""Values that a graph leaves behind for the poller: no host callback, no pause of the graph.

Both classes hold raw anonymous resources, not ``tf.Variable`` objects, so no module, model, checkpoint or strategy
ever sees them. They are made once per call site, under ``tf.init_scope``, on the device of the code being traced.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.ops import gen_resource_variable_ops as raw
from tensorflow.python.ops import resource_variable_ops

SLOTS: Final = 16384
"""Steps that a ring holds: at the poller's 20 readings a second enough for 300,000 steps a second. A power of 2."""


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


class RingReading(NamedTuple):
    """What came since the last reading."""

    first: int
    """Step of ``values[0]``, counted from 0 since the ring was made."""
    values: np.ndarray[Any, np.dtype[np.float32]]
    labels: np.ndarray[Any, np.dtype[np.int64]] | None
    """What was given as ``label`` with each value, where the ring has labels."""
    missed: int
    """Steps before ``first`` that were overwritten before they could be read."""


class Ring:
    """The last `SLOTS` values that a graph wrote, and how many it wrote in all."""

    def __init__(self, *, labelled: bool = False) -> None:
        self._count = make_resource([], tf.int64, 0)
        self._values = make_resource([SLOTS], tf.float32, 0)
        self._labels = make_resource([SLOTS], tf.int64, 0) if labelled else None
        self._seen = 0

    def write(self, value: Any, label: Any = None) -> Any:
        """Adds to the graph being traced: store ``value`` (a float32 scalar), count one. Returns the step's tensor."""
        step = raw.read_variable_op(self._count, tf.int64)
        slot = tf.bitwise.bitwise_and(step, tf.constant(SLOTS - 1, tf.int64))
        written = [raw.resource_scatter_update(self._values, slot, value)]
        if self._labels is not None:
            written.append(raw.resource_scatter_update(self._labels, slot, label))
        with ops.control_dependencies([operation for operation in written if operation is not None]):
            raw.assign_add_variable_op(self._count, tf.constant(1, tf.int64))
        return step

    def has_news(self) -> bool:
        """Whether anything was written since the last `read`."""
        return int(raw.read_variable_op(self._count, tf.int64)) != self._seen

    def read(self) -> RingReading:
        """What was written since the last call. The graph may be writing meanwhile."""
        count = int(raw.read_variable_op(self._count, tf.int64))
        values = raw.read_variable_op(self._values, tf.float32).numpy()
        labels = None if self._labels is None else raw.read_variable_op(self._labels, tf.int64).numpy()
        # What is being overwritten by now, the slot of the step under way included, cannot be trusted.
        latest = int(raw.read_variable_op(self._count, tf.int64))
        first = min(max(self._seen, latest - SLOTS + 1), count)
        slots = np.arange(first, count) & (SLOTS - 1)
        missed = first - self._seen
        self._seen = count
        return RingReading(first, values[slots], None if labels is None else labels[slots], missed)


class NormReading(NamedTuple):
    """The norms of one step."""

    step: int
    numbers: list[float]


class NormsOnDemand:
    """Numbers that are dear to compute, written by the graph only in a step that starts after they were asked for."""

    def __init__(self, count: int, host: Any) -> None:
        """``count`` numbers a step; ``host`` is the device scope for the flag, on which the host decides."""
        self._host = host
        with host():
            self._wanted = make_resource([], tf.bool, True)
        self._step = make_resource([], tf.int64, -1)
        self._numbers = make_resource([count], tf.float32, 0)

    def write(self, step: Any, compute: Any) -> None:
        """Adds to the graph: where wanted, store ``step`` and the float32 scalars that ``compute()`` makes."""

        def store() -> Any:
            written = [
                raw.assign_variable_op(self._numbers, tf.stack(compute())),
                raw.assign_variable_op(self._step, step),
            ]
            with ops.control_dependencies(written), self._host():
                done = raw.assign_variable_op(self._wanted, tf.constant(False))
            with ops.control_dependencies([done]):
                return tf.constant(0)

        with self._host():
            wanted = raw.read_variable_op(self._wanted, tf.bool)
        tf.cond(wanted, store, lambda: tf.constant(0))

    def read(self) -> NormReading | None:
        """The numbers written since the last call, which are asked for anew; None where there are none yet."""
        if bool(raw.read_variable_op(self._wanted, tf.bool)):
            return None
        reading = NormReading(
            int(raw.read_variable_op(self._step, tf.int64)),
            raw.read_variable_op(self._numbers, tf.float32).numpy().tolist(),
        )
        raw.assign_variable_op(self._wanted, tf.constant(True))
        return reading

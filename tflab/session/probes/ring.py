"""Values that a graph leaves behind for the poller: no host callback, no pause of the graph.

Both classes hold raw anonymous resources, not ``tf.Variable`` objects, so no module, model, checkpoint or strategy
ever sees them. They are made once per call site, under ``tf.init_scope``, on the device of the code being traced.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.ops import control_flow_util, resource_variable_ops
from tensorflow.python.ops import gen_resource_variable_ops as raw

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
        self._count = make_resource([], tf.int64, 0)
        self._rows = make_resource([self.slots, width], tf.float32, 0)
        self._labels = make_resource([self.slots], tf.int64, 0) if labelled else None
        self._seen = 0

    def write(self, numbers: list[Any], label: Any = None) -> Any:
        """Adds to the graph being traced: store a row of float32 scalars (zeros fill it up), count one. Returns the
        step's tensor."""
        row = tf.stack([*numbers, *[tf.constant(0.0)] * (self.width - len(numbers))])
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
        count = int(raw.read_variable_op(self._count, tf.int64))
        if count == self._seen:
            return None
        first = max(self._seen, count - self.slots + 1)
        slots = np.arange(first, count) & (self.slots - 1)
        rows = raw.resource_gather(self._rows, slots, tf.float32).numpy()
        labels = None if self._labels is None else raw.resource_gather(self._labels, slots, tf.int64).numpy()
        lost = 0
        if count - first > self.slots // 4:
            # So fast a graph may have overwritten some of it meanwhile, the slot of the step under way included.
            latest = int(raw.read_variable_op(self._count, tf.int64))
            lost = min(max(0, latest - self.slots + 1 - first), count - first)
        missed = first + lost - self._seen
        self._seen = count
        return RingReading(first + lost, rows[lost:], None if labels is None else labels[lost:], missed)


class NormReading(NamedTuple):
    """The numbers of one step."""

    step: int
    numbers: list[float]


class NormsOnDemand:
    """Numbers that are dear to compute, written by the graph only in a step that starts after they were asked for."""

    def __init__(self, count: int, *, on_host: bool) -> None:
        """``count`` numbers a step. ``on_host`` keeps the question in the host's memory, where it costs a GPU no
        pause to ask; without a GPU, or under XLA, everything lies on one device anyway."""
        self._on_host = on_host
        with self._question():
            self._wanted = make_resource([], tf.bool, True)
        # The step goes first; a float64 holds any count of steps exactly.
        self._numbers = make_resource([1 + count], tf.float64, -1)
        self._seen = -1

    def _question(self) -> AbstractContextManager[Any]:
        return tf.device("/CPU:0") if self._on_host else contextlib.nullcontext()

    def write(self, step: Any, compute: Callable[[], list[Any]]) -> None:
        """Adds to the graph: where wanted, store ``step`` and the numbers (scalars or vectors) that ``compute()``
        makes."""

        def store() -> Any:
            # Answered before it is written: once the step can be read, the next question may be put.
            with self._question():
                answered = raw.assign_variable_op(self._wanted, tf.constant(False))
            with ops.control_dependencies([answered]):
                parts = [tf.reshape(tf.cast(part, tf.float64), [-1]) for part in (step, *compute())]
                numbers = tf.concat(parts, 0)
                written = raw.assign_variable_op(self._numbers, numbers)
            with ops.control_dependencies([written]):
                return tf.constant(0)

        with self._question():
            wanted = raw.read_variable_op(self._wanted, tf.bool)
        if control_flow_util.GraphOrParentsInXlaContext(ops.get_default_graph()):
            tf.cond(wanted, store, _no_answer)
        else:
            # TensorFlow spreads the conditional out: each tensor that the answer needs is let go as soon as it is
            # there, not kept until the last one is, so that its memory is used again as it would be without. The
            # answer is one call that is passed over, where, as nearly always, it is not wanted.
            answer = tf.function(store, autograph=False, experimental_attributes=_ONE_CALL)
            tf.cond(wanted, lambda: answer.get_concrete_function()(), _no_answer)

    def read(self) -> NormReading | None:
        """The numbers written since the last call, which are asked for anew; None where there are none yet."""
        step, *numbers = raw.read_variable_op(self._numbers, tf.float64).numpy().tolist()
        if step == self._seen:
            return None
        self._seen = step
        raw.assign_variable_op(self._wanted, tf.constant(True))
        return NormReading(int(step), numbers)


def _no_answer() -> Any:
    return tf.constant(0)


_ONE_CALL: Final = {"_noinline": True}

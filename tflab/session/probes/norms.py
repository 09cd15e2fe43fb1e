"""Scalars out of gradients and losses; the same code in eager mode and in graphs."""

from __future__ import annotations

import math
from typing import Any, Final

import tensorflow as tf
from tensorflow.python.framework.indexed_slices import IndexedSlices
from tensorflow.python.ops import gen_nn_ops
from tensorflow.python.util import nest

_LARGEST_SUMMED: Final = 4 << 20
"""Elements of a table whose sparse gradient is added up row by row for an exact norm."""


def flat_gradients(result: Any) -> list[Any]:
    """The result of ``tape.gradient``, one entry a source; None where there is no gradient."""
    return [result] if isinstance(result, IndexedSlices) else list(nest.flatten(result))


def half_squared_norm(gradient: Any) -> Any:
    """Half the squared L2 norm, as a scalar of at least float32: one cheap operation for a dense gradient."""
    values = _dense_values(gradient)
    if values.dtype.is_complex:
        values = tf.abs(values)
    if values.dtype in (tf.float16, tf.bfloat16):
        values = tf.cast(values, tf.float32)
    return gen_nn_ops.l2_loss(values)


def _dense_values(gradient: Any) -> Any:
    if isinstance(gradient, tf.RaggedTensor):
        return gradient.flat_values
    if not isinstance(gradient, IndexedSlices):
        return gradient
    # A row that was looked up twice has two entries whose sum is its gradient.
    rows = None if gradient.dense_shape is None else tf.get_static_value(gradient.dense_shape)
    if rows is not None and math.prod(int(length) for length in rows) <= _LARGEST_SUMMED:
        return tf.math.unsorted_segment_sum(gradient.values, gradient.indices, int(rows[0]))
    return gradient.values


def norm_in_graph(gradient: Any) -> Any:
    """The L2 norm as a float32 scalar tensor."""
    return tf.cast(tf.sqrt(2.0 * half_squared_norm(gradient)), tf.float32)


def norm_of_half_square(half: Any) -> float:
    """The norm as a float, from a resolved `half_squared_norm`."""
    return math.sqrt(2.0 * float(half))


def loss_of(target: Any) -> Any:
    """What ``tape.gradient`` differentiates: the sum over all that ``target`` holds, as a real scalar tensor."""
    parts = [_scalar(part) for part in nest.flatten(target)]
    if len(parts) == 1:
        return parts[0]
    widest = tf.float64 if any(part.dtype == tf.float64 for part in parts) else tf.float32
    return tf.add_n([tf.cast(part, widest) for part in parts])


def _scalar(tensor: Any) -> Any:
    if isinstance(tensor, tf.RaggedTensor):
        tensor = tensor.flat_values
    elif isinstance(tensor, (tf.SparseTensor, IndexedSlices)):
        tensor = tensor.values
    elif not isinstance(tensor, tf.Tensor):
        tensor = tf.convert_to_tensor(tensor)
    if tensor.dtype.is_complex:
        tensor = tf.math.real(tensor)
    elif not tensor.dtype.is_floating:
        tensor = tf.cast(tensor, tf.float32)
    return tensor if tensor.shape.rank == 0 else tf.reduce_sum(tensor)

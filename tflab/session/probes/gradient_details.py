"""What there is to a gradient beside its norm: how much of it is zero, which units get nothing, what is not finite.

A unit is what lies at one index of the last axis: a neuron of a dense kernel, a filter of a convolution, an element of
a bias. One whose gradient is zero altogether did not learn in that step; where it stays so, it is dead.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.indexed_slices import IndexedSlices

COUNT: Final = 4
"""Numbers that `details_in_graph` gives for one gradient."""

UNKNOWN: Final = -1.0
"""Stands for what a gradient does not have."""


class GradientDetails(NamedTuple):
    """Of one gradient, in one step."""

    zeros: float
    """The share of its elements that are zero."""
    dead: float | None
    """The share of its units whose elements are all zero; None for a scalar and for sparse gradients."""
    nan: int
    inf: int
    """How many elements are not finite."""

    @classmethod
    def of(cls, numbers: list[float]) -> GradientDetails:
        """From what `details_in_graph` gave."""
        zeros, dead, nan, inf = numbers
        # XLA rounds shares to a hair below zero.
        return cls(zeros, None if dead <= UNKNOWN / 2 else max(0.0, dead), _count(nan), _count(inf))


def _count(number: float) -> int:
    return int(number) if math.isfinite(number) else 0


def details_on_host(gradient: Any) -> GradientDetails | None:
    """Of an eager gradient, exact; None for kinds without. Copies nothing that lies in the host's memory."""
    if isinstance(gradient, IndexedSlices):
        values, shape = gradient.values, gradient.dense_shape
        if shape is None:
            return None
        whole = math.prod(shape.numpy().tolist())
    elif isinstance(gradient, tf.RaggedTensor):
        values, whole = gradient.flat_values, None
    else:
        values, whole = gradient, None
    array = np.asarray(values)
    whole = whole or array.size
    finite = np.isfinite(array)
    nan = 0 if finite.all() else int(np.isnan(array).sum())
    inf = array.size - int(np.count_nonzero(finite)) - nan
    zeros = 1.0 - int(np.count_nonzero(array)) / whole if whole else 0.0
    dead = None
    if values is gradient and array.ndim and array.size:
        alive = np.any(array != 0, axis=tuple(range(array.ndim - 1)))
        dead = 1.0 - int(np.count_nonzero(alive)) / alive.size
    return GradientDetails(max(0.0, zeros), dead, nan, inf)


def details_in_graph(gradient: Any) -> list[Any]:
    """`COUNT` float32 scalars, for `GradientDetails.of`."""
    is_dense = not isinstance(gradient, (IndexedSlices, tf.RaggedTensor))
    values = gradient
    whole: Any = None
    if isinstance(gradient, IndexedSlices):
        values = gradient.values
        whole = None if gradient.dense_shape is None else tf.reduce_prod(tf.cast(gradient.dense_shape, tf.float32))
    elif isinstance(gradient, tf.RaggedTensor):
        values = gradient.flat_values
    if values.dtype.is_complex:
        values = tf.abs(values)
    if whole is None:
        whole = tf.cast(tf.size(values), tf.float32)
    used = tf.cast(tf.not_equal(values, 0), tf.float32)
    zeros = tf.maximum(0.0, 1.0 - tf.reduce_sum(used) / tf.maximum(whole, 1.0))
    dead = tf.constant(UNKNOWN)
    if is_dense and values.shape.rank:
        alive = tf.reduce_max(used, axis=list(range(values.shape.rank - 1)))
        dead = 1.0 - tf.reduce_mean(alive)
    nan = tf.reduce_sum(tf.cast(tf.math.is_nan(values), tf.float32))
    inf = tf.reduce_sum(tf.cast(tf.math.is_inf(values), tf.float32))
    return [zeros, dead, nan, inf]

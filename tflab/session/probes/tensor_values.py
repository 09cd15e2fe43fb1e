"""The elements of tensors and variables, looked at where they lie."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.ops import gen_resource_variable_ops
from tensorflow.python.ops.resource_variable_ops import BaseResourceVariable

from tflab.session.probes.statistics import SAMPLE, Array, flat_view, sample_positions


def short_device(name: str) -> str:
    """``CPU:0`` for ``/job:localhost/replica:0/task:0/device:CPU:0``."""
    return name.rpartition("device:")[2] or name


def tensor_of_variable(variable: Any) -> Any:
    """The present value of a variable as an eager tensor that shares its memory; None where it has none yet.

    No tape hears of the reading. Of a variable with a copy on each device, the first copy.
    """
    if isinstance(variable, keras.Variable):
        variable = variable._value
    if isinstance(variable, tf.distribute.DistributedValues):
        variable = variable.values[0]
    if not isinstance(variable, BaseResourceVariable):
        return None
    return gen_resource_variable_ops.read_variable_op(variable.handle, variable.dtype)


def view(tensor: Any) -> Array | None:
    """The elements of an eager tensor in host memory, read-only and without a copy.

    None where they lie on another device; then `fetched_sample` has some of them.
    """
    if not short_device(tensor.device).startswith("CPU"):
        return None
    # A scalar comes as NumPy's scalar type; only arrays can be written to.
    array: Array = np.asarray(tensor._numpy())
    array.flags.writeable = False
    return array


def fetched_sample(tensor: Any) -> Array:
    """All elements of a small tensor of another device, else the usual sample, gathered there and copied here."""
    size = int(tensor.shape.num_elements())
    flat = tf.reshape(tensor, [-1])
    return np.asarray((flat if size <= SAMPLE else tf.gather(flat, sample_positions(size))).numpy())


def first_elements(array: Array, count: int) -> list[Any]:
    """The first elements in memory order."""
    flat = flat_view(array)
    return list((array[:1].reshape(-1) if flat is None and array.ndim else array.reshape(-1))[:count].tolist())

"""What the values in a namespace are, judged by their class alone: no property or method of theirs runs."""

from __future__ import annotations

import functools
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.ops import EagerTensor
from tensorflow.python.ops.lookup_ops import LookupInterface

_KINDS: Final[tuple[tuple[type | tuple[type, ...], str], ...]] = (
    (EagerTensor, "tensor"),
    (tf.Variable, "variable"),
    (keras.Variable, "keras_variable"),
    (np.ndarray, "array"),
    (tf.RaggedTensor, "ragged"),
    (tf.SparseTensor, "sparse"),
    (tf.IndexedSlices, "indexed_slices"),
    (tf.TensorArray, "tensor_array"),
    (tf.data.Dataset, "dataset"),
    ((tf.data.Iterator, tf.distribute.DistributedIterator), "iterator"),
    (tf.distribute.DistributedDataset, "dataset"),
    (keras.Model, "model"),
    (keras.Layer, "layer"),
    (keras.optimizers.Optimizer, "optimizer"),
    (keras.metrics.Metric, "metric"),
    (tf.queue.QueueBase, "queue"),
    (LookupInterface, "table"),
    (tf.Tensor, "symbolic"),
    (tf.Module, "module"),
    ((list, tuple), "list"),
    (dict, "dict"),
)


@functools.lru_cache(maxsize=4096)
def _kind_of_class(kind: Any) -> str | None:
    if kind in (list, tuple, dict):
        return "dict" if kind is dict else "list"
    # `issubclass` on the real class: `isinstance` would ask an object of the learner's for its `__class__`.
    return next((name for classes, name in _KINDS[:-2] if issubclass(kind, classes)), None)


def kind_of(value: Any) -> str | None:
    """The kind of ``value``; None for what is no tensor and holds none."""
    return _kind_of_class(type(value))

"""What the values in a namespace are, judged by their class alone: no property or method of theirs runs."""

from __future__ import annotations

import weakref
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.ops import EagerTensor
from tensorflow.python.ops.lookup_ops import LookupInterface

from tflab.session.probes.source_names import is_learners_class

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
    (tf.distribute.DistributedValues, "per_replica"),
)


_known: Final[weakref.WeakKeyDictionary[type, str | None]] = weakref.WeakKeyDictionary()
_known.update({list: "list", tuple: "list", dict: "dict"})


def kind_of(value: Any) -> str | None:
    """The kind of ``value``; None for what is no tensor and holds none."""
    # The real class: `isinstance` would ask an object of the learner's for its `__class__`.
    kind = type(value)
    if kind not in _known:
        found = next((name for classes, name in _KINDS if issubclass(kind, classes)), None)
        if found is None and kind.__dictoffset__ and not issubclass(kind, type) and is_learners_class(kind):
            # An object that may hold tensors, as one that people write to keep their parameters together.
            found = "object"
        _known[kind] = found
    return _known[kind]

"""Which operations let no gradient through."""

from __future__ import annotations

from typing import Any, Final

import tensorflow as tf
from tensorflow.python.framework import ops

_STOPS: Final = frozenset({"StopGradient", "PreventGradient"})
_PYTHON: Final = frozenset({"PyFunc", "PyFuncStateless"})
_CALLS: Final = frozenset(
    {"PartitionedCall", "StatefulPartitionedCall", "If", "StatelessIf", "While", "StatelessWhile", "Case"}
)
_READS: Final = frozenset({"ReadVariableOp", "ResourceGather", "ResourceGatherNd"})
_SOURCES: Final = frozenset({"Placeholder", "Const"})
_WITHOUT_GRADIENT: Final = frozenset({"Round", "Floor", "Ceil", "Rint", "FloorDiv", "FloorMod", "Sign"})
"""Operations that do have a gradient function, whose answer is always zero or None."""

FACTS: Final = frozenset({"Shape", "ShapeN", "Rank", "Size"})
"""Operations that look at what a tensor is, not at what it holds: no way for a gradient, and none to tell of."""


def cut_by(operation: str, dtype: Any) -> str | None:
    """The cause of ``gradient-none`` that the operation of this type is, for an output of ``dtype``; None where a
    gradient can flow back through it."""
    if operation in _STOPS:
        return "stop-gradient"
    if operation in _PYTHON:
        return "left-tensorflow"
    if operation in _READS or operation in _CALLS or operation.startswith("__") or dtype in (tf.resource, tf.variant):
        return None
    if not (dtype.is_floating or dtype.is_complex):
        return "integer" if dtype.is_integer else "non-differentiable"
    if operation in _WITHOUT_GRADIENT:
        return "non-differentiable"
    try:
        return None if ops.gradient_registry.lookup(operation) is not None else "non-differentiable"
    except LookupError:
        return None if operation in _SOURCES else "non-differentiable"

"""Why a gradient is None, where that can be told for certain.

The cheap rules come first and hold in eager code and in graphs. In a tf.function the graph then shows the rest: whether
the target depends on the source at all, and if so, which operation on the way lets no gradient through. Eager code
leaves no such trail, so there a cut on the way stays unnamed.
"""

from __future__ import annotations

from typing import Any, Final

import keras
import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph

from tflab.session.probes.tape_links import TapeLinks

_STOPS: Final = frozenset({"StopGradient", "PreventGradient"})
_PYTHON: Final = frozenset({"PyFunc", "PyFuncStateless"})
_CALLS: Final = frozenset(
    {"PartitionedCall", "StatefulPartitionedCall", "If", "StatelessIf", "While", "StatelessWhile", "Case"}
)
_READS: Final = frozenset({"ReadVariableOp", "ResourceGather", "ResourceGatherNd"})
_FACTS: Final = frozenset({"Shape", "ShapeN", "Rank", "Size"})
"""Operations that look at what a tensor is, not at what it holds: no way for a gradient, and none to tell of."""
_WITHOUT_GRADIENT: Final = frozenset({"Round", "Floor", "Ceil", "Rint", "FloorDiv", "FloorMod", "Sign"})
"""Operations that do have a gradient function, whose answer is always zero or None."""


def cause_of(gradient_tape: Any, target: Any, source: Any, links: TapeLinks | None, was_variable: bool) -> str | None:
    """A cause of ``gradient-none`` for ``source``; None where it cannot be told.

    ``links`` is what the tape knew before the call; ``was_variable`` tells that a variable stood in the place of
    ``source`` the last time.
    """
    targets = list(tf.nest.flatten(target))
    if not _is_differentiable(source) or (targets and not any(map(_is_differentiable, targets))):
        return "integer"
    raw = source._value if isinstance(source, keras.Variable) else source
    if isinstance(raw, tf.Variable):
        if not _was_read(gradient_tape, raw):
            if not gradient_tape._watch_accessed_variables:
                return "not-watched"
            if not raw.trainable:
                return "untrainable"
            if tf.executing_eagerly():
                return _never_read(gradient_tape, targets, links)
    elif links is None or links.has(source) is not True:
        if was_variable:
            return "variable-replaced"
        if links is None or links.has(source) is None:
            return None
        return "not-watched"
    return None if tf.executing_eagerly() else _cut_in_graph(targets, raw)


def _is_differentiable(value: Any) -> bool:
    dtype = getattr(value, "dtype", None)
    if dtype is None:
        return isinstance(value, float)
    kind = tf.as_dtype(dtype)
    return bool(kind.is_floating or kind.is_complex)


def _was_read(gradient_tape: Any, variable: Any) -> bool:
    return any(watched is variable for watched in gradient_tape.watched_variables())


def _never_read(gradient_tape: Any, targets: list[Any], links: TapeLinks | None) -> str | None:
    """For a trainable variable that eager code did not read while the tape recorded."""
    if links is None:
        return None
    linked = [links.has(target) for target in targets]
    if any(linked):
        return "unused"
    # A tape that saw nothing at all: the target was computed before or after it.
    return "outside-tape" if not gradient_tape.watched_variables() and None not in linked else "unused"


def _cut_in_graph(targets: list[Any], source: Any) -> str | None:
    """Walks from the targets back to the source. Several ways may lead there: one that is open means that the tape
    was not recording when it was taken."""
    graph = ops.get_default_graph()
    if not isinstance(graph, FuncGraph):
        return None
    wanted = _stand_ins(graph, source)
    seen: set[tuple[int, str | None]] = set()
    waiting: list[tuple[Any, str | None]] = [(target, None) for target in targets if isinstance(target, tf.Tensor)]
    cuts: list[str | None] = []
    while waiting:
        tensor, cut = waiting.pop()
        if id(tensor) in wanted:
            cuts.append(cut)
            continue
        if (id(tensor), cut) in seen or isinstance(tensor, ops.EagerTensor):
            continue
        seen.add((id(tensor), cut))
        if tensor.op.type in _FACTS:
            continue
        here = cut or _cut_by(tensor)
        waiting += [(source_tensor, here) for source_tensor in tensor.op.inputs]
    if not cuts:
        return "unused"
    return "outside-tape" if None in cuts else cuts[0]


def _stand_ins(graph: Any, source: Any) -> set[int]:
    """The ids of the tensors that are ``source`` in the graph."""
    if not isinstance(source, tf.Variable):
        return {id(source)}
    return {id(inside) for outside, inside in graph.captures if outside is source.handle} | {id(source.handle)}


def _cut_by(tensor: Any) -> str | None:
    """What keeps a gradient from flowing back through the operation that made ``tensor``; None where it can."""
    kind = tensor.op.type
    if kind in _STOPS:
        return "stop-gradient"
    if kind in _PYTHON:
        return "left-tensorflow"
    if kind in _READS or kind in _CALLS or tensor.dtype in (tf.resource, tf.variant):
        return None
    if not (tensor.dtype.is_floating or tensor.dtype.is_complex):
        return "integer" if tensor.dtype.is_integer else "non-differentiable"
    if kind in _WITHOUT_GRADIENT:
        return "non-differentiable"
    try:
        return None if ops.gradient_registry.lookup(kind) is not None else "non-differentiable"
    except LookupError:
        return "non-differentiable" if kind not in ("Placeholder", "Const") else None

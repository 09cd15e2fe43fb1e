"""Why a gradient is None, where that can be told for certain.

The cheap rules come first and hold in eager code and in graphs. The rest is read from what was computed: whether the
target depends on the source at all, and if so, which operation on the way lets no gradient through. In a tf.function
that is the graph; eager code leaves a trail the first time that a tape's block runs.
"""

from __future__ import annotations

from typing import Any, Final

import keras
import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph

from tflab.session.probes.gradient_cut import FACTS, cut_by
from tflab.session.probes.tape_links import TapeLinks
from tflab.session.probes.tape_trail import TapeTrail

_CUTS: Final = frozenset({"stop-gradient", "non-differentiable", "integer"})


def cause_of(
    gradient_tape: Any,
    target: Any,
    source: Any,
    links: TapeLinks | None,
    trail: TapeTrail | None,
    was_variable: bool,
) -> str | None:
    """A cause of ``gradient-none`` for ``source``; None where it cannot be told.

    ``links`` is what the tape knew before the call, ``trail`` what was computed in its block, where that was
    recorded; ``was_variable`` tells that a variable stood in the place of ``source`` the last time.
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
                # An operation without a gradient reads a variable behind the tape's back.
                stopped = trail.cause(targets, raw) if trail is not None and trail.reads_unseen(raw) else None
                if stopped not in _CUTS and trail is not None and trail.leads(targets, raw):
                    # The tape was told to stop, or to begin anew.
                    return "outside-tape"
                return stopped if stopped in _CUTS else _never_read(gradient_tape, targets, links)
    elif links is None or links.has(source) is not True:
        if was_variable:
            return "variable-replaced"
        if links is None or links.has(source) is None:
            return None
        return "not-watched"
    if tf.executing_eagerly():
        return None if trail is None else trail.cause(targets, raw) or _cut_in_calls(trail, raw)
    return _cut_in_graph(targets, raw)


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
    return _cut_between(targets, _stand_ins(graph, source))


def _cut_in_calls(trail: TapeTrail, source: Any) -> str | None:
    """What cuts the way inside of a tf.function that eager code gave ``source`` to."""
    wanted = trail.stand_ins(source)
    for step in trail.steps:
        if step.function is None:
            continue
        graph = step.function.graph
        for given, inside in zip(step.inputs, graph.inputs, strict=False):
            cut = _cut_between(graph.outputs, {id(inside)}) if id(given) in wanted else None
            if cut is not None and cut in _CUTS:
                return cut
    return None


def _cut_between(targets: list[Any], wanted: set[int]) -> str | None:
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
        if tensor.op.type in FACTS:
            continue
        here = cut or cut_by(tensor.op.type, tensor.dtype)
        waiting += [(source_tensor, here) for source_tensor in tensor.op.inputs]
    if not cuts:
        return "unused"
    return "outside-tape" if None in cuts else cuts[0]


def _stand_ins(graph: Any, source: Any) -> set[int]:
    """The ids of the tensors that are ``source`` in the graph."""
    if not isinstance(source, tf.Variable):
        return {id(source)}
    return {id(inside) for outside, inside in graph.captures if outside is source.handle} | {id(source.handle)}

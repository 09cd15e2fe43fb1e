"""What was computed on the way to a loss: the same view of a tape's trail in eager code and of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import tensorflow as tf
from tensorflow.python.framework import ops

from tflab.session.probes import user_site
from tflab.session.probes.tape_trail import TapeTrail

Place = tuple[str, int] | None

_CALLS: Final = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
_DEEPEST: Final = 32
"""Calls of functions inside of functions that are looked through."""


class Operation(NamedTuple):
    """One operation that ran."""

    kind: str
    """As in a graph: ``Sub``, ``Softmax``."""
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    where: Callable[[], Place]

    @property
    def place(self) -> Place:
        """File and line of the learner's statement that it belongs to."""
        return self.where()


class Computation:
    """Operations, and what each tensor came from."""

    def __init__(self, maker: Callable[[Any], Operation | None]) -> None:
        self._maker = maker

    def maker(self, tensor: Any) -> Operation | None:
        """The operation that made ``tensor``; None where it came from outside."""
        return self._maker(tensor)

    def behind(self, tensors: Iterable[Any]) -> Iterator[Operation]:
        """The operations that ``tensors`` depend on, the nearest first, each once."""
        seen: set[int] = set()
        waiting = list(tensors)
        while waiting:
            tensor = waiting.pop(0)
            made = self._maker(tensor)
            if made is None or id(made.outputs[0] if made.outputs else made) in seen:
                continue
            seen.add(id(made.outputs[0] if made.outputs else made))
            yield made
            waiting += made.inputs

    def inputs_of(self, tensor: Any) -> Iterator[Any]:
        """The tensors that ``tensor`` was computed of and that came from outside: variables, arguments, constants."""
        seen: set[int] = set()
        waiting = [tensor]
        while waiting:
            current = waiting.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            made = self._maker(current)
            if made is None or not made.inputs:
                yield current
            elif made.kind.startswith("Iterator"):
                # A batch: the iterator behind it is a resource, but nothing that is trained.
                continue
            else:
                waiting += made.inputs


def computed_on_tape(trail: TapeTrail | None, variables: Iterable[Any]) -> Computation:
    """What a tape's block computed in eager code of ``variables`` and the rest; nothing where that was not recorded."""
    made: dict[int, Operation] = {}
    calls: dict[int, tuple[_Call, int]] = {}
    for step in trail.steps if trail is not None else ():
        if step.function is not None:
            call = _Call(step.function, step.inputs)
            calls.update((id(output), (call, index)) for index, output in enumerate(step.outputs))
            continue
        operation = Operation(step.kind, step.inputs, step.outputs, lambda place=step.place: place)  # type: ignore[misc]
        made.update((id(output), operation) for output in step.outputs)
    for variable in variables if trail is not None else ():
        for tensor in trail.reads_unseen(variable) if trail is not None else ():
            made.setdefault(id(tensor), Operation("ReadVariableOp", (variable.handle,), (tensor,), lambda: None))
    inner = _Graphs()

    def maker(tensor: Any) -> Operation | None:
        if id(tensor) in calls:
            call, index = calls[id(tensor)]
            return inner.result(call, index, maker)
        return made.get(id(tensor)) or inner.maker(tensor, maker)

    return Computation(maker)


def computed_in_graph() -> Computation:
    """What the graph being built computes."""
    return Computation(_Graphs().maker)


class _Call:
    """A call of a tf.function, whose graph is looked into as if its operations ran where it is called."""

    def __init__(self, function: Any, inputs: tuple[Any, ...]) -> None:
        self.function = function
        self.inputs = inputs


class _Graphs:
    """Operations of graphs, with what they were given from outside in the place of the placeholders inside."""

    def __init__(self) -> None:
        self._known: dict[int, Operation] = {}
        self._outside: dict[int, Any] = {}
        """By the id of a placeholder of a function that is called: what it was called with."""
        self._entered: dict[int, Any] = {}

    def result(self, call: _Call, index: int, maker: Callable[[Any], Operation | None]) -> Operation | None:
        """What made the ``index``-th result of ``call``."""
        graph = call.function.graph
        if id(graph) not in self._entered:
            # A function that is called twice has the operands of the call that comes up first, the later one.
            self._entered[id(graph)] = graph
            for placeholder, given in zip(graph.inputs, call.inputs, strict=False):
                self._outside[id(placeholder)] = given
        if index >= len(graph.outputs):
            return None
        result = graph.outputs[index]
        return maker(self._outside[id(result)]) if id(result) in self._outside else maker(result)

    def maker(self, tensor: Any, whole: Callable[[Any], Operation | None] | None = None) -> Operation | None:
        """The operation of a graph that made ``tensor``; None for other tensors. ``whole`` is asked for what was given
        from outside."""
        if not isinstance(tensor, tf.Tensor) or isinstance(tensor, ops.EagerTensor):
            return None
        op = tensor.op
        function = op.graph._get_function(op.get_attr("f").name) if op.type in _CALLS else None
        if function is not None:
            call = _Call(function, tuple(self._given(each) for each in op.inputs))
            return self.result(call, tensor.value_index, whole or self.maker)
        if id(op) not in self._known:
            inputs = tuple(self._given(each) for each in op.inputs)
            self._known[id(op)] = Operation(op.type, inputs, tuple(op.outputs), lambda: _place_of(op))
        return self._known[id(op)]

    def _given(self, tensor: Any) -> Any:
        for _ in range(_DEEPEST):
            if id(tensor) not in self._outside:
                break
            tensor = self._outside[id(tensor)]
        return tensor


def _place_of(op: Any) -> Place:
    for frame in reversed(op.traceback or ()):
        if user_site.is_learners(frame.filename):
            return frame.filename, frame.lineno
    return None

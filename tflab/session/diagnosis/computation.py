"""What was computed on the way to a loss: the same view of a tape's trail in eager code and of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import tensorflow as tf
from tensorflow.python.framework import ops

from tflab.session.probes import user_site
from tflab.session.probes.tape_trail import TapeTrail

Place = tuple[str, int] | None


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
    for step in trail.steps if trail is not None else ():
        operation = Operation(step.kind, step.inputs, step.outputs, lambda place=step.place: place)  # type: ignore[misc]
        made.update((id(output), operation) for output in step.outputs)
    for variable in variables if trail is not None else ():
        for tensor in trail.reads_unseen(variable) if trail is not None else ():
            made.setdefault(id(tensor), Operation("ReadVariableOp", (variable.handle,), (tensor,), lambda: None))
    return Computation(lambda tensor: made.get(id(tensor)))


def computed_in_graph() -> Computation:
    """What the graph being built computes."""
    known: dict[int, Operation] = {}

    def maker(tensor: Any) -> Operation | None:
        if not isinstance(tensor, tf.Tensor) or isinstance(tensor, ops.EagerTensor):
            return None
        op = tensor.op
        if id(op) not in known:
            known[id(op)] = Operation(op.type, tuple(op.inputs), tuple(op.outputs), lambda: _place_of(op))
        return known[id(op)]

    return Computation(maker)


def _place_of(op: Any) -> Place:
    for frame in reversed(op.traceback or ()):
        if user_site.is_learners(frame.filename):
            return frame.filename, frame.lineno
    return None

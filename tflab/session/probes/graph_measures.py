"""What the graph of a step tells about its gradients only when it is asked, now and then: norms of large gradients,
details of all, what an optimizer used in their place and how far it moved the variables."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import tensorflow as tf
from tensorflow.python.eager import record
from tensorflow.python.framework import ops
from tensorflow.python.framework.indexed_slices import IndexedSlices

from tflab.session.probes import added_operations
from tflab.session.probes.gradient_details import COUNT, UNKNOWN, GradientDetails, details_in_graph
from tflab.session.probes.gradient_rows import GradientRow
from tflab.session.probes.norms import norm_in_graph
from tflab.session.probes.on_demand import NumbersOnDemand
from tflab.session.probes.optimizer_updates import Change, OptimizerUpdate, plain_variable

_ENOUGH_OPERATIONS: Final = 100
"""A graph with fewer when its gradients are taken runs in so short a time that being asked would be felt."""

_MOST_NORMS: Final = 32
_MOST_ELEMENTS: Final = 1 << 16
"""Gradients up to this many, and so large together, have their norms in every row: the few microseconds are less
than it takes to ask whether they are wanted."""


def are_small(gradients: list[Any]) -> bool:
    """Whether the norms cost so little that every step may have them."""
    sizes = [_size(gradient) for gradient in gradients]
    return len(gradients) <= _MOST_NORMS and None not in sizes and sum(filter(None, sizes)) <= _MOST_ELEMENTS


def _size(gradient: Any) -> int | None:
    if isinstance(gradient, IndexedSlices):
        shape = None if gradient.dense_shape is None else tf.get_static_value(gradient.dense_shape)
        return None if shape is None else math.prod(map(int, shape))
    return None if isinstance(gradient, tf.RaggedTensor) else gradient.shape.num_elements()


def is_worth_asking(graph: Any) -> bool:
    """Whether a question at every step is little beside what ``graph`` does anyway."""
    return len(graph.get_operations()) >= _ENOUGH_OPERATIONS


class MeasuredStep(NamedTuple):
    """The answer of one step."""

    step: int
    loss: float
    norms: list[float]
    """One each for a gradient that is not None."""


class GradientMeasure:
    """Details of all gradients of one call; and, where its ring has no room for them, loss and norms. These are asked
    for more often: they cost less."""

    def __init__(self, count: int, *, on_host: bool, with_norms: bool) -> None:
        """``count`` gradients are not None."""
        self._has_norms = with_norms
        parts = (1 + count, count * COUNT) if with_norms else (count * COUNT,)
        self._on_demand = NumbersOnDemand(*parts, on_host=on_host)

    def write(self, step: Any, loss: Any, gradients: list[Any]) -> None:
        """Adds to the graph being traced what answers."""

        def details() -> list[Any]:
            return [number for each in gradients for number in details_in_graph(each)]

        if self._has_norms:
            self._on_demand.write(step, lambda: [loss, *map(norm_in_graph, gradients)], details)
        else:
            self._on_demand.write(step, details)

    def read(self, *, details: bool) -> GradientAnswer | None:
        """What was answered since the last call; asks anew, for ``details`` where they are due. None where there is
        nothing new."""
        if not self._has_norms:
            answer = self._on_demand.read() if details else None
            return None if answer is None else GradientAnswer(answer.step, None, _details_of(answer.numbers))
        answer = self._on_demand.read(more=details)
        if answer is None:
            return None
        measured = MeasuredStep(answer.step, answer.numbers[0], answer.numbers[1:])
        return GradientAnswer(answer.step, measured, None if answer.more is None else _details_of(answer.more))


class GradientAnswer(NamedTuple):
    """What `GradientMeasure` was told of one step."""

    step: int
    measured: MeasuredStep | None
    """None where the ring has the norms."""
    details: list[GradientDetails] | None
    """One each for a gradient that is not None; None where they were not asked for."""


def _details_of(numbers: list[float]) -> list[GradientDetails]:
    return [GradientDetails.of(numbers[at : at + COUNT]) for at in range(0, len(numbers), COUNT)]


class UpdateMeasure:
    """What an optimizer used in the place of gradients, and how far it moved each variable, against its norm."""

    def __init__(self, names: list[str], *, on_host: bool) -> None:
        self._names = names
        self._on_demand = NumbersOnDemand(2 * len(names), on_host=on_host)
        self.applied: dict[str, float] = {}
        self.ratios: dict[str, float] = {}
        self.step: int | None = None
        """The step that was asked last."""

    def write(self, step: Any, used: list[Any], changes: list[Change | None], variables: list[Any]) -> None:
        """Adds to the graph what answers; None in ``used`` stands for the gradient itself, in ``changes`` for a change
        that is not known."""

        def numbers() -> list[Any]:
            unknown = tf.constant(UNKNOWN)
            applied = [unknown if gradient is None else norm_in_graph(gradient) for gradient in used]
            ratios = [
                unknown if change is None else _ratio(change, variable, now)
                for change, variable, now in zip(changes, variables, after, strict=True)
            ]
            return [*applied, *ratios]

        after = [
            variable.read_value() if change is not None and change.before is not None else None
            for change, variable in zip(changes, variables, strict=True)
        ]

        self._on_demand.write(step, numbers)

    def read(self) -> bool:
        """Takes over what was answered since the last call, and asks anew; False where there is nothing new."""
        reading = self._on_demand.read()
        if reading is None:
            return False
        self.step = reading.step
        count = len(self._names)
        self.applied = self._known(reading.numbers[:count])
        # A variable of zeros has no ratio.
        self.ratios = {
            name: ratio for name, ratio in self._known(reading.numbers[count:]).items() if not 1e20 < ratio < math.inf
        }
        return True

    def _known(self, numbers: list[float]) -> dict[str, float]:
        return {name: number for name, number in zip(self._names, numbers, strict=True) if number != UNKNOWN}


def _ratio(change: Change, variable: Any, after: Any) -> Any:
    """How far an update moved ``variable``, which holds ``after`` now where that was read, against its norm."""
    if change.before is None:
        moved, whole = change.value, variable
    else:
        moved, whole = after - change.before, change.before
    return norm_in_graph(moved) / tf.maximum(norm_in_graph(whole), 1e-30)


def _is_within(graph: Any, outer: Any) -> bool:
    """Whether ``graph`` is ``outer`` or part of it: with a scaled loss, updates are made in a branch."""
    while graph is not None and graph is not outer:
        graph = getattr(graph, "outer_graph", None)
    return graph is outer


class UsedGradients(NamedTuple):
    """What an optimizer did with the gradients of one call of ``tape.gradient``."""

    rows: list[GradientRow]
    """Of the variables that it updates."""
    variables: list[Any]
    """The ``tf.Variable`` objects."""
    applied: list[Any]
    """What it used in the place of each gradient; None where that was the gradient itself."""
    changes: list[Change | None]


class TapedCall(NamedTuple):
    """A call of ``tape.gradient`` in the graph that is being traced, until an optimizer uses its result."""

    graph: Any
    step: Any
    rows: list[GradientRow]
    sources: list[Any]
    gradients: list[Any]
    is_whole_step: bool
    """Whether a call of the outermost graph's function comes here once."""

    def used(self, update: OptimizerUpdate) -> UsedGradients | None:
        """What ``update`` used of these gradients; None where that is nothing."""
        if not _is_within(ops.get_default_graph(), self.graph):
            return None
        used = {id(variable): gradient for variable, gradient in zip(update.variables, update.gradients, strict=True)}
        found = UsedGradients([], [], [], [])
        for row, source, gradient in zip(self.rows, self.sources, self.gradients, strict=True):
            variable = plain_variable(source)
            taken = used.get(id(variable))
            if gradient is None or taken is None:
                continue
            found.rows.append(row)
            found.variables.append(variable)
            found.applied.append(None if taken is gradient else taken)
            found.changes.append(update.changes.get(id(variable)))
        return found if found.rows else None

    def measure(self, used: UsedGradients, known: UpdateMeasure | None, *, on_host: bool) -> UpdateMeasure | None:
        """Adds to the graph what measures ``used``; into ``known``, where an earlier trace has made that. None where
        there is nothing that the graph has to tell."""
        is_clipped = any(each is not None for each in used.applied)
        if not (is_clipped or (is_worth_asking(self.graph) and not self.is_whole_step)):
            return None
        changes: list[Change | None] = [None] * len(used.changes) if self.is_whole_step else used.changes
        names = [row.name for row in used.rows]
        with added_operations.counted(ops.get_default_graph()), record.stop_recording(), tf.name_scope("tflab"):
            if known is None or known._names != names:
                with tf.init_scope():
                    known = UpdateMeasure(names, on_host=on_host)
            known.write(self.step, used.applied, changes, used.variables)
        return known

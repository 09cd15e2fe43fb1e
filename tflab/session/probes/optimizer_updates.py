"""What Keras's optimizers do with gradients: the ones that they use, after unscaling and clipping, and by how much each
variable changes."""

from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras.src.backend.tensorflow.optimizer import TFOptimizer
from tensorflow.python.eager import record
from tensorflow.python.framework import ops
from tensorflow.python.ops import control_flow_util

from tflab.session.probes import added_operations
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet, quiet


class Change(NamedTuple):
    """Of one variable."""

    value: Any
    """What was added or subtracted."""
    before: Any
    """What the variable held, where XLA compiles the step: kept there at no cost, while ``value`` would have to be
    written to memory for whoever asks. None elsewhere."""


class OptimizerUpdate(NamedTuple):
    """One step of an optimizer."""

    variables: list[Any]
    """``tf.Variable`` objects."""
    gradients: list[Any]
    """What was applied, in the same order; with several replicas the sum over all of them."""
    changes: dict[int, Change]
    """By the id of the ``tf.Variable``, where something was added or subtracted."""


class _UnderWay(threading.local):
    changes: dict[int, Change] | None = None
    sums: list[Any] | None = None
    """The gradients of all replicas added up."""


class OptimizerUpdates:
    """Tells of every step of an optimizer."""

    def __init__(self, listener: Callable[[OptimizerUpdate], None], on_fault: Callable[[Exception], None]) -> None:
        self._listener = listener
        self._on_fault = on_fault
        self._under_way = _UnderWay()
        self._merged: weakref.WeakKeyDictionary[Any, dict[int, Change]] = weakref.WeakKeyDictionary()
        """The changes of all replicas' copies in the latest step of each optimizer."""

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches Keras's optimizers for the block."""
        with ExitStack() as stack:
            stack.enter_context(replaced(TFOptimizer, "_backend_update_step", self._watch_step))
            stack.enter_context(replaced(TFOptimizer, "_all_reduce_sum_gradients", self._watch_sums))
            stack.enter_context(replaced(TFOptimizer, "_distributed_tf_update_step", self._watch_merged))
            for name in ("assign_add", "assign_sub"):
                stack.enter_context(replaced(TFOptimizer, name, self._watch_assignment))
            yield

    def _watch_step(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def backend_update_step(optimizer: Any, grads: Any, trainable_variables: Any, learning_rate: Any) -> Any:
            if is_quiet():
                return original(optimizer, grads, trainable_variables, learning_rate)
            variables = [plain_variable(variable) for variable in trainable_variables]
            under_way = self._under_way
            under_way.changes, under_way.sums = {}, None
            try:
                result = original(optimizer, grads, trainable_variables, learning_rate)
            finally:
                changes, under_way.changes = under_way.changes, None
                sums, under_way.sums = under_way.sums, None
            try:
                with quiet:
                    if is_replicated():
                        changes = self._of_this_replica(optimizer, variables)
                    used = list(grads) if sums is None else sums
                    self._listener(OptimizerUpdate(variables, used, changes or {}))
            except Exception as error:
                self._on_fault(error)
            return result

        return backend_update_step

    def _watch_sums(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def all_reduce_sum_gradients(optimizer: Any, pairs: Any) -> Any:
            reduced = original(optimizer, pairs)
            if self._under_way.changes is not None and is_replicated():
                self._under_way.sums = [gradient for gradient, _ in reduced]
            return reduced

        return all_reduce_sum_gradients

    def _watch_merged(self, original: Callable[..., Any]) -> Callable[..., Any]:
        # The replicas wait meanwhile; one thread, which may be another, updates the variables of all of them.
        @functools.wraps(original)
        def distributed_update_step(optimizer: Any, distribution: Any, *args: Any) -> Any:
            if is_quiet() or distribution.num_replicas_in_sync == 1:
                return original(optimizer, distribution, *args)
            before = self._under_way.changes
            self._under_way.changes = {}
            try:
                return original(optimizer, distribution, *args)
            finally:
                self._merged[optimizer] = self._under_way.changes or {}
                self._under_way.changes = before

        return distributed_update_step

    def _of_this_replica(self, optimizer: Any, variables: list[Any]) -> dict[int, Change]:
        """The changes of this replica's copies, by the ids of the variables that all replicas share."""
        merged = self._merged.get(optimizer, {})
        copies = {id(variable): id(_copy_here(variable)) for variable in variables}
        return {shared: merged[copy] for shared, copy in copies.items() if copy in merged}

    def _watch_assignment(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def assign(optimizer: Any, variable: Any, value: Any) -> Any:
            changes = self._under_way.changes
            if changes is not None:
                plain = plain_variable(variable)
                changes[id(plain)] = Change(value, _before_in_xla(plain))
            return original(optimizer, variable, value)

        return assign


def _before_in_xla(variable: Any) -> Any:
    graph = ops.get_default_graph() if ops.inside_function() else None
    if graph is None or not control_flow_util.GraphOrParentsInXlaContext(graph):
        return None
    with quiet, record.stop_recording(), added_operations.counted(graph):
        return variable.read_value()


def is_replicated() -> bool:
    """Whether the code at work is for one of several replicas of a strategy."""
    return bool(tf.distribute.has_strategy() and tf.distribute.get_strategy().num_replicas_in_sync > 1)


def _copy_here(variable: Any) -> Any:
    """This replica's copy of a variable; the variable itself where it has none."""
    replica = tf.distribute.get_replica_context()
    copies = getattr(variable, "values", None)
    if replica is None or not isinstance(copies, tuple):
        return variable
    number = tf.get_static_value(replica.replica_id_in_sync_group)
    return variable if number is None else copies[int(number)]


def plain_variable(variable: Any) -> Any:
    """The ``tf.Variable`` of a Keras variable; another variable itself."""
    return variable.value if isinstance(variable, keras.Variable) else variable

"""What Keras's optimizers do with gradients: the ones that they use, after unscaling and clipping, and by how much each
variable changes."""

from __future__ import annotations

import functools
import threading
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
    """What was applied, in the same order."""
    changes: dict[int, Change]
    """By the id of the ``tf.Variable``, where something was added or subtracted."""


class _UnderWay(threading.local):
    changes: dict[int, Change] | None = None


class OptimizerUpdates:
    """Tells of every step of an optimizer."""

    def __init__(self, listener: Callable[[OptimizerUpdate], None], on_fault: Callable[[Exception], None]) -> None:
        self._listener = listener
        self._on_fault = on_fault
        self._under_way = _UnderWay()

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches Keras's optimizers for the block."""
        with ExitStack() as stack:
            stack.enter_context(replaced(TFOptimizer, "_backend_update_step", self._watch_step))
            for name in ("assign_add", "assign_sub"):
                stack.enter_context(replaced(TFOptimizer, name, self._watch_assignment))
            yield

    def _watch_step(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def backend_update_step(optimizer: Any, grads: Any, trainable_variables: Any, learning_rate: Any) -> Any:
            strategy = tf.distribute.has_strategy() and tf.distribute.get_strategy().num_replicas_in_sync > 1
            if is_quiet() or strategy:
                return original(optimizer, grads, trainable_variables, learning_rate)
            variables = [plain_variable(variable) for variable in trainable_variables]
            self._under_way.changes = {}
            try:
                result = original(optimizer, grads, trainable_variables, learning_rate)
            finally:
                changes, self._under_way.changes = self._under_way.changes, None
            try:
                with quiet:
                    self._listener(OptimizerUpdate(variables, list(grads), changes or {}))
            except Exception as error:
                self._on_fault(error)
            return result

        return backend_update_step

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


def plain_variable(variable: Any) -> Any:
    """The ``tf.Variable`` of a Keras variable; another variable itself."""
    return variable.value if isinstance(variable, keras.Variable) else variable

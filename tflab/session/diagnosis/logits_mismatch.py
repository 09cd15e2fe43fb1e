"""``logits-mismatch``: a cross-entropy that expects probabilities is given logits, or the reverse.

The evidence is the values in eager code (numbers outside 0 to 1 are no probabilities; rows that all sum to 1 are no
logits) and the operation that made the prediction in a graph. The first few calls of a place are looked at.
"""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, ClassVar, Final

import numpy as np
import tensorflow as tf
from keras.src.backend.tensorflow import nn
from tensorflow.python.framework.ops import EagerTensor

from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_KERAS: Final = {
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
}
_TENSORFLOW: Final = {
    "softmax_cross_entropy_with_logits": "softmax",
    "sparse_softmax_cross_entropy_with_logits": "softmax",
    "sigmoid_cross_entropy_with_logits": "sigmoid",
}
"""By function: the activation that makes probabilities for it."""

_LOOKS: Final = 3
"""Calls of one place that are looked at."""
_MOST_VALUES: Final = 1 << 16
_FEWEST_VALUES: Final = 16
"""So many numbers that all lie between 0 and 1 are no logits."""
_TOLERANCE: Final = 1e-3
_PASSED_ON: Final = frozenset({"Identity", "Cast", "Reshape", "Squeeze", "ExpandDims", "StopGradient"})
_LINEAR: Final = frozenset({"BiasAdd", "MatMul"})


class LogitsMismatch(Rule):
    """Watches the functions that all cross-entropies of Keras come down to, and TensorFlow's own."""

    needs: ClassVar[tuple[str, ...]] = tuple(f"keras.src.backend.tensorflow.nn:{name}" for name in _KERAS)

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._looks: Counter[tuple[str, int, int]] = Counter()

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches the losses for the block."""
        with ExitStack() as stack:
            for name, activation in _KERAS.items():
                stack.enter_context(replaced(nn, name, functools.partial(self._watch_keras, name, activation)))
            for name, activation in _TENSORFLOW.items():
                stack.enter_context(replaced(tf.nn, name, functools.partial(self._watch_tensorflow, name, activation)))
            yield

    def cell_started(self) -> None:
        """What is wrong is told in every run."""
        self._looks.clear()

    def _watch_keras(self, name: str, activation: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def crossentropy(target: Any, output: Any, from_logits: bool = False, *rest: Any, **others: Any) -> Any:
            if not is_quiet() and self.journal.is_open and isinstance(output, tf.Tensor):
                self.attempt(self._look, name, activation, output, bool(from_logits), sys._getframe(1))
            return original(target, output, from_logits, *rest, **others)

        return crossentropy

    def _watch_tensorflow(self, name: str, activation: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def crossentropy(labels: Any = None, logits: Any = None, *rest: Any, **others: Any) -> Any:
            caller = sys._getframe(1)
            # Keras calls it with what it made of the prediction.
            file = caller.f_code.co_filename
            is_learners = user_site.is_learners(file) or user_site.is_autograph_caller(file)
            if is_learners and not is_quiet() and self.journal.is_open and isinstance(logits, tf.Tensor):
                self.attempt(self._look, name, activation, logits, True, caller)
            return original(labels, logits, *rest, **others)

        return crossentropy

    def _look(self, name: str, activation: str, output: Any, from_logits: bool, caller: FrameType) -> None:
        learner = user_site.learner_frame(caller)
        key = (name, 0, 0) if learner is None else (name, id(learner.f_code), learner.f_lasti)
        self._looks[key] += 1
        if self._looks[key] > _LOOKS:
            return
        finding = _judge(activation, output, from_logits)
        if finding is None:
            return
        place = user_site.eager_place(caller) if tf.executing_eagerly() else user_site.traced_place()
        variant, values = finding
        self.report(Finding("logits-mismatch", place, {**values, "activation": activation}, variant=variant))


def _judge(activation: str, output: Any, from_logits: bool) -> tuple[str, dict[str, object]] | None:
    """Which way it is wrong, and what showed it; None where nothing is."""
    if not isinstance(output, EagerTensor):
        kind = _made_by(output)
        if not from_logits and kind in _LINEAR:
            return "logits-given.linear", {}
        return ("probabilities-given.graph", {}) if from_logits and kind in ("Softmax", "Sigmoid") else None
    size = output.shape.num_elements() or 0
    if not 0 < size <= _MOST_VALUES or not output.dtype.is_floating:
        return None
    numbers = output.numpy().astype(np.float64)
    if not np.isfinite(numbers).all():
        return None
    lowest, highest = float(numbers.min()), float(numbers.max())
    within = lowest >= -_TOLERANCE and highest <= 1 + _TOLERANCE
    values: dict[str, object] = {"lowest": f"{lowest:.3g}", "highest": f"{highest:.3g}"}
    if not from_logits:
        return None if within else ("logits-given", values)
    if not within or hasattr(output, "_keras_logits"):
        return ("probabilities-given", values) if within else None
    if activation == "softmax":
        is_normal = numbers.ndim > 1 and numbers.shape[-1] > 1 and np.allclose(numbers.sum(-1), 1, atol=_TOLERANCE)
        return ("probabilities-given", values) if is_normal else None
    return ("probabilities-given", values) if size >= _FEWEST_VALUES and lowest > 0 else None


def _made_by(tensor: Any) -> str:
    """The operation that computed ``tensor``, past those that only hand it on."""
    op = tensor.op
    while op.type in _PASSED_ON and op.inputs:
        op = op.inputs[0].op
    if op.type in ("AddV2", "Add") and any(_past_reads(each) == "MatMul" for each in op.inputs):
        return "MatMul" if any(_past_reads(each) == "ReadVariableOp" for each in op.inputs) else str(op.type)
    return str(op.type)


def _past_reads(tensor: Any) -> str:
    op = tensor.op
    while op.type in _PASSED_ON and op.inputs:
        op = op.inputs[0].op
    return str(op.type)

"""``label-out-of-range``: a class number that the model has no output for.

On a CPU TensorFlow raises an error, which is explained. On a GPU such a label is a silent NaN: in eager code the first
labels of each place are looked at where they lie on the host. In a graph nobody can see them without slowing it.
"""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar, Final

import numpy as np
import tensorflow as tf
from keras.src.backend.tensorflow import nn
from tensorflow.python.framework.ops import EagerTensor

from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_OUTSIDE: Final = (
    r"Received a label value of (?P<label>-?\d+) which is outside the valid range of \[0, (?P<classes>\d+)\)"
)
_LOOKS: Final = 3
"""Calls of one place that are looked at."""
_MOST_LABELS: Final = 1 << 16


class LabelOutOfRange(Rule):
    """Looks at the first labels, and explains TensorFlow's error."""

    needs: ClassVar[tuple[str, ...]] = ("keras.src.backend.tensorflow.nn:sparse_categorical_crossentropy",)

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._looks: Counter[tuple[int, int]] = Counter()

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches the losses that are given numbers of classes, for the block."""
        with (
            replaced(nn, "sparse_categorical_crossentropy", self._watch_keras),
            replaced(tf.nn, "sparse_softmax_cross_entropy_with_logits", self._watch_tensorflow),
        ):
            yield

    def cell_started(self) -> None:
        """Each run is looked at anew."""
        self._looks.clear()

    def _watch_keras(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def crossentropy(target: Any, output: Any, *rest: Any, **others: Any) -> Any:
            if tf.executing_eagerly() and not is_quiet() and self.journal.is_open:
                self.attempt(self._look, target, output, sys._getframe(1))
            return original(target, output, *rest, **others)

        return crossentropy

    def _watch_tensorflow(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def crossentropy(labels: Any = None, logits: Any = None, *rest: Any, **others: Any) -> Any:
            caller = sys._getframe(1)
            # Keras calls it with what it made of the labels.
            is_learners = user_site.is_learners(caller.f_code.co_filename)
            if is_learners and tf.executing_eagerly() and not is_quiet() and self.journal.is_open:
                self.attempt(self._look, labels, logits, caller)
            return original(labels, logits, *rest, **others)

        return crossentropy

    def _look(self, labels: Any, outputs: Any, caller: FrameType) -> None:
        learner = user_site.learner_frame(caller)
        if learner is None or not isinstance(outputs, EagerTensor) or not outputs.shape.rank:
            return
        key = (id(learner.f_code), learner.f_lasti)
        self._looks[key] += 1
        if self._looks[key] > _LOOKS or not _is_at_hand(labels):
            return
        numbers, classes = np.asarray(labels), int(outputs.shape[-1])
        outside = numbers[(numbers < 0) | (numbers >= classes)]
        if outside.size:
            worst = int(outside.max()) if outside.max() >= classes else int(outside.min())
            self._tell(worst, classes, (learner.f_code.co_filename, learner.f_lineno), "")

    def error(self, error: RaisedError) -> None:
        """``Received a label value``."""
        found = error.find(_OUTSIDE)
        if found is not None and isinstance(error.exception, tf.errors.InvalidArgumentError):
            self._tell(int(found["label"]), int(found["classes"]), error.place, error.said)

    def _tell(self, label: int, classes: int, place: tuple[str, int] | None, said: str) -> None:
        variant = "one" if classes == 1 else "next" if label == classes else ""
        values = {"label": label, "classes": classes, "last": classes - 1, "needed": label + 1}
        self.report(Finding("label-out-of-range", place, values, variant=variant, said_by=said))


def _is_at_hand(labels: Any) -> bool:
    """Whether they can be looked at without waiting for a device."""
    if isinstance(labels, EagerTensor):
        return "CPU" in labels.device and (labels.shape.num_elements() or 0) <= _MOST_LABELS
    return isinstance(labels, (int, list, tuple, np.ndarray)) and np.size(labels) <= _MOST_LABELS

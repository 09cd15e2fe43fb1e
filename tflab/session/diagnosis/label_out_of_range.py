"""``label-out-of-range``: a class number that the model has no output for."""

from __future__ import annotations

from typing import Final

import tensorflow as tf

from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

_OUTSIDE: Final = (
    r"Received a label value of (?P<label>-?\d+) which is outside the valid range of \[0, (?P<classes>\d+)\)"
)


class LabelOutOfRange(Rule):
    """Explains TensorFlow's error, which only a CPU gives: on a GPU such a label is a silent NaN."""

    def error(self, error: RaisedError) -> None:
        """``Received a label value``."""
        found = error.find(_OUTSIDE)
        if found is None or not isinstance(error.exception, tf.errors.InvalidArgumentError):
            return
        label, classes = int(found["label"]), int(found["classes"])
        variant = "one" if classes == 1 else "next" if label == classes else ""
        values = {"label": label, "classes": classes, "last": classes - 1, "needed": label + 1}
        self.report(Finding("label-out-of-range", error.place, values, variant=variant, said_by=error.said))

"""``memory-limit``: a tensor that the memory has no room for."""

from __future__ import annotations

from typing import Final

import tensorflow as tf

from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

_SHAPE: Final = r"(?:tensor with shape ?|with shape ?\(?|for an array with shape ?)([\[(][\d, ]+[\])])"


class MemoryLimit(Rule):
    """Explains the errors of allocators. Where the session as a whole grows too large, the lab ends it."""

    def error(self, error: RaisedError) -> None:
        """TensorFlow's and Python's own."""
        if not isinstance(error.exception, (MemoryError, tf.errors.ResourceExhaustedError)):
            return
        found = error.find(_SHAPE)
        values = {"shape": found[1]} if found else {}
        variant = "shape" if found else ""
        self.report(Finding("memory-limit", error.place, values, variant=variant, said_by=error.said))

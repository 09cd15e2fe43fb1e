"""``optimizer-reused``: an optimizer belongs to the variables that it first saw, and is given others."""

from __future__ import annotations

import ast
from typing import Any

import keras

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule


class OptimizerReused(Rule):
    """Explains Keras's error."""

    def error(self, error: RaisedError) -> None:
        """``Unknown variable``."""
        found = error.find(r"Unknown variable: <Variable path=([^,]+),|Unknown variable: <tf\.Variable '([^':]+)")
        if found is None or not isinstance(error.exception, ValueError):
            return
        optimizer = _optimizer(error)
        call = error.is_from_call_of("apply_gradients", "apply")
        name = "optimizer"
        if call is not None and isinstance(call.func, ast.Attribute):
            name = source_text.text_of(call.func.value)
        kind = "Adam" if optimizer is None else type(optimizer).__name__
        values = {"optimizer": name, "kind": kind, "variable": found[1] or found[2]}
        self.report(Finding("optimizer-reused", error.place, values, said_by=error.said))


def _optimizer(error: RaisedError) -> Any:
    for frame in reversed(error.library_frames):
        owner = frame.f_locals.get("self")
        if isinstance(owner, keras.optimizers.Optimizer):
            return owner
    return None

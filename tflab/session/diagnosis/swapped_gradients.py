"""``swapped-gradients``: an optimizer is given variables where it expects gradients, and the reverse."""

from __future__ import annotations

from typing import Any, Final

import keras
import tensorflow as tf

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

_METHODS: Final = ("apply_gradients", "apply")


class SwappedGradients(Rule):
    """Looks at what the optimizer was given when it failed."""

    def error(self, error: RaisedError) -> None:
        """Any error inside an optimizer's ``apply``."""
        call = error.is_from_call_of(*_METHODS)
        if call is None or not isinstance(error.exception, (AttributeError, TypeError, ValueError)):
            return
        for frame in error.library_frames:
            if frame.f_code.co_name != "apply" or not isinstance(
                frame.f_locals.get("self"), keras.optimizers.Optimizer
            ):
                continue
            gradients, variables = _given(frame.f_locals)
            if not variables or all(map(_is_variable, variables)) or not any(map(_is_variable, gradients)):
                return
            variant = "" if all(map(_is_variable, gradients)) else "zip"
            values = {"call": source_text.text_of(call), "method": source_text.text_of(call.func)}
            self.report(Finding("swapped-gradients", error.place, values, variant=variant, said_by=error.said))
            return


def _given(names: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    return list(names.get("grads") or ()), list(names.get("trainable_variables") or ())


def _is_variable(value: object) -> bool:
    return isinstance(value, (tf.Variable, keras.Variable))

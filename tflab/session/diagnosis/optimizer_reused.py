"""``optimizer-reused``: an optimizer belongs to the variables that it first saw, and is given others."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import keras
from keras.src.optimizers.base_optimizer import BaseOptimizer

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced


class OptimizerReused(Rule):
    """Explains Keras's error."""

    needs: ClassVar[tuple[str, ...]] = ("keras.src.optimizers.base_optimizer:BaseOptimizer._check_variables_are_known",)

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._refused: str | None = None
        """The variable that an optimizer refused, where its sentence failed: Keras 3.12, the last for Python 3.10,
        wants to show the value, which in a graph there is none."""

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Notes which variable a check that fails is about."""
        with replaced(BaseOptimizer, "_check_variables_are_known", self._watch_check):
            yield

    def _watch_check(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def check(optimizer: Any, variables: Any) -> Any:
            try:
                return original(optimizer, variables)
            except NotImplementedError:
                known = optimizer._trainable_variables_indices
                self._refused = next((v.path for v in variables if optimizer._var_key(v) not in known), None)
                raise

        return check

    def cell_started(self) -> None:
        """What was refused belongs to its cell."""
        self._refused = None

    def error(self, error: RaisedError) -> None:
        """``Unknown variable``."""
        found = error.find(r"Unknown variable: <Variable path=([^,]+),|Unknown variable: <tf\.Variable '([^':]+)")
        variable = found and (found[1] or found[2]) if isinstance(error.exception, ValueError) else None
        if isinstance(error.exception, NotImplementedError):
            variable = self._refused
        if variable is None:
            return
        optimizer = _optimizer(error)
        call = error.is_from_call_of("apply_gradients", "apply")
        name = "optimizer"
        if call is not None and isinstance(call.func, ast.Attribute):
            name = source_text.text_of(call.func.value)
        kind = "Adam" if optimizer is None else type(optimizer).__name__
        values = {"optimizer": name, "kind": kind, "variable": variable}
        self.report(Finding("optimizer-reused", error.place, values, said_by=error.said))


def _optimizer(error: RaisedError) -> Any:
    for frame in reversed(error.library_frames):
        owner = frame.f_locals.get("self")
        if isinstance(owner, keras.optimizers.Optimizer):
            return owner
    return None

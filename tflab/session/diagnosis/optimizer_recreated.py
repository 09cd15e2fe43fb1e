"""``optimizer-recreated``: an optimizer that is made anew for each step, and so never has a memory.

The evidence: in eager code several optimizers in a row, made on one line alike, each took its first step on the same
variables, and each keeps something from step to step that was lost. Plain gradient descent keeps nothing.
"""

from __future__ import annotations

import ast
import functools
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar, Final

import tensorflow as tf
from keras.src.optimizers.base_optimizer import BaseOptimizer

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_IN_A_ROW: Final = 3
_WITHOUT_MEMORY: Final = 2
"""Variables of an optimizer that keeps nothing: how many steps it took, and the learning rate."""

_Place = tuple[str, int]


class OptimizerRecreated(Rule):
    """Watches optimizers being made and taking their first step."""

    needs: ClassVar[tuple[str, ...]] = ("keras.src.optimizers.base_optimizer:BaseOptimizer.apply",)

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._made: weakref.WeakKeyDictionary[Any, _Place] = weakref.WeakKeyDictionary()
        self._known: weakref.WeakSet[Any] = weakref.WeakSet()
        """Those that took a step."""
        self._latest: weakref.ref[Any] | None = None
        """The optimizer that took the last step."""
        self._row: tuple[object, ...] = ()
        self._count = 0

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches both for the block."""
        with (
            replaced(BaseOptimizer, "__init__", self._watch_making),
            replaced(BaseOptimizer, "apply", self._watch_step),
        ):
            yield

    def cell_started(self) -> None:
        """Each run begins anew."""
        self._latest, self._row, self._count = None, (), 0

    def _watch_making(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def initialize(optimizer: Any, *arguments: Any, **options: Any) -> None:
            original(optimizer, *arguments, **options)
            if not is_quiet() and self.journal.is_open:
                self.attempt(self._note_making, optimizer, sys._getframe(1))

        return initialize

    def _note_making(self, optimizer: Any, caller: FrameType) -> None:
        place = user_site.eager_place(caller)
        if place is not None:
            self._made[optimizer] = place

    def _watch_step(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def apply(optimizer: Any, grads: Any, trainable_variables: Any = None) -> Any:
            is_other = self._latest is None or self._latest() is not optimizer
            done = original(optimizer, grads, trainable_variables)
            if is_other and tf.executing_eagerly() and not is_quiet() and self.journal.is_open:
                self.attempt(self._note_other, optimizer)
            elif not is_other and self._count:
                # It takes a second step: it has a memory.
                self._row, self._count = (), 0
            return done

        return apply

    def _note_other(self, optimizer: Any) -> None:
        """An optimizer took a step that is not the one of the step before."""
        self._latest = weakref.ref(optimizer)
        is_known = optimizer in self._known
        self._known.add(optimizer)
        place = self._made.get(optimizer)
        if is_known or place is None or len(optimizer.variables) <= _WITHOUT_MEMORY:
            self._row, self._count = (), 0
            return
        trained = tuple(map(id, optimizer._trainable_variables))
        row = (place, type(optimizer), float(optimizer.learning_rate.numpy()), trained)
        self._count = self._count + 1 if row == self._row else 1
        self._row = row
        if self._count >= _IN_A_ROW:
            values = {"optimizer": _written(place, type(optimizer).__name__), "kind": type(optimizer).__name__}
            self.report(Finding("optimizer-recreated", place, values, severity="warning"))


def _written(place: _Place, kind: str) -> str:
    """The call that makes the optimizer, as it is written."""
    for call in source_text.nodes_at(*place, ast.Call):
        if source_text.called_name(call) == kind:
            return source_text.text_of(call)
    return kind

"""``untracked-variable``: a raw tf.Variable kept in a Keras layer, which Keras does not train.

The evidence: the loss read the variable, but the variables that its gradient is taken of do not have it.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar, Final, NamedTuple

import keras
import tensorflow as tf
from keras.src.layers.layer import Layer

from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.gradient_taken import GradientTaken
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_MOST_KEPT: Final = 1000


class _Kept(NamedTuple):
    """A variable that was put into a layer."""

    variable: weakref.ref[Any]
    attribute: str
    layer: str
    """Its class."""
    place: tuple[str, int] | None


class UntrackedVariable(Rule):
    """Remembers which raw variables layers keep."""

    needs: ClassVar[tuple[str, ...]] = ("keras.src.layers.layer:Layer.__setattr__",)

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._kept: dict[int, _Kept] = {}

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches the attributes of layers for the block."""
        with replaced(Layer, "__setattr__", self._watch):
            yield

    def _watch(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def set_attribute(layer: Any, name: str, value: Any) -> None:
            original(layer, name, value)
            kind = type(value)
            if kind in (list, tuple, dict) and value:
                parts = value.values() if kind is dict else value
                for part in tuple(parts):
                    if isinstance(part, tf.Variable) and not is_quiet():
                        self.attempt(self._keep, layer, name, part, sys._getframe(1))
            elif isinstance(value, tf.Variable) and not is_quiet():
                self.attempt(self._keep, layer, name, value, sys._getframe(1))

        return set_attribute

    def _keep(self, layer: Any, name: str, variable: Any, caller: FrameType) -> None:
        if not self.journal.is_open or not variable.trainable or name.startswith("_"):
            return
        if not user_site.is_learners(caller.f_code.co_filename):
            return
        if len(self._kept) >= _MOST_KEPT:
            self._kept = {key: kept for key, kept in self._kept.items() if kept.variable() is not None}
        place = caller.f_code.co_filename, caller.f_lineno
        self._kept[id(variable)] = _Kept(weakref.ref(variable), name, type(layer).__name__, place)

    def gradient(self, taken: GradientTaken) -> None:
        """Looks for kept variables that were read and are not trained."""
        if not self._kept or (taken.sources and not any(map(_is_variable, taken.sources))):
            return
        trained = set(map(id, taken.sources))
        for watched in taken.call.tape.watched_variables():
            kept = self._kept.get(id(watched))
            variable = None if kept is None else kept.variable()
            if kept is None or variable is None or variable is not watched or id(watched) in trained:
                continue
            shape = tuple(variable.shape.as_list())
            values = {"attribute": kept.attribute, "layer": kept.layer, "shape": shape}
            self.report(Finding("untracked-variable", kept.place, values, subject=kept.attribute))


def _is_variable(source: object) -> bool:
    return isinstance(source, (tf.Variable, keras.Variable))

"""``layer-created-in-call``: a layer that is made anew each time its parent runs, and never trained.

The evidence: a layer with weights was made inside the ``call`` of another, which does not have it among its own.
"""

from __future__ import annotations

import ast
import functools
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar, Final, NamedTuple

from keras.src.layers.layer import Layer
from tensorflow.python.util import tf_stack

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.creations import creation_behind
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.diagnosis.variable_creation import LATER_CALL
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_LAYER_FILE: Final = os.path.join("keras", "src", "layers", "layer.py")
_STATE: Final = r"You cannot add new elements of state \(variables or sub-layers\) to a layer that is already built"
_MOST: Final = 32
"""New layers that are kept until they are looked at."""


class _Made(NamedTuple):
    """A layer that was made while another ran."""

    layer: Any
    parent: Any
    place: tuple[str, int]


class LayerCreation(Rule):
    """Watches layers come into being."""

    needs: ClassVar[tuple[str, ...]] = ("keras.src.layers.layer:Layer._initialize_tracker",)

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._made: deque[_Made] = deque(maxlen=_MOST)

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches what each new layer does first, for the block; Keras reads the signatures of ``__init__`` itself."""
        with replaced(Layer, "_initialize_tracker", self._watch):
            yield

    def _watch(self, original: Callable[[Any], None]) -> Callable[[Any], None]:
        @functools.wraps(original)
        def initialize_tracker(layer: Any) -> None:
            is_new = not hasattr(layer, "_tracker")
            original(layer)
            if is_new and not is_quiet() and self.journal.is_open and len(self._made) < _MOST:
                self.attempt(self._note, layer, sys._getframe(1))

        return initialize_tracker

    def _note(self, layer: Any, caller: FrameType) -> None:
        parent = _parent(caller)
        place = None if parent is None else _place()
        if place is not None:
            self._made.append(_Made(layer, parent, place))

    def cell_finished(self) -> None:
        """Looks which of the new layers their parents do not have."""
        while self._made:
            layer, parent, place = self._made.popleft()
            if layer.trainable_weights and not any(each is layer for each in parent._flatten_layers()):
                values = {"layer": _written(place, type(layer).__name__), "parent": type(parent).__name__}
                self.report(Finding("layer-created-in-call", place, values))

    def error(self, error: RaisedError) -> None:
        """Keras's error where the parent was to keep the layer, and TensorFlow's about its variables."""
        if not isinstance(error.exception, ValueError):
            return
        made = creation_behind(error)
        if made is None or made.function != "call":
            return
        if error.find(_STATE) or (error.find(LATER_CALL) and made.made == "layer"):
            self._made.clear()
            variant = "weight" if made.made == "variable" else "kept"
            values = {"name": made.name}
            self.report(Finding("layer-created-in-call", made.place, values, variant=variant, said_by=error.said))


def _parent(frame: FrameType | None) -> Any:
    """The layer of the learner's class whose ``call`` is running; None where none is, or one is being built."""
    inside_call = False
    while frame is not None:
        name, file = frame.f_code.co_name, frame.f_code.co_filename
        if name == "build" or name == "build_wrapper":
            return None
        if name == "call" and (user_site.is_learners(file) or user_site.is_autograph(file)):
            inside_call = True
        if name == "__call__" and file.endswith(_LAYER_FILE):
            return frame.f_locals.get("self") if inside_call else None
        frame = frame.f_back
    return None


def _place() -> tuple[str, int] | None:
    """The learner's line, in ``call``, that led to the new layer."""
    found: tuple[str, int] | None = None
    for entry in tf_stack.extract_stack():
        if entry.filename.endswith(_LAYER_FILE) and entry.name == "__call__":
            found = None
        elif found is None and user_site.is_learners(entry.filename):
            found = entry.filename, entry.lineno
    return found


def _written(place: tuple[str, int], kind: str) -> str:
    """The call that makes the layer, as it is written."""
    for call in source_text.nodes_at(*place, ast.Call):
        if source_text.called_name(call) == kind:
            return source_text.text_of(call)
    return kind

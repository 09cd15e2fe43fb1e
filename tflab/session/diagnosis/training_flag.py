"""``training-flag-missing``: a model with Dropout or BatchNormalization is trained as if it predicted.

The evidence: inside a tape whose gradient is then taken of the model's variables, such a layer ran in prediction
mode, and the outermost call of the model did not say which mode it wanted.
"""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, ClassVar, Final, NamedTuple

import keras
import tensorflow as tf
from keras.src.layers.layer import Layer
from tensorflow.python import pywrap_tfe
from tensorflow.python.util import tf_stack

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.gradient_taken import GradientTaken
from tflab.session.diagnosis.names import listed
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.diagnosis.tape_span import TapeSpan
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_LAYERS: Final = (
    "Dropout",
    "SpatialDropout1D",
    "GaussianDropout",
    "AlphaDropout",
    "GaussianNoise",
    "BatchNormalization",
)
_LOOKS: Final = 20
"""Calls of one layer that are looked at in a run of a cell."""
_LAYER_FILE: Final = os.path.join("keras", "src", "layers", "layer.py")


class _Predicted(NamedTuple):
    """A layer that ran in prediction mode."""

    layer: Any
    model: Any
    """The outermost layer that was called."""
    place: tuple[str, int] | None
    call: str
    edit: ProblemEdit | None


class TrainingFlag(Rule):
    """Watches the layers that do something else while a model is trained."""

    needs: ClassVar[tuple[str, ...]] = ("tensorflow.python:pywrap_tfe.TFE_Py_TapeSetIsEmpty",)

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._looks: Counter[int] = Counter()
        self._predicted: TapeSpan[_Predicted] = TapeSpan()

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches their ``call`` for the block."""
        owners = {owner for name in _LAYERS for owner in getattr(keras.layers, name).__mro__ if "call" in vars(owner)}
        with ExitStack() as stack:
            for owner in sorted(owners - {Layer}, key=lambda owner: str(owner.__name__)):
                if "training" in inspect.signature(owner.call).parameters:
                    stack.enter_context(replaced(owner, "call", self._watch))
            yield

    def cell_started(self) -> None:
        """Each run is looked at anew."""
        self._looks.clear()
        self._predicted.clear()

    def _watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(layer: Any, inputs: Any, training: Any = None, **others: Any) -> Any:
            if not training and not pywrap_tfe.TFE_Py_TapeSetIsEmpty() and not is_quiet():
                self.attempt(self._note, layer, sys._getframe(1))
            if training is None:
                return original(layer, inputs, **others)
            return original(layer, inputs, training=training, **others)

        return call

    def _note(self, layer: Any, caller: FrameType) -> None:
        self._looks[id(layer)] += 1
        if self._looks[id(layer)] > _LOOKS or not self.journal.is_open or not layer.trainable:
            return
        if getattr(layer, "rate", 1.0) == 0 or getattr(layer, "stddev", 1.0) == 0:
            return
        outermost = _outermost_call(caller)
        if outermost is None:
            return
        place = _place()
        call, edit = _model_call(place, outermost)
        self._predicted.add(_Predicted(layer, outermost.f_locals["self"], place, call, edit))

    def gradient(self, taken: GradientTaken) -> None:
        """The variables of such a model are trained."""
        trained = {id(source) for source in taken.sources}
        found: dict[tuple[tuple[str, int] | None, str], list[_Predicted]] = {}
        for noted in self._predicted.since(taken):
            own = noted.model.trainable_variables
            if any(id(variable) in trained for variable in own) or (not own and _has_variables(taken)):
                found.setdefault((noted.place, noted.call), []).append(noted)
        for (place, call), layers in found.items():
            names = list(dict.fromkeys(noted.layer.name for noted in layers))
            values = {"names": listed(names), "call": call, "instead": f"{call[:-1]}, training=True)"}
            variant = "named" if call else ""
            self.report(Finding("training-flag-missing", place, values, variant=variant, edit=layers[0].edit))


def _has_variables(taken: GradientTaken) -> bool:
    return any(isinstance(source, (tf.Variable, keras.Variable)) for source in taken.sources)


def _outermost_call(frame: FrameType | None) -> FrameType | None:
    """The frame of the outermost ``Layer.__call__``; None where someone has said which mode is wanted."""
    outermost: FrameType | None = None
    calls: list[FrameType] = []
    while frame is not None:
        if frame.f_code.co_name == "__call__" and frame.f_code.co_filename.endswith(_LAYER_FILE):
            outermost = frame
            calls.append(frame)
        frame = frame.f_back
    if outermost is None or _asked(outermost) is not None:
        return None
    for inner, outer in itertools.pairwise(calls):
        # A mode that an inner call was given on purpose, not handed down from an outer one.
        takes = "training" in inspect.signature(outer.f_locals["self"].call).parameters
        if _asked(inner) is not None and not takes:
            return None
    return outermost


def _asked(call: FrameType) -> Any:
    """What ``training=`` was in this call of a layer; None where it was left out."""
    spec = call.f_locals.get("call_spec")
    return None if spec is None else spec.user_arguments_dict.get("training")


def _place() -> tuple[str, int] | None:
    """The learner's line from which the outermost layer was called."""
    found: tuple[str, int] | None = None
    for entry in tf_stack.extract_stack():
        if user_site.is_learners(entry.filename):
            found = entry.filename, entry.lineno
        elif entry.filename.endswith(_LAYER_FILE):
            break
    return found


def _model_call(place: tuple[str, int] | None, outermost: FrameType) -> tuple[str, ProblemEdit | None]:
    """The call as it is written, and with ``training=True``; empty where it cannot be told from others."""
    model = outermost.f_locals["self"]
    frame = outermost.f_back
    while frame is not None and not (
        user_site.is_learners(frame.f_code.co_filename) or user_site.is_autograph(frame.f_code.co_filename)
    ):
        frame = frame.f_back
    if place is None or frame is None:
        return "", None
    for call in source_text.nodes_at(*place, ast.Call):
        if _is_of(call.func, model, frame) and not any(keyword.arg is None for keyword in call.keywords):
            text = source_text.text_of(call)
            segment = source_text.segment_of(place[0], call)
            edit = None
            if segment is not None and segment.endswith(")") and text == segment:
                edit = ProblemEdit(line=call.lineno, old=segment, new=f"{segment[:-1]}, training=True)")
            return text, edit
    return "", None


def _is_of(node: ast.expr, model: Any, frame: FrameType) -> bool:
    """Whether an expression is the model itself."""
    if isinstance(node, ast.Name):
        return (frame.f_locals.get(node.id) or frame.f_globals.get(node.id)) is model
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = frame.f_locals.get(node.value.id, frame.f_globals.get(node.value.id))
        return owner is model or getattr(owner, "__dict__", {}).get(node.attr) is model
    return False

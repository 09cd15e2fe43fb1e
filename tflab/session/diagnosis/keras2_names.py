"""``keras2-api``: names of Keras 2, which most tutorials were written for; this is Keras 3.

Most end in an error, which is explained. Two are taken without one and do nothing: ``decay=`` of an optimizer, of which
Keras only warns, and setting its ``lr``, which is an attribute like any other by now.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar, Final

import keras
from keras.src.optimizers.base_optimizer import BaseOptimizer

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule
from tflab.session.probes import user_site
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_ATTRIBUTES: Final[dict[str, dict[str, str]]] = {
    "optimizer": {
        "lr": "learning_rate",
        "get_weights": "optimizer.variables",
        "set_weights": "optimizer.variables[i].assign(...)",
        "minimize": "tape.gradient(...); optimizer.apply_gradients(...)",
        "get_updates": "optimizer.apply_gradients(...)",
        "get_gradients": "tape.gradient(...)",
        "get_scaled_loss": "scale_loss",
        "get_unscaled_gradients": "optimizer.apply_gradients(...)",
        "weights": "variables",
    },
    "metric": {"reset_states": "reset_state"},
    "model": {
        "fit_generator": "fit",
        "evaluate_generator": "evaluate",
        "predict_generator": "predict",
        "predict_classes": "model.predict(x).argmax(axis=-1)",
        "predict_proba": "predict",
        "reset_states": "layer.reset_state()",
        "submodules": "model.layers",
        "updates": "model.non_trainable_variables",
        "state_updates": "model.non_trainable_variables",
        "_make_train_function": "make_train_function",
    },
    "layer": {
        "add_update": "self.variable.assign(...)",
        "reset_states": "reset_state",
        "input_shape": "layer.input.shape",
        "output_shape": "layer.output.shape",
    },
}
"""By kind of object: what is written now instead of a name of Keras 2; a plain name takes its place."""

_MODULE_NAMES: Final[dict[str, str]] = {
    "layers.experimental": "keras.layers.Normalization(...)",
    "optimizers.experimental": "keras.optimizers.Adam(...)",
    "mixed_precision.experimental": "keras.mixed_precision.set_global_policy(...)",
    "backend.get_value": "float(variable)",
    "backend.set_value": "variable.assign(...)",
    "utils.np_utils": "keras.utils.to_categorical(...)",
    "utils.multi_gpu_model": "tf.distribute.MirroredStrategy()",
    "ImageDataGenerator": "keras.utils.image_dataset_from_directory(...)",
    "preprocessing.text": "keras.layers.TextVectorization(...)",
    "losses.Reduction": 'reduction="none"',
    "losses.mse": "MeanSquaredError",
    "losses.mae": "MeanAbsoluteError",
    "losses.KLD": "KLDivergence",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "ThresholdedReLU": "ReLU",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "scikit_learn": "keras.wrappers.SKLearnClassifier(...)",
}
"""By name, with its module where another has the same: what is written now; a plain name takes its place."""
_BACKEND: Final = "keras.ops"

_ARGUMENTS: Final[dict[str, str]] = {
    "lr": "learning_rate",
    "batch_input_shape": "keras.Input(batch_shape=...)",
    "init": "kernel_initializer",
    "nb_epoch": "epochs",
}
_DROPPED: Final = frozenset(
    {"decay", "fused", "workers", "use_multiprocessing", "max_queue_size", "period", "partition_info", "implementation"}
    | {"dynamic", "sample_weight_mode", "reset_metrics", "type_spec", "loss_scale"}
)
"""Arguments that are gone without another in their place."""

_MESSAGES: Final[tuple[tuple[str, str], ...]] = (
    (r"Invalid filepath extension for saving", "save"),
    (r"filename must end in `\.weights\.h5`|must end in `\.weights\.h5`", "save-weights"),
    (r"filepath provided must end in `\.keras`", "checkpoint"),
    (r"File format not supported: filepath=.*Keras 3 only supports", "load"),
    (r"`name` must be passed as a keyword argument", "add-weight"),
    (r"Layer `add_metric\(\)` method is deprecated", "add-metric"),
    (r"`?keras\.optimizers\.legacy`? is not supported in Keras 3", "legacy"),
    (r"Invalid value for argument `reduction`.*Received: reduction=auto", "reduction"),
)
"""Messages of Keras 3 that are there for programs of Keras 2, and which sentence explains them."""

_ATTRIBUTE: Final = r"'(\w+)' object has no attribute '(\w+)'"
_MODULE: Final = r"module '((?:keras|tensorflow\.keras)[\w.]*)' has no attribute '(\w+)'"
_UNKNOWN_ARGUMENT: Final = (
    r"(?:not recognized|passed to \w+|Unrecognized keyword arguments.*?): \{'(\w+)'|unexpected keyword argument '(\w+)'"
)


class Keras2Names(Rule):
    """Explains errors about what Keras 3 does not have any more, and watches for what it takes and ignores."""

    needs: ClassVar[tuple[str, ...]] = ("keras.src.optimizers.base_optimizer:BaseOptimizer.__setattr__",)

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches optimizers being made, and their attributes being set, for the block."""
        with (
            replaced(BaseOptimizer, "__init__", self._watch_making),
            replaced(BaseOptimizer, "__setattr__", self._watch_setting),
        ):
            yield

    def _watch_making(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def initialize(optimizer: Any, *arguments: Any, **options: Any) -> None:
            if options.get("decay") and not is_quiet():
                self.attempt(self._ignored, "decay", "decay", sys._getframe(1))
            original(optimizer, *arguments, **options)

        return initialize

    def _watch_setting(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def set_attribute(optimizer: Any, name: str, value: Any) -> None:
            if name == "lr" and not is_quiet():
                self.attempt(self._ignored, "lr", "set", sys._getframe(1))
            original(optimizer, name, value)

        return set_attribute

    def _ignored(self, old: str, variant: str, caller: FrameType) -> None:
        place = user_site.eager_place(caller)
        if place is None or not self.journal.is_open:
            return
        edit = self._edit(place, "lr", "learning_rate") if variant == "set" else None
        self.report(Finding("keras2-api", place, {"old": old}, variant=variant, severity="warning", edit=edit))

    def error(self, error: RaisedError) -> None:
        """Keras's and Python's errors."""
        for pattern, variant in _MESSAGES:
            if error.find(pattern):
                self.report(Finding("keras2-api", error.place, variant=variant, said_by=error.said))
                return
        if isinstance(error.exception, AttributeError):
            self._attribute(error)
        elif isinstance(error.exception, (TypeError, ValueError)):
            self._argument(error)

    def _attribute(self, error: RaisedError) -> None:
        module = error.find(_MODULE)
        if module is not None:
            old = module[2]
            if module[1].endswith(".backend") and hasattr(keras.ops, old):
                self._renamed(error, old, f"{_BACKEND}.{old}")
                return
            new = _MODULE_NAMES.get(f"{module[1].rpartition('.')[2]}.{old}", _MODULE_NAMES.get(old))
            if new is not None:
                self._renamed(error, old, new)
            return
        found = error.find(_ATTRIBUTE)
        if found is None:
            return
        kind = _kind_of(getattr(error.exception, "obj", None), found[1])
        new = _ATTRIBUTES.get(kind, {}).get(found[2])
        if new is not None:
            self._renamed(error, found[2], new)

    def _argument(self, error: RaisedError) -> None:
        found = error.find(_UNKNOWN_ARGUMENT)
        if found is None or not _is_from_keras(error):
            return
        old = found[1] or found[2]
        if old in _ARGUMENTS:
            self._renamed(error, old, _ARGUMENTS[old])
        elif old in _DROPPED:
            self.report(Finding("keras2-api", error.place, {"old": old}, variant="argument", said_by=error.said))

    def _renamed(self, error: RaisedError, old: str, new: str) -> None:
        edit = None if error.place is None else self._edit(error.place, old, new)
        values = {"old": old, "new": new}
        self.report(Finding("keras2-api", error.place, values, variant="renamed", edit=edit, said_by=error.said))

    @staticmethod
    def _edit(place: tuple[str, int], old: str, new: str) -> ProblemEdit | None:
        """The plain name ``new`` in the place of ``old``, where that stands once on the line."""
        is_clear = new.isidentifier() and len(re.findall(rf"\b{old}\b", source_text.line_of(*place))) == 1
        return ProblemEdit(line=place[1], old=old, new=new) if is_clear else None


def _is_from_keras(error: RaisedError) -> bool:
    if "keras" in error.message.lower() or "Trainer." in error.message or "Argument(s) not recognized" in error.message:
        return True
    return any("keras" in frame.f_code.co_filename for frame in error.library_frames)


def _kind_of(value: Any, name: str) -> str:
    """Which kind of Keras object ``value`` is, or an object of the class ``name``; empty for another."""
    kind = type(value) if value is not None else None
    if kind is None:
        spaces: tuple[Any, ...] = (keras.optimizers, keras.metrics, keras.layers, keras)
        kind = next((vars(space)[name] for space in spaces if isinstance(vars(space).get(name), type)), None)
    if kind is None:
        return ""
    if issubclass(kind, keras.optimizers.Optimizer):
        return "optimizer"
    if issubclass(kind, keras.metrics.Metric):
        return "metric"
    if issubclass(kind, keras.Model):
        return "model"
    return "layer" if issubclass(kind, keras.Layer) else ""

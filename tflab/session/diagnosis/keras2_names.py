"""``keras2-api``: names of Keras 2, which most tutorials were written for; this is Keras 3."""

from __future__ import annotations

import re
from typing import Any, Final

import keras

from tflab.protocol.events import ProblemEdit
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Rule

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
    },
    "metric": {"reset_states": "reset_state"},
    "model": {
        "fit_generator": "fit",
        "evaluate_generator": "evaluate",
        "predict_generator": "predict",
        "predict_classes": "model.predict(x).argmax(axis=-1)",
        "predict_proba": "predict",
        "reset_states": "layer.reset_state()",
    },
    "layer": {"add_update": "self.variable.assign(...)", "reset_states": "reset_state"},
}
"""By kind of object: what is written now instead of a name of Keras 2; a plain name takes its place."""

_MODULE_NAMES: Final[dict[str, str]] = {
    "experimental": "keras.layers.Normalization(...)",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "ThresholdedReLU": "ReLU",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "scikit_learn": "keras.wrappers.SKLearnClassifier(...)",
}
_BACKEND: Final = "keras.ops"

_ARGUMENTS: Final[dict[str, str]] = {"lr": "learning_rate"}
_DROPPED: Final = frozenset(
    {"decay", "fused", "workers", "use_multiprocessing", "max_queue_size", "period", "partition_info", "implementation"}
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
    """Explains errors about what Keras 3 does not have any more."""

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
            elif old in _MODULE_NAMES:
                self._renamed(error, old, _MODULE_NAMES[old])
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
        edit = None
        if error.place is not None and new.isidentifier():
            line = source_text.line_of(*error.place)
            if len(re.findall(rf"\b{old}\b", line)) == 1:
                edit = ProblemEdit(line=error.place[1], old=old, new=new)
        values = {"old": old, "new": new}
        self.report(Finding("keras2-api", error.place, values, variant="renamed", edit=edit, said_by=error.said))


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

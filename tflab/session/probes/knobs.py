"""Numbers of a program that can be changed while it runs: learning rates, and what ``lab.knob`` offers.

A knob is a variable, since a graph reads a variable anew at each step where a Python number is frozen into it.
"""

from __future__ import annotations

import threading
import weakref
from operator import itemgetter
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from tensorflow.python.framework import ops

from tflab.messages import text
from tflab.protocol.steering import Knob
from tflab.session.probes.source_names import paths_to
from tflab.session.probes.tensor_kinds import kind_of

_RATE = ".learning_rate"


class UnknownKnob(LookupError):
    """There is no such knob, or it cannot be turned; the message is one line for people."""


class _Entry(NamedTuple):
    variable: Any
    """Of TensorFlow or Keras; None where the value comes from elsewhere."""
    value: float
    fixed: str


class Knobs:
    """All knobs of one session. Any thread may ask."""

    def __init__(self) -> None:
        self._offered: dict[str, Any] = {}
        self._optimizers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lock = threading.Lock()

    def saw_optimizer(self, optimizer: Any) -> None:
        """A Keras optimizer was made."""
        with self._lock:
            self._optimizers.add(optimizer)

    def offer(self, name: str, value: Any) -> Any:
        """What ``lab.knob`` does: the variable behind ``name``.

        One that is given is taken as it is. A number becomes a variable, the same one each time the name comes up:
        in eager code it then gets the number again, in a tf.function that is being traced it stays as it is. Raises
        TypeError for what is no number.
        """
        if isinstance(value, (tf.Variable, keras.Variable)):
            if tuple(value.shape):
                raise TypeError(
                    text("probe.knob.no_number", name=name, kind=f"a variable of shape {tuple(value.shape)}")
                )
            with self._lock:
                self._offered[name] = value
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError(text("probe.knob.no_number", name=name, kind=type(value).__name__))
        with self._lock:
            known = self._offered.get(name)
            if isinstance(known, tf.Variable) and known.dtype == tf.as_dtype(type(value)):
                if not ops.inside_function():
                    known.assign(value)
                return known
            with tf.init_scope():
                variable = tf.Variable(value, trainable=False, name=name, dtype=tf.as_dtype(type(value)))
            self._offered[name] = variable
            return variable

    def all(self, namespace: dict[str, Any]) -> tuple[Knob, ...]:
        """Every knob with its value now; ``namespace`` gives optimizers their names."""
        return tuple(
            Knob(name=name, value=entry.value, fixed=entry.fixed) for name, entry in self._entries(namespace).items()
        )

    def turn(self, name: str, value: float, namespace: dict[str, Any]) -> tuple[float, float]:
        """Gives a knob another value: the one before and the one now. Raises `UnknownKnob`."""
        entry = self._entries(namespace).get(name)
        if entry is None:
            raise UnknownKnob(text("probe.knob.unknown", name=name))
        if entry.fixed:
            raise UnknownKnob(entry.fixed)
        # A count takes the whole part.
        entry.variable.assign(tf.cast(value, entry.variable.dtype))
        return entry.value, _number(entry.variable)

    def _entries(self, namespace: dict[str, Any]) -> dict[str, _Entry]:
        with self._lock:
            offered = dict(self._offered)
            optimizers = list(self._optimizers)
        entries = {name: _Entry(variable, _number(variable), "") for name, variable in offered.items()}
        for name, optimizer in _named(optimizers, namespace):
            entries[name + _RATE] = _rate_of(optimizer)
        return entries


def _named(optimizers: list[Any], namespace: dict[str, Any]) -> list[tuple[str, Any]]:
    """The optimizers that the learner's names lead to, by those names; of one inside another, the outer."""
    inner = {id(getattr(optimizer, "inner_optimizer", None)) for optimizer in optimizers}
    outer = {id(optimizer): optimizer for optimizer in optimizers if id(optimizer) not in inner}
    names: dict[int, str] = {}
    models: dict[int, str] = {}
    for name, value in list(namespace.items()):
        if name.startswith("_"):
            continue
        names.setdefault(id(value), name)
        if kind_of(value) == "model":
            # As it lies there: no property of the learner's runs. Before `compile` there is none.
            models.setdefault(id(vars(value).get("optimizer")), f"{name}.optimizer")
    found = paths_to(set(outer) - set(names) - set(models), namespace) | models | names
    return sorted(((found[key], each) for key, each in outer.items() if key in found), key=itemgetter(0))


def _rate_of(optimizer: Any) -> _Entry:
    source = getattr(optimizer, "inner_optimizer", optimizer)._learning_rate
    value = _number(optimizer.learning_rate)
    if isinstance(source, (tf.Variable, keras.Variable)):
        return _Entry(source, value, "")
    return _Entry(None, value, text("probe.knob.schedule", schedule=type(source).__name__))


def _number(value: Any) -> float:
    """The shortest number that is ``value`` in its own type: 0.01, where a float32 in double precision is a tail of
    digits."""
    return float(str(keras.ops.convert_to_numpy(value)[()]))

"""Whose function a trace is of: the learner's own, one of the learner's that Keras wraps, or a library's."""

from __future__ import annotations

import functools
import sys
from types import CodeType, FrameType, FunctionType
from typing import Any, Final, NamedTuple

from tensorflow.python.eager.polymorphic_function import polymorphic_function, tf_method_target
from tensorflow.python.util import tf_decorator

from tflab.session.probes import user_site

_PIPELINE: Final = "_tf_data_function"
"""TensorFlow marks the functions of tf.data pipelines with this attribute. They are hidden: a ``map`` traces its
function each time it is called, which is no retrace of anything that the learner wrapped in tf.function."""

_SEARCHED_FRAMES: Final = 24

_KERAS_STEPS: Final = ("_make_function.<locals>.one_step_on_data", "make_predict_function.<locals>.one_step_on_data")
"""The functions in which Keras's ``fit``, ``evaluate`` and ``predict`` call the model's ``train_step`` and so on."""


class TracedFunction(NamedTuple):
    """A function of the learner's."""

    name: str
    """Its qualified name."""
    code: CodeType
    function: FunctionType | None
    """The plain function; None where there is only its code."""
    instance: Any
    """The object whose method it is; None for a plain function."""
    closure: tuple[Any, ...]
    """What its free variables hold."""


def traced_function(options: Any) -> TracedFunction | None:
    """The learner's function that is traced with ``options`` (TracingOptions); None where it is a library's."""
    if options.attributes and _PIPELINE in options.attributes:
        return None
    _, original = tf_decorator.unwrap(options.python_function)
    function, instance = _plain(original)
    wrapped = _step_of_keras(function)
    if wrapped is not None:
        function, instance = _plain(wrapped)
    code = getattr(function, "__code__", None)
    if code is None or not user_site.is_learners(code.co_filename):
        return None
    plain = function if isinstance(function, FunctionType) else None
    return TracedFunction(getattr(function, "__qualname__", code.co_name), code, plain, instance, _closure(function))


def _plain(function: Any) -> tuple[Any, Any]:
    """The function proper, and the object that it is bound to."""
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(getattr(function, "__wrapped__", None), FunctionType):
            # A decorator on top, such as Keras's way around AutoGraph: what matters is what it decorates.
            function = function.__wrapped__
        else:
            break
    instance = getattr(function, "__self__", None)
    if isinstance(instance, tf_method_target.TfMethodTarget):
        instance = instance.weakrefself_target__()
    function = getattr(function, "__func__", function)
    if not hasattr(function, "__code__") and callable(function):
        # An object with a `__call__` of its class.
        instance, function = function, type(function).__call__
    return function, instance


def _step_of_keras(function: Any) -> Any:
    if not str(getattr(function, "__qualname__", "")).endswith(_KERAS_STEPS):
        return None
    cells = dict(zip(function.__code__.co_freevars, _closure(function), strict=True))
    if "step_function" in cells:
        return cells["step_function"]
    return getattr(cells.get("self"), "predict_step", None)


def _closure(function: Any) -> tuple[Any, ...]:
    cells = getattr(function, "__closure__", None) or ()
    values = []
    for cell in cells:
        try:
            values.append(cell.cell_contents)
        except ValueError:
            values.append(None)
    return tuple(values)


def function_being_called(cache: Any) -> Any:
    """The tf.function object whose trace cache this is, from the calls under way; None where there is none."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_SEARCHED_FRAMES):
        if frame is None:
            return None
        if frame.f_code.co_filename == polymorphic_function.__file__:
            owner = frame.f_locals.get("self")
            if isinstance(owner, polymorphic_function.Function) and owner._function_cache is cache:
                return owner
        frame = frame.f_back
    return None

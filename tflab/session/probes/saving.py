"""Keeps the probes' rings out of what is saved or converted.

Functions that TensorFlow traces for saving never get a ring. A ConcreteFunction that was made before (given as a
signature, kept as an attribute, frozen, handed to TFLite) may have one, and is replaced by a trace without.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import tensorflow as tf
from tensorflow.python.eager.polymorphic_function import tracing_compilation
from tensorflow.python.framework import convert_to_constants
from tensorflow.python.saved_model import save, save_context, save_options, signature_serialization
from tensorflow.python.types.core import ConcreteFunction

from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import quiet
from tflab.session.probes.ring import is_ring

_OPTIONS: Final = "_tflab_tracing_options"
_FREEZERS: Final = ("convert_variables_to_constants_v2", "convert_variables_to_constants_v2_as_graph")


@contextmanager
def patched() -> Iterator[None]:
    """Watches TensorFlow trace, save and convert for the block."""
    with ExitStack() as stack:
        stack.enter_context(replaced(tracing_compilation, "_create_concrete_function", _remember_options))
        stack.enter_context(replaced(signature_serialization, "canonicalize_signatures", _clean_first))
        stack.enter_context(replaced(save._AugmentedGraphView, "_maybe_uncache_variable_captures", _clean_second))
        for name in _FREEZERS:
            stack.enter_context(replaced(convert_to_constants, name, _clean_first))
        yield


def _remember_options(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_concrete_function(function_type: Any, type_context: Any, graph: Any, options: Any) -> Any:
        concrete = original(function_type, type_context, graph, options)
        if any(map(is_ring, concrete.captured_inputs)):
            # On the function itself, so that they live and die together.
            setattr(concrete, _OPTIONS, options)
        return concrete

    return create_concrete_function


def _clean_first(original: Callable[..., Any]) -> Callable[..., Any]:
    """For functions of a ConcreteFunction, or a dictionary of them, and more."""

    @functools.wraps(original)
    def converted(first: Any, *args: Any, **kwargs: Any) -> Any:
        return original(without_rings(first), *args, **kwargs)

    return converted


def _clean_second(original: Callable[..., Any]) -> Callable[..., Any]:
    """For methods that take one ConcreteFunction."""

    @functools.wraps(original)
    def converted(owner: Any, concrete: Any) -> Any:
        return original(owner, without_rings(concrete))

    return converted


def without_rings(functions: Any) -> Any:
    """``functions`` (one, or a dictionary of them) with those that write into a ring replaced by traces that do not."""
    if isinstance(functions, dict):
        return {name: without_rings(function) for name, function in functions.items()}
    options = getattr(functions, _OPTIONS, None) if isinstance(functions, ConcreteFunction) else None
    if options is None:
        return functions
    args, kwargs = ((), {}) if options.input_signature is not None else _unnamed(functions.structured_input_signature)
    with quiet, _saving():
        return tracing_compilation.trace_function(args, kwargs, options)


@contextmanager
def _saving() -> Iterator[None]:
    """Within, traces are made for saving: no ring, and a cache of their own."""
    if save_context.in_save_context():
        yield
    else:
        with save_context.save_context(save_options.SaveOptions()):
            yield


def _unnamed(signature: Any) -> Any:
    return tf.nest.map_structure(
        lambda part: tf.TensorSpec(part.shape, part.dtype) if isinstance(part, tf.TensorSpec) else part, signature
    )

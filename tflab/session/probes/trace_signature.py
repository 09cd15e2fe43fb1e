"""Trace types in the words of the learner's code."""

from __future__ import annotations

from typing import Any, Final

from tensorflow.core.function.trace_type import default_types
from tensorflow.python.framework.tensor import TensorSpec
from tensorflow.python.ops.resource_variable_ops import VariableSpec

from tflab.session.probes.trace_difference import parts_of

_LONGEST: Final = 48
_LONGEST_SIGNATURE: Final = 400


def shape_text(shape: Any) -> str:
    """``(32, 64)``, ``(None, 64)``, ``()``; ``(...)`` for an unknown rank."""
    if shape.rank is None:
        return "(...)"
    lengths = shape.as_list()
    return f"({lengths[0]},)" if len(lengths) == 1 else f"({', '.join(map(str, lengths))})"


def describe(kind: Any) -> str:
    """One trace type, shortly: ``float32 (32, 64)``, ``3``, ``(float32 (2,), True)``."""
    if isinstance(kind, default_types.Literal):
        return shorten(repr(kind.value))
    if isinstance(kind, default_types.Weakref):
        return object_text(kind)
    if isinstance(kind, VariableSpec):
        return f"tf.Variable {kind.dtype.name} {shape_text(kind.shape)}"
    if isinstance(kind, TensorSpec):
        return f"{kind.dtype.name} {shape_text(kind.shape)}"
    parts = parts_of(kind)
    if parts is None:
        return shorten(type(kind).__name__.removesuffix("Spec"))
    if isinstance(kind, default_types.Dict):
        return shorten("{" + ", ".join(f"{step[1:-1]}: {describe(part)}" for step, part in parts) + "}")
    told = ", ".join(describe(part) for _, part in parts)
    return shorten(f"[{told}]" if isinstance(kind, default_types.List) else f"({told})")


def object_text(kind: Any) -> str:
    """The object that a Weakref stands for: its class alone, for its ``repr`` could run the learner's code."""
    target = kind._ref()
    return "object" if target is None else type(target).__name__


def signature_text(function_type: Any) -> str:
    """The arguments of a call: ``x: float32 (32, 64), training: True``."""
    return shorten(
        ", ".join(f"{name}: {describe(each.type_constraint)}" for name, each in function_type.parameters.items()),
        _LONGEST_SIGNATURE,
    )


def shorten(text: str, longest: int = _LONGEST) -> str:
    """``text``, cut in the middle where it is too long."""
    half = (longest - 1) // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"

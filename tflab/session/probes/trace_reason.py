"""Why a function was traced, as a cause, a sentence with the reason and one with the fix."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tensorflow.core.function.trace_type import default_types
from tensorflow.python.framework.tensor import TensorSpec

from tflab.messages import text
from tflab.session.probes.trace_difference import WEIGHTS, Difference, parts_of
from tflab.session.probes.trace_signature import describe, object_text, shape_text

_CAUSES: Final[dict[str, str]] = {
    "alias": "variable",
    "length": "structure",
    "kind": "structure",
    "arguments": "structure",
}
"""Differences whose cause has another name; the others are called the same."""

_AUTOGRAPH_PREFACE: Final = "in user code:"

_NAMED: Final = 3
"""Differences told in one reason."""


class Reason(NamedTuple):
    """Why a function was traced."""

    cause: str
    reason: str
    fix: str


def first() -> Reason:
    """The first call of a function."""
    return Reason("first", text("probe.trace.first"), "")


def first_with_variables() -> Reason:
    """The first call of a function that makes variables in it."""
    return Reason("first", text("probe.trace.first_variables"), "")


def new_function(name: str, count: int) -> Reason:
    """``tf.function`` was called again on the same code: this is object number ``count``."""
    return Reason(
        "new_function",
        text("probe.trace.new_function", function=name, count=count),
        text("probe.trace.new_function.fix"),
    )


def other_self(class_name: str, count: int) -> Reason:
    """A method was called on another object, the ``count``-th."""
    return Reason("object", text("probe.trace.other_self", kind=class_name, count=count), "")


def after_failure() -> Reason:
    """The attempt before this one raised."""
    return Reason("failed", text("probe.trace.after_failure"), "")


def released() -> Reason:
    """An equal signature was traced before, but its trace is gone."""
    return Reason("released", text("probe.trace.released"), text("probe.trace.released.fix"))


def with_error(reason: Reason, error: BaseException) -> Reason:
    """``reason``, and that the trace ended in ``error``."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [""]
    # AutoGraph puts a traceback before the message.
    message = lines[-1] if lines[0] == _AUTOGRAPH_PREFACE else lines[0]
    name = type(error).__name__
    told = message if message.startswith(name) else f"{name}: {message}"
    return reason._replace(reason=f"{reason.reason} {text('probe.trace.raised', error=told)}")


def of_context(old: Any, new: Any) -> Reason:
    """The call came from other surroundings: a device, a strategy, a v1 graph, XLA."""
    for field in getattr(new.context, "_fields", ()):
        before, after = getattr(old.context, field), getattr(new.context, field)
        if before is not after and before != after and field in _CONTEXTS:
            return Reason("context", text(_CONTEXTS[field]), text("probe.trace.context.fix"))
    return Reason("context", text("probe.trace.context"), text("probe.trace.context.fix"))


_CONTEXTS: Final[dict[str, str]] = {
    "parent_graph": "probe.trace.context.graph",
    "device_functions": "probe.trace.context.device",
    "colocation_stack": "probe.trace.context.device",
    "in_cross_replica_context": "probe.trace.context.replica",
    "xla_context_id": "probe.trace.context.xla",
}


def of_differences(found: list[Difference], *, is_relaxed: bool) -> Reason:
    """What differed from the closest earlier trace; ``is_relaxed`` where ``reduce_retracing`` has just opened it."""
    worst = max(found, key=lambda difference: WEIGHTS[difference.kind])
    told = "; ".join(map(_sentence, found[:_NAMED]))
    if len(found) > _NAMED:
        told = text("probe.trace.and_more", told=told, count=len(found) - _NAMED)
    fix = text("probe.trace.relaxed") if is_relaxed and worst.kind == "shape" else _fix(worst)
    return Reason(_CAUSES.get(worst.kind, worst.kind), _as_sentence(told), fix)


def _as_sentence(told: str) -> str:
    return told[:1].upper() + told[1:] + "."


def _sentence(difference: Difference) -> str:
    kind, argument, old, new = difference
    key = f"probe.trace.{kind}"
    if kind == "arguments":
        return text(key, old=", ".join(old) or "-", new=", ".join(new) or "-")
    if kind == "shape":
        axes = _axes(old.shape, new.shape)
        return text(
            "probe.trace.shape" if len(axes) == 1 else "probe.trace.shape.axes",
            argument=argument,
            old=shape_text(old.shape),
            new=shape_text(new.shape),
            axes=", ".join(map(str, axes)),
        )
    if kind == "rank":
        return text(key, argument=argument, old=shape_text(old.shape), new=shape_text(new.shape))
    if kind == "dtype":
        return text(key, argument=argument, old=old.dtype.name, new=new.dtype.name)
    if kind == "object":
        return text(key, argument=argument, kind=object_text(new))
    if kind == "python_type":
        return text(key, argument=argument, old=_typed(old), new=_typed(new))
    if kind == "length":
        return text(key, argument=argument, old=len(parts_of(old) or ()), new=len(parts_of(new) or ()))
    return text(key, argument=argument, old=describe(old), new=describe(new))


def _typed(kind: Any) -> str:
    if isinstance(kind, default_types.Literal):
        return text("probe.trace.python", kind=type(kind.value).__name__, value=describe(kind))
    if isinstance(kind, TensorSpec):
        return text("probe.trace.tensor", tensor=describe(kind))
    return describe(kind)


def _axes(old: Any, new: Any) -> list[int]:
    pairs = enumerate(zip(old.as_list(), new.as_list(), strict=True)) if old.rank is not None else ()
    return [axis for axis, (one, other) in pairs if one != other]


def _fix(difference: Difference) -> str:
    kind, argument, old, new = difference
    key = f"probe.trace.{kind}.fix"
    if kind == "shape":
        axes = _axes(old.shape, new.shape)
        lengths = [None if axis in axes else length for axis, length in enumerate(new.shape.as_list())]
        spec = f"tf.TensorSpec({lengths}, tf.{new.dtype.name})"
        return text("probe.trace.shape.fix.batch" if axes == [0] else key, argument=argument, spec=spec)
    if kind == "dtype":
        return text(key, argument=argument, dtype=old.dtype.name)
    if kind == "python_value":
        boolean = isinstance(new.value, (bool, str, type(None)))
        return text("probe.trace.python_value.fix.flag" if boolean else key, argument=argument)
    return text(key, argument=argument)

"""What differs between two signatures of a tf.function, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tensorflow.core.function.trace_type import default_types
from tensorflow.python.framework.tensor import TensorSpec
from tensorflow.python.ops.resource_variable_ops import VariableSpec

WEIGHTS: Final[dict[str, float]] = {
    "shape": 1,
    "python_value": 1,
    "dtype": 1.5,
    "object": 1.5,
    "alias": 1.5,
    "rank": 2,
    "variable": 2,
    "python_type": 2.5,
    "length": 3,
    "structure": 3,
    "kind": 4,
    "arguments": 5,
}
"""How far two signatures are apart: the closest earlier one explains a retrace best."""


class Difference(NamedTuple):
    """One leaf at which a call is not served by an earlier trace."""

    kind: str
    """A key of `WEIGHTS`."""
    argument: str
    """The argument and the way into it: ``x``, ``batch['image'][0]``."""
    old: Any
    new: Any
    """Trace types; for ``arguments`` lists of names."""


def differences(old: Any, new: Any) -> list[Difference]:
    """Why the signature ``new`` (a FunctionType) is not served by the trace of ``old``; empty where it is."""
    found: list[Difference] = []
    if list(old.parameters) != list(new.parameters):
        found.append(Difference("arguments", "", list(old.parameters), list(new.parameters)))
    for name, parameter in new.parameters.items():
        if name in old.parameters:
            found += _leaves(old.parameters[name].type_constraint, parameter.type_constraint, name)
    return found


def distance(found: list[Difference]) -> float:
    """How much ``found`` weighs together."""
    return sum(WEIGHTS[difference.kind] for difference in found)


def _leaves(old: Any, new: Any, path: str) -> Iterator[Difference]:
    if _serves(old, new):
        return
    kind = _leaf_kind(old, new)
    if kind is not None:
        yield Difference(kind, path, old, new)
        return
    old_parts, new_parts = parts_of(old), parts_of(new)
    if type(old) is not type(new) or old_parts is None or new_parts is None:
        yield Difference("kind", path, old, new)
    elif [step for step, _ in old_parts] != [step for step, _ in new_parts]:
        yield Difference("length" if len(old_parts) != len(new_parts) else "structure", path, old, new)
    else:
        for (step, one), (_, other) in zip(old_parts, new_parts, strict=True):
            yield from _leaves(one, other, path + step)


def _serves(old: Any, new: Any) -> bool:
    try:
        return bool(new == old or new.is_subtype_of(old))
    except (TypeError, ValueError, NotImplementedError):
        return False


def _leaf_kind(old: Any, new: Any) -> str | None:
    if isinstance(old, default_types.Literal) and isinstance(new, default_types.Literal):
        return "python_value" if type(old.value) is type(new.value) else "python_type"
    if isinstance(old, default_types.Literal) != isinstance(new, default_types.Literal):
        return "python_type"
    if isinstance(old, default_types.Weakref) and isinstance(new, default_types.Weakref):
        return "object"
    if isinstance(old, VariableSpec) and isinstance(new, VariableSpec):
        same = old.dtype == new.dtype and old.shape == new.shape and old.trainable == new.trainable
        return "alias" if same else "variable"
    if isinstance(old, TensorSpec) and isinstance(new, TensorSpec):
        if old.dtype != new.dtype:
            return "dtype"
        return "shape" if old.shape.rank == new.shape.rank else "rank"
    return None


def parts_of(kind: Any) -> list[tuple[str, Any]] | None:
    """The components of a structured trace type with the step that leads to each; None for a leaf."""
    if isinstance(kind, default_types.List):
        return parts_of(kind.components_tuple)
    if isinstance(kind, default_types.Dict):
        return [(f"[{key!r}]", part) for key, part in kind.mapping.items()]
    if isinstance(kind, default_types.NamedTuple):
        steps = [f".{name}" for name in kind.attribute_names]
        return list(zip(steps, kind.attributes.components, strict=True))
    if isinstance(kind, default_types.Attrs):
        return parts_of(kind.named_attributes)
    if isinstance(kind, default_types.Tuple):
        return [(f"[{index}]", part) for index, part in enumerate(kind.components)]
    return None

"""What lies inside the values of a namespace, and the names that lead there: ``model.head/kernel``, ``params[1]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import keras
import tensorflow as tf

from tflab.session.probes import matrices
from tflab.session.probes.source_names import names_of, own_name
from tflab.session.probes.tensor_kinds import kind_of

HIDDEN: Final = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open", "display"})
"""Names that are the shell's, not the learner's."""

WITH_ELEMENTS: Final = frozenset(
    {"tensor", "variable", "keras_variable", "array", "ragged", "sparse", "indexed_slices"}
)
"""Kinds of which one element can be looked at."""

OWNERS: Final = frozenset({"model", "layer", "module", "metric", "optimizer"})
"""Kinds that own variables."""

_LONGEST_CONTAINER: Final = 64
_MOST_VARIABLES: Final = 400


def learners_names(namespace: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The names that the learner gave to something with tensors, and what they hold; then the jacobians and Hessians
    that were taken."""
    for name, value in list(namespace.items()):
        if not name.startswith("_") and name not in HIDDEN:
            value = _unwrapped(value)
            if kind_of(value) is not None:
                yield name, value
    yield from matrices.kept.items()


def _unwrapped(value: Any) -> Any:
    """What ``TensorArray.write`` returns is a wrapper that warns where it is never used, which looking is not."""
    if type(value).__name__ == "ShouldUseWrapper":
        return object.__getattribute__(value, "_tf_should_use_wrapped_value")
    return value


def parts_of(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What has elements inside ``value``, which ``name`` leads to, each with the name that leads to it."""
    kind = kind_of(value)
    if kind in OWNERS:
        yield from _variables(str(kind), name, value)
    elif kind in ("list", "dict"):
        yield from _items(name, value)
    elif kind == "object":
        attributes = list(object.__getattribute__(value, "__dict__").items())
        yield from _kept((f"{name}.{attribute}", inner) for attribute, inner in attributes[:_LONGEST_CONTAINER])
    elif kind == "tensor_array":
        yield from _written(name, value)
    elif kind == "per_replica":
        yield from _kept((f"{name}.values[{index}]", inner) for index, inner in enumerate(value.values))


def value_at(path: str, namespace: Mapping[str, Any]) -> Any:
    """What the name of a row leads to. Raises KeyError where nothing has that name any more."""
    for name, value in learners_names(namespace):
        if name == path:
            return value
        if path.startswith(name):
            for inner_path, inner in parts_of(name, value):
                if inner_path == path:
                    return inner
    raise KeyError(path)


def variables_of(owner: Any) -> list[Any]:
    """The variables of a model, layer, module, metric or optimizer."""
    return list(owner.variables)


def _variables(kind: str, name: str, owner: Any) -> Iterator[tuple[str, Any]]:
    shown = variables_of(owner)[:_MOST_VARIABLES]
    if kind == "module":
        # Its variables often have no names but those of the attributes that hold them.
        names = names_of(shown, {name: owner}, None)
        names = [path if path.startswith(name) else f"{name}.{path}" for path in names]
    else:
        own = f"{owner.name}/"
        names = [
            f"{name}.{(own_name(variable) or str(position)).removeprefix(own)}"
            for position, variable in enumerate(shown)
        ]
    yield from zip(names, shown, strict=True)


def _items(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The tensors of a list, tuple or dictionary. Long ones are no business of the panel."""
    if not 0 < len(value) <= _LONGEST_CONTAINER:
        return
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    yield from _kept((f"{name}[{key!r}]", inner) for key, inner in items if isinstance(key, (str, int)))


def _written(name: str, array: Any) -> Iterator[tuple[str, Any]]:
    """The slots of a `tf.TensorArray` that hold something. Looking here, unlike ``read``, clears nothing."""
    slots = getattr(array._implementation, "_tensor_array", None)
    for index, tensor in enumerate((slots or [])[:_LONGEST_CONTAINER]):
        if tensor is not None:
            yield f"{name}[{index}]", tensor


def _kept(pairs: Any) -> Iterator[tuple[str, Any]]:
    return ((path, inner) for path, inner in pairs if kind_of(inner) in WITH_ELEMENTS)


def kind_of_part(part: Any) -> str:
    """As `kind_of`, for a variable of an owner, whatever class it has."""
    kind = kind_of(part)
    if kind in WITH_ELEMENTS:
        return str(kind)
    return "keras_variable" if isinstance(part, keras.Variable) else "variable"


def size_in_bytes(variable: Any, size: int) -> int:
    """Bytes of ``size`` elements of a variable."""
    return size * int(tf.as_dtype(variable.dtype).size)

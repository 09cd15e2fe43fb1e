"""Names for what a gradient is taken of, as the learner calls it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from types import FrameType, FunctionType
from typing import Any, Final

import keras
import tensorflow as tf

from tflab.session.probes import user_site

_MEANINGLESS: Final = re.compile(r"Variable(_\d+)?")
"""What TensorFlow calls a ``tf.Variable`` that was given no name."""

_LONGEST_CONTAINER: Final = 256
_DEEPEST: Final = 3


def names_of(sources: list[Any], namespace: dict[str, Any], frame: FrameType | None) -> list[str]:
    """One name a source, all different.

    A Keras variable has its path, a ``tf.Variable`` the name it was given; without one, and for plain tensors, the
    name that leads to the very object from the learner's variables (``w``, ``params[0]``, ``model.w``); last the
    position, ``source 3``. ``frame`` is the learner's code at work, whose local names count, too.
    """
    known: dict[int, str] | None = None
    names: list[str] = []
    for position, source in enumerate(sources):
        name = own_name(source)
        if name is None or name in names:
            if known is None:
                known = paths_to({id(source) for source in sources}, namespace, frame)
            name = known.get(id(source), name)
        if name is None or name in names:
            name = f"source {position + 1}" if name is None else f"{name} #{position + 1}"
        names.append(name)
    return names


def is_variable(source: Any) -> bool:
    """Whether ``source`` is a variable of TensorFlow or Keras, which lives on from step to step."""
    return isinstance(source, (tf.Variable, keras.Variable))


def own_name(source: Any) -> str | None:
    """The name that the object itself carries; None where it says nothing."""
    if isinstance(source, keras.Variable):
        path = source.path
        return None if _MEANINGLESS.fullmatch(path.rpartition("/")[2].capitalize()) else path
    if isinstance(source, tf.Variable):
        name = source.name.partition(":")[0]
        return None if _MEANINGLESS.fullmatch(name.rpartition("/")[2]) else name
    return None


def paths_to(wanted: set[int], namespace: dict[str, Any], frame: FrameType | None = None) -> dict[int, str]:
    """By ``id``, the name that leads to each of these objects from the learner's variables; of some there is none."""
    found: dict[int, str] = {}
    for names in _scopes(namespace, frame):
        for name, value in list(names.items()):
            if not name.startswith("_"):
                _search(value, name, wanted, found, 0)
        if len(found) == len(wanted):
            break
    return found


def _scopes(namespace: dict[str, Any], frame: FrameType | None) -> Iterator[dict[str, Any]]:
    if namespace:
        yield namespace
    while frame is not None:
        filename = frame.f_code.co_filename
        if user_site.is_learners(filename) or user_site.is_autograph(filename):
            yield frame.f_locals
        frame = frame.f_back


def _search(value: Any, path: str, wanted: set[int], found: dict[int, str], depth: int) -> None:
    if id(value) in wanted:
        found.setdefault(id(value), path)
        return
    if depth < _DEEPEST:
        for step, inner in _parts(value):
            _search(inner, path + step, wanted, found, depth + 1)


def _parts(value: Any) -> Iterable[tuple[str, Any]]:
    kind = type(value)
    if kind in (list, tuple):
        return ((f"[{index}]", inner) for index, inner in enumerate(value[:_LONGEST_CONTAINER]))
    if kind is dict:
        items = list(value.items())[:_LONGEST_CONTAINER]
        return ((f"[{key!r}]", inner) for key, inner in items if isinstance(key, (str, int)))
    if issubclass(kind, (tf.Module, keras.Layer)) or is_learners_class(kind):
        # The object's own attributes as they lie: no property of the learner's runs.
        try:
            attributes = object.__getattribute__(value, "__dict__")
        except AttributeError:
            return ()
        return ((f".{name}", inner) for name, inner in list(attributes.items()) if not name.startswith("_"))
    return ()


def is_learners_class(kind: type) -> bool:
    """Whether the learner wrote a class: it was made in their program, or one of its own methods is theirs."""
    if kind.__module__ == "__main__":
        return True
    functions = (member for member in vars(kind).values() if type(member) is FunctionType)
    return any(user_site.is_learners(function.__code__.co_filename) for function in functions)

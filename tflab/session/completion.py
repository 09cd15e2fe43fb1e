"""What could stand at the cursor, from the live namespace. None of the learner's code runs for it.

Only a chain of plain names (``model.layers``) is looked up; calls and subscripts are not evaluated. Attributes come
through properties only where a trusted library wrote the class.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from tflab.protocol.events import Completion

_CHAIN = re.compile(r"(?<![\w.)\]}\"'])([^\W\d]\w*(?:\.[^\W\d]\w*)*\.?)$")
_TRUSTED: Final = ("tensorflow.", "keras.", "numpy.", "builtins.")
LONGEST_LIST: Final = 200
_MISSING: Final = object()


def complete(source: str, position: int, namespace: Mapping[str, Any]) -> tuple[int, tuple[Completion, ...]]:
    """The offset where the completed word begins, and the names that fit, best first (at most 200)."""
    position = max(0, min(position, len(source)))
    before = source[max(0, position - 500) : position]
    found = _CHAIN.search(before)
    if found is None:
        return position, ()
    *owners, word = found[1].split(".")
    start = position - len(word)
    if owners:
        owner = _resolved(owners, namespace)
        if owner is _MISSING:
            return start, ()
        return start, _offered(word, _attributes(owner), lambda name: _static_attribute(owner, name))
    known = {**vars(builtins), **namespace}
    names = [*namespace, *vars(builtins), *keyword.kwlist]
    return start, _offered(word, names, lambda name: known.get(name, _MISSING))


def _offered(word: str, names: list[str], value_of: Any) -> tuple[Completion, ...]:
    fitting = {name for name in names if name.startswith(word) and (word.startswith("_") or not name.startswith("_"))}
    ordered = sorted(fitting, key=lambda name: (name.lower(), name))[:LONGEST_LIST]
    return tuple(Completion(name=name, detail=_detail(name, value_of(name))) for name in ordered)


def _resolved(chain: list[str], namespace: Mapping[str, Any]) -> Any:
    value = namespace.get(chain[0], getattr(builtins, chain[0], _MISSING))
    for name in chain[1:]:
        if value is _MISSING:
            break
        value = _attribute(value, name)
    return value


def _is_trusted(value: Any) -> bool:
    kind = type(value)
    return isinstance(value, ModuleType) or f"{kind.__module__}.".startswith(_TRUSTED)


def _attribute(owner: Any, name: str) -> Any:
    """``owner.name``, without running code that the learner may have written."""
    if _is_trusted(owner):
        try:
            return getattr(owner, name, _MISSING)
        # Lazily loaded modules and properties fail in their own ways.
        except Exception:
            return _MISSING
    return _static_attribute(owner, name)


def _static_attribute(owner: Any, name: str) -> Any:
    try:
        value = inspect.getattr_static(owner, name, _MISSING)
    # Slots and odd metaclasses.
    except Exception:
        return _MISSING
    if isinstance(value, (staticmethod, classmethod)):
        return value.__func__
    return value


def _attributes(owner: Any) -> list[str]:
    own_dir = inspect.getattr_static(type(owner), "__dir__", None)
    trusted = _is_trusted(owner) or own_dir is object.__dir__ or own_dir is type.__dir__
    try:
        names = dir(owner) if trusted else object.__dir__(owner)
        return [name for name in names if isinstance(name, str)]
    except Exception:
        return []


def _detail(name: str, value: Any) -> str:
    if value is _MISSING:
        return "keyword" if keyword.iskeyword(name) else ""
    kind = type(value)
    if _is_trusted(value) and not isinstance(value, (ModuleType, type)):
        try:
            dtype, shape = getattr(value, "dtype", None), getattr(value, "shape", None)
            if dtype is not None and shape is not None:
                sizes = ", ".join("?" if size is None else str(size) for size in shape)
                return f"{getattr(dtype, 'name', dtype)} ({sizes})"
        # A tensor of unknown rank has no sizes to iterate over.
        except Exception:
            pass
    if isinstance(value, ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, property):
        return "property"
    if callable(value) and kind.__module__ in ("builtins", "types"):
        return "function"
    return kind.__name__

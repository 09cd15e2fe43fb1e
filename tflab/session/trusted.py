"""Values of the learner's namespace, looked at without running the learner's code."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

_TRUSTED: Final = ("tensorflow.", "keras.", "numpy.", "builtins.")
MISSING: Final = object()


def is_trusted(value: Any) -> bool:
    """Whether looking at it can run only code of libraries that we know."""
    kind = type(value)
    return isinstance(value, ModuleType) or f"{kind.__module__}.".startswith(_TRUSTED)


def resolved(chain: list[str], namespace: Mapping[str, Any]) -> Any:
    """The value of a chain of names; `MISSING` where there is none or only running code could tell."""
    value = namespace.get(chain[0], getattr(builtins, chain[0], MISSING))
    for name in chain[1:]:
        if value is MISSING:
            break
        value = attribute(value, name)
    return value


def attribute(owner: Any, name: str) -> Any:
    """``owner.name``, without running code that the learner may have written."""
    if is_trusted(owner):
        try:
            return getattr(owner, name, MISSING)
        # Lazily loaded modules and properties fail in their own ways.
        except Exception:
            return MISSING
    return static_attribute(owner, name)


def static_attribute(owner: Any, name: str, otherwise: Any = MISSING) -> Any:
    """What ``owner`` and its classes hold under ``name``, without descriptors."""
    try:
        value = inspect.getattr_static(owner, name, otherwise)
    # Slots and odd metaclasses.
    except Exception:
        return otherwise
    if isinstance(value, (staticmethod, classmethod)):
        return value.__func__
    return value

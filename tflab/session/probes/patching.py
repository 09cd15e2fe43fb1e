"""Patches that restore exactly what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_ABSENT = object()


@contextmanager
def replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Sets ``owner.name`` to ``make(original)`` for the block.

    On exit the very object found in ``vars(owner)`` is put back, or the attribute removed where it was inherited.
    """
    found = vars(owner).get(name, _ABSENT)
    setattr(owner, name, make(getattr(owner, name)))
    try:
        yield
    finally:
        if found is _ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, found)


@contextmanager
def added(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Gives ``owner`` an attribute of its own that it does not have, for the block."""
    setattr(owner, name, value)
    try:
        yield
    finally:
        delattr(owner, name)

"""Which operations of a graph are the probes' own, so that a trace can be told without them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_added: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()
"""The names of the probes' own operations."""


@contextmanager
def counted(graph: Any) -> Iterator[None]:
    """Whatever the block adds to ``graph`` is the probes' own."""
    before = len(graph.get_operations())
    try:
        yield
    finally:
        names = {operation.name for operation in graph.get_operations()[before:]}
        _added.setdefault(graph, set()).update(names)


def learners_operations(graph: Any) -> int:
    """Operations of ``graph`` that come from the learner's code."""
    return len(graph.get_operations()) - len(_added.get(graph, ()))


def is_added(graph: Any, operation: Any) -> bool:
    """Whether ``operation`` of ``graph`` is the probes' own."""
    return operation.name in _added.get(graph, ())

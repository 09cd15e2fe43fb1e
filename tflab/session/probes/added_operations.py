"""How many operations of a graph are the probes' own, so that a trace can be told without them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_added: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()


@contextmanager
def counted(graph: Any) -> Iterator[None]:
    """Whatever the block adds to ``graph`` is the probes' own."""
    before = len(graph.get_operations())
    try:
        yield
    finally:
        _added[graph] = _added.get(graph, 0) + len(graph.get_operations()) - before


def learners_operations(graph: Any) -> int:
    """Operations of ``graph`` that come from the learner's code."""
    return len(graph.get_operations()) - _added.get(graph, 0)

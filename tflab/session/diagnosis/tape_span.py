"""What happened since a tape began: notes that rules take in Keras, to be asked for when the gradient is taken."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from tensorflow.python.framework import ops

from tflab.session.diagnosis.gradient_taken import GradientTaken

T = TypeVar("T")
_MOST: Final = 256


@dataclass(frozen=True)
class _Note(Generic[T]):
    graph: Any
    """The id of the graph that was being built; None in eager code."""
    number: int
    """From TensorFlow's own count of tensors, which orders what happened in eager code."""
    value: T


class TapeSpan(Generic[T]):
    """The latest notes."""

    def __init__(self) -> None:
        self._notes: deque[_Note[T]] = deque(maxlen=_MOST)

    def add(self, value: T) -> None:
        """Notes ``value`` now."""
        self._notes.append(_Note(_graph(), ops.uid(), value))

    def since(self, taken: GradientTaken) -> list[T]:
        """What was noted while the tape of ``taken`` could see it: since its block began, or in its graph."""
        graphs = set(_graphs())
        trail = taken.call.trail
        first = 0 if trail is None else trail.first
        return [note.value for note in self._notes if (note.graph in graphs if graphs else note.number > first)]

    def clear(self) -> None:
        """Forgets everything."""
        self._notes.clear()


def _graph() -> int | None:
    return id(ops.get_default_graph()) if ops.inside_function() else None


def _graphs() -> list[int]:
    """The ids of the graphs being built, from the innermost outwards; none in eager code."""
    found: list[int] = []
    graph = ops.get_default_graph() if ops.inside_function() else None
    while graph is not None:
        found.append(id(graph))
        graph = getattr(graph, "outer_graph", None)
    return found

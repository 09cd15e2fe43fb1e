"""The graphs that traces made, the latest of each function, by the lines that they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tflab.protocol.events import FunctionTraced, SideEffect, Site
from tflab.protocol.trace_events import GraphBuilt, GraphOperation, TracedSource, TracedStatement
from tflab.state.places import FunctionKey, Place, place_of

MOST_GRAPHS: Final = 64
MOST_EFFECTS: Final = 256


@dataclass(frozen=True)
class CodeLine:
    """A line of the learner's that a graph came from."""

    place: Place
    text: str
    source: int
    """Index of the function that it belongs to; -1 for a line of other code, of which only the place is known."""
    statement: TracedStatement | None = None
    operations: tuple[int, ...] = ()
    """Indices of the operations that it made."""


@dataclass(frozen=True)
class FunctionGraph:
    """One graph and the code that it came from."""

    event: GraphBuilt
    effects: tuple[SideEffect, ...]
    """What happened only while it was traced."""
    lines: tuple[CodeLine, ...]
    """The functions of the trace one after the other, then other lines that made operations."""

    @property
    def key(self) -> FunctionKey:
        """What stays the same from trace to trace."""
        return key_of(self.event)

    def operations(self, line: CodeLine) -> list[GraphOperation]:
        """What ``line`` made."""
        return [self.event.operations[index] for index in line.operations]

    def generated(self, line: CodeLine) -> TracedSource | None:
        """The function that ``line`` is in, if AutoGraph has converted it."""
        source = self.event.sources[line.source] if line.source >= 0 else None
        return source if source is not None and source.generated else None


def key_of(event: GraphBuilt | FunctionTraced) -> FunctionKey:
    """The function that ``event`` tells of, whichever run of its cell defined it."""
    return event.function, place_of(Site(file=event.file, line=event.line or 0))


@dataclass
class Graphs:
    """All that are known, those built last first."""

    version: int = 0
    _graphs: dict[FunctionKey, FunctionGraph] = field(default_factory=dict)
    _effects: dict[tuple[FunctionKey, int], tuple[SideEffect, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._graphs)

    def __iter__(self) -> Iterator[FunctionGraph]:
        return iter(reversed(self._graphs.values()))

    def note_trace(self, event: FunctionTraced) -> None:
        """A trace was made: its graph is told of later."""
        if event.effects:
            self._effects[(key_of(event), event.ordinal)] = event.effects
            while len(self._effects) > MOST_EFFECTS:
                del self._effects[next(iter(self._effects))]

    def record(self, event: GraphBuilt) -> None:
        """Adds the graph of a trace."""
        key = key_of(event)
        self._graphs.pop(key, None)
        self._graphs[key] = FunctionGraph(event, self._effects.get((key, event.ordinal), ()), _lines(event))
        while len(self._graphs) > MOST_GRAPHS:
            del self._graphs[next(iter(self._graphs))]
        self.version += 1


def _lines(event: GraphBuilt) -> tuple[CodeLine, ...]:
    made: dict[Place, list[int]] = {}
    # Arguments and results belong to the line of the definition.
    home = place_of(Site(file=event.file, line=event.line or 0))
    for index, operation in enumerate(event.operations):
        place = home if operation.line is None else place_of(Site(file=operation.file, line=operation.line))
        made.setdefault(place, []).append(index)
    lines: list[CodeLine] = []
    for number, source in enumerate(event.sources):
        statements = {statement.line: statement for statement in reversed(source.statements)}
        for offset, text in enumerate(source.source.splitlines()):
            place = place_of(Site(file=source.file, line=source.line + offset))
            operations = tuple(made.pop(place, ()))
            lines.append(CodeLine(place, text, number, statements.get(place.line), operations))
    lines += [CodeLine(place, "", -1, None, tuple(indices)) for place, indices in made.items()]
    return tuple(lines)

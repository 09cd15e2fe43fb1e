"""The graph probe: the learner's code, AutoGraph's and the operations that a trace made of them, side by side."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from tflab.protocol.events import FunctionTraced
from tflab.protocol.trace_events import GraphBuilt
from tflab.session.probes.graph_description import operations_of, sources_of
from tflab.session.probes.journal import Journal
from tflab.session.probes.trace_log import TraceLog, TraceLogs
from tflab.session.probes.traced_function import TracedFunction

INTERVAL: Final = 0.5
"""Seconds between two descriptions told of one function's graph."""


class GraphProbe:
    """Describes the latest graph of each function that was traced. Follows `TraceProbe`.

    A graph is described by the thread that traced it, before it runs: XLA asks for the origins of operations, too,
    and holds a lock while it waits for Python. The poller only sends.
    """

    name: Final = "graphs"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._logs = TraceLogs()
        self._built: dict[tuple[str, str, int | None], GraphBuilt] = {}
        self._sent_at: dict[tuple[str, str, int | None], float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches AutoGraph for the block."""
        with self._logs.patched():
            yield

    def trace_began(self) -> None:
        """See `TraceFollower`."""
        self._logs.begin()

    def trace_ended(self, event: FunctionTraced | None, traced: TracedFunction, concrete: Any) -> None:
        """See `TraceFollower`."""
        log = self._logs.end()
        if event is None or concrete is None:
            return
        try:
            described = self._describe(event, traced, concrete.graph, log)
        except Exception as error:
            self._journal.note_fault(self.name, error)
            return
        with self._lock:
            self._built[(event.function, event.file, event.line)] = described

    def cell_started(self) -> None:
        """A cell is about to run."""

    def poll(self, *, final: bool) -> None:
        """Sends the graphs made since the last call; a function that is traced again and again waits a while."""
        now = time.monotonic()
        with self._lock:
            due = [key for key in self._built if final or now - self._sent_at.get(key, -INTERVAL) >= INTERVAL]
            built = [(key, self._built.pop(key)) for key in due]
        for key, one in built:
            self._sent_at[key] = now
            self._journal.write(one)
        if final:
            self._sent_at.clear()

    def _describe(self, event: FunctionTraced, traced: TracedFunction, graph: Any, log: TraceLog) -> GraphBuilt:
        cells = self._journal.cells
        operations, omitted = operations_of(graph, event.site, cells)
        return GraphBuilt(
            cell=event.cell,
            function=event.function,
            file=event.file,
            line=event.line,
            ordinal=event.ordinal,
            sources=sources_of(traced.code, log, event.function, cells),
            operations=operations,
            omitted=omitted,
        )

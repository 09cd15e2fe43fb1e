"""``retracing``: a tf.function is traced again and again for one cause.

A last, smaller batch retraces once and every new kind of argument once; so the third retrace of one function for one
cause is the first to be told.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Final

from tflab.protocol.events import Event, FunctionTraced
from tflab.protocol.trace_events import CallsCounted
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes.journal import Journal

MOST_RETRACES: Final = 2
"""Retraces of one function for one cause that are nobody's concern."""

_Function = tuple[str, str, int | None]

_FLAG: Final = re.compile(r"\b(True|False|None)\b")

_NORMAL: Final = frozenset({"first", "failed", "context"})
"""Causes of a trace that say nothing against the program."""


class Retracing(Rule):
    """Counts the traces of each function by cause."""

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._counts: Counter[tuple[str, str, int | None, str]] = Counter()
        self._signatures: defaultdict[_Function, set[str]] = defaultdict(set)
        self._told: dict[_Function, tuple[int | None, Finding]] = {}
        """By function: what was told of its latest trace, and in which cell."""

    def event(self, event: Event) -> None:
        """A trace; or calls, which go on with the traces that there are."""
        if isinstance(event, CallsCounted):
            for calls in event.functions:
                cell, finding = self._told.get((calls.function, calls.file, calls.line), (None, None))
                if finding is not None and cell == self.journal.cell:
                    self.report(finding)
        elif isinstance(event, FunctionTraced):
            self._told.pop((event.function, event.file, event.line), None)
            self._count(event)

    def _count(self, event: FunctionTraced) -> None:
        if event.cause == "first":
            self._begin(event)
        if event.cause in _NORMAL:
            self._differs_in_flags(event)
            return
        if event.cause == "object" and event.ordinal == 1:
            # The first trace of a method on another object.
            return
        key = (event.function, event.file, event.line, event.cause)
        if self._differs_in_flags(event):
            return
        self._counts[key] += 1
        if self._counts[key] > MOST_RETRACES and event.line is not None:
            self._tell(event, key)

    def _begin(self, event: FunctionTraced) -> None:
        """Another function than the one that was there before."""
        function = (event.function, event.file, event.line)
        self._signatures.pop(function, None)
        for key in [key for key in self._counts if key[:3] == function]:
            del self._counts[key]

    def _differs_in_flags(self, event: FunctionTraced) -> bool:
        """Whether an earlier signature differs in truth values alone: there are not many of those."""
        known = self._signatures[event.function, event.file, event.line]
        signature = _FLAG.sub("?", event.signature)
        is_known = signature in known
        known.add(signature)
        return is_known and event.cause == "python_value"

    def _tell(self, event: FunctionTraced, key: tuple[str, str, int | None, str]) -> None:
        assert event.line is not None
        finding = Finding(
            "retracing",
            (self.journal.cells.latest(event.file), event.line),
            {"function": event.function, "reason": event.reason, "fix": event.fix},
            cause=event.cause,
            severity="warning",
        )
        self._told[event.function, event.file, event.line] = event.cell, finding
        self.report(finding)

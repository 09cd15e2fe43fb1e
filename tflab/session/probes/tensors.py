"""The tensor probe: what the learner's names hold, after each cell and, where that is cheap, while one runs."""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from tflab.messages import text
from tflab.protocol.events import TensorRecord, TensorsRecorded
from tflab.session.probes.journal import Journal
from tflab.session.probes.owner_rows import rows_of
from tflab.session.probes.tensor_kinds import kind_of
from tflab.session.probes.tensor_paths import learners_names
from tflab.session.probes.tensor_rows import Row, bare_record, with_fields

MOST_ROWS: Final = 600

_INTERVAL: Final = 0.25
"""Seconds between two walks while a cell runs, at least."""

_SHARE: Final = 0.005
"""Of one CPU that walks may take while a cell runs: after a dear one the next waits longer, up to a limit."""

_LONGEST_PAUSE: Final = 5.0


class TensorProbe:
    """Records every tensor that a name of the learner's leads to."""

    name: Final = "tensors"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[str, Row] = {}
        """By name, as last recorded."""
        self._baseline: dict[str, object] = {}
        """The marks that the names had before the cell."""
        self._immutable: dict[str, tuple[weakref.ref[Any], list[Row]]] = {}
        self._sent: list[object] = []
        self._due = 0.0

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Nothing needs a patch."""
        yield

    def cell_started(self) -> None:
        """A cell is about to run: what it changes is told against the values of now."""
        self._baseline = {name: row.mark for name, row in self._rows.items()}
        self._due = time.monotonic() + _INTERVAL

    def poll(self, *, final: bool) -> None:
        """Records the namespace; while a cell runs only where the last time was long enough ago."""
        if not final and time.monotonic() < self._due:
            return
        started = time.thread_time()
        rows = self._walk()
        marks: list[object] = [(row.record.name, row.mark) for row in rows]
        if final or marks != self._sent:
            self._sent = marks
            records = tuple(self._with_change(row) for row in rows)
            self._journal.write(TensorsRecorded(cell=self._journal.cell, tensors=records))
        pause = max(_INTERVAL, (time.thread_time() - started) / _SHARE)
        self._due = time.monotonic() + min(pause, _LONGEST_PAUSE)

    def _walk(self) -> list[Row]:
        rows: list[Row] = []
        for name, value in learners_names(self._journal.namespace):
            try:
                rows += self._rows_of(name, value)
            except Exception as error:
                # A deleted tensor, a half-made model: the other rows are still good.
                told = text("probe.tensor.unreadable", error=type(error).__name__)
                rows.append(Row(bare_record(str(kind_of(value)), name, preview=told), id(value)))
            if len(rows) >= MOST_ROWS:
                break
        self._rows = {row.record.name: row for row in rows}
        self._immutable = {name: kept for name, kept in self._immutable.items() if kept[0]() is not None}
        return rows

    def _rows_of(self, name: str, value: Any) -> list[Row]:
        if kind_of(value) != "tensor":
            return list(rows_of(name, value, self._known))
        # Eager tensors never change: the same object is the same row.
        kept = self._immutable.get(name)
        if kept is None or kept[0]() is not value:
            kept = self._immutable[name] = (weakref.ref(value), list(rows_of(name, value, self._known)))
        return kept[1]

    def _known(self, name: str, mark: object) -> TensorRecord | None:
        row = self._rows.get(name)
        return row.record if row is not None and row.mark == mark else None

    def _with_change(self, row: Row) -> TensorRecord:
        has_changed = self._baseline.get(row.record.name, _ABSENT) != row.mark
        return row.record if row.record.changed == has_changed else with_fields(row.record, changed=has_changed)


_ABSENT: Final = object()

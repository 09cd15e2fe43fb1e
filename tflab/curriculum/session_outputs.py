"""What the cells of a notebook have shown in the lab, ready to be saved in its file; of endless output both ends."""

from __future__ import annotations

from collections import deque
from typing import Final, Literal

from tflab.curriculum.cell_outputs import CellOutputs, Output, ShownOutputs
from tflab.messages import text
from tflab.protocol.events import (
    CellFinished,
    CellStarted,
    Event,
    OutputCleared,
    ResultShown,
    SessionReady,
    StreamWritten,
)

MOST_TEXT: Final = 1 << 20
"""Characters of streams that are kept of a cell's beginning, and as many of its end."""
MOST_RICH: Final = 64 << 20
"""Characters of results and pictures that are kept of a cell."""


class _BoundedOutputs:
    """The outputs of one run."""

    def __init__(self, execution_count: int) -> None:
        self.execution_count = execution_count
        self.cell = CellOutputs(execution_count)
        self._text = 0
        self._rich = 0
        self._tail: deque[tuple[Literal["stdout", "stderr"], str]] = deque()
        self._tail_size = 0
        self._hidden = 0

    def add(self, event: Event) -> None:
        if isinstance(event, StreamWritten) and (self._text >= MOST_TEXT or self._tail):
            self._tail.append((event.name, event.text))
            self._tail_size += len(event.text)
            while self._tail_size > MOST_TEXT and len(self._tail) > 1:
                dropped = len(self._tail.popleft()[1])
                self._tail_size -= dropped
                self._hidden += dropped
            return
        if isinstance(event, StreamWritten):
            self._text += len(event.text)
        elif isinstance(event, ResultShown):
            self._rich += sum(map(len, event.mime.values()))
            if self._rich > MOST_RICH:
                return
        elif isinstance(event, CellFinished):
            self._write_tail()
        elif isinstance(event, OutputCleared):
            # What comes now is a beginning again.
            self._text = self._rich = self._tail_size = self._hidden = 0
            self._tail.clear()
        self.cell.add(event)

    def outputs(self) -> list[Output]:
        """As a notebook has them; also while the cell runs."""
        if not self._tail:
            return [dict(output) for output in self.cell.outputs]
        whole = CellOutputs(self.execution_count)
        whole.outputs = [dict(output) for output in self.cell.outputs]
        for name, part in self._end():
            whole.add(StreamWritten(cell=None, name=name, text=part))
        return whole.outputs

    def _write_tail(self) -> None:
        for name, part in self._end():
            self.cell.add(StreamWritten(cell=None, name=name, text=part))
        self._tail.clear()

    def _end(self) -> list[tuple[Literal["stdout", "stderr"], str]]:
        note = text("curriculum.save.hidden", count=f"{self._hidden:,}")
        return [*([("stderr", f"\n[{note}]\n")] if self._hidden else []), *self._tail]  # type: ignore[list-item]


class SessionOutputs:
    """The outputs of the cells that have run, by their identities."""

    def __init__(self) -> None:
        self._runs: dict[int, _BoundedOutputs] = {}
        self._count = 0
        self.unsaved = False
        """Whether a cell has run since these were saved last."""

    def follow(self, event: Event, identity: int | None) -> None:
        """Takes an event of the cell ``identity``."""
        if isinstance(event, SessionReady):
            self._count = 0
        if identity is None:
            return
        if isinstance(event, CellStarted):
            self._count += 1
            self._runs[identity] = _BoundedOutputs(self._count)
            self.unsaved = True
        elif isinstance(event, ResultShown) and event.update:
            for run in self._runs.values():
                run.cell.update_display(event)
            self.unsaved = True
        elif identity in self._runs:
            self._runs[identity].add(event)

    def shown(self) -> dict[int, ShownOutputs]:
        """What each cell that has run has shown until now."""
        return {identity: ShownOutputs(run.execution_count, run.outputs()) for identity, run in self._runs.items()}

    def saved(self) -> None:
        """These are in the file."""
        self.unsaved = False

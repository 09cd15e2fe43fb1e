"""The tensors of the learner's namespace: what they are and were, and a closer look at one."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tflab.protocol.events import TensorRecord, TensorsRecorded
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead
from tflab.state.clock import Moment

KEPT_TENSORS: Final = 20_000
"""Records of tensors that are kept of the past, over all names."""


@dataclass
class Tensors:
    """The tensors of the learner's namespace, now and while it trained."""

    version: int = 0
    history: deque[TensorsRecorded] = field(default_factory=deque)
    """Oldest first."""
    before: Mapping[str, TensorRecord] | None = None
    """By name, as the last run of a cell began; None before the first."""
    read: TensorRead | None = None
    """The last answer to a look at one of them."""
    measured: dict[str, TensorMeasured] = field(default_factory=dict)
    """Exact statistics by name, as long as the value is the one that was measured."""

    @property
    def records(self) -> tuple[TensorRecord, ...]:
        """The latest."""
        return self.history[-1].tensors if self.history else ()

    def at(self, moment: Moment | None) -> tuple[TensorRecord, ...]:
        """The tensors recorded last before ``moment``, else the oldest that are kept; the latest for None."""
        if moment is None or not self.history:
            return self.records
        times = [event.time for event in self.history]
        return self.history[max(0, bisect_right(times, moment.time) - 1)].tensors

    def named(self, name: str) -> TensorRecord | None:
        """The latest record of that name."""
        return next((record for record in self.records if record.name == name), None)

    def begin(self) -> None:
        """A cell begins to run: what it changes is told against the records of now."""
        self.before = {record.name: record for record in self.records}

    def record(self, event: TensorsRecorded) -> None:
        """Adds what the names hold now."""
        if self.measured:
            old, new = _values(self.records), _values(event.tensors)
            self.measured = {name: kept for name, kept in self.measured.items() if old.get(name) == new.get(name)}
        self.history.append(event)
        most = max(2, KEPT_TENSORS // max(1, len(event.tensors)))
        while len(self.history) > most:
            self.history.popleft()
        self.version += 1

    def answer(self, event: TensorRead | TensorMeasured) -> None:
        """Adds the answer to a question about one of them."""
        if isinstance(event, TensorRead):
            self.read = event
        else:
            self.measured[event.name] = event
        self.version += 1

    def is_new(self, record: TensorRecord) -> bool:
        """Whether its name came with the last run."""
        return record.changed and self.before is not None and record.name not in self.before

    def gone(self) -> list[str]:
        """Names that went with the last run."""
        present = {record.name for record in self.records}
        return [name for name in self.before or () if name not in present]


def _values(records: tuple[TensorRecord, ...]) -> dict[str, str]:
    """What tells two values of a name apart. Whether it has changed since a cell began does not."""
    return {each.name: repr((each.shape, each.dtype, each.mean, each.std, each.preview)) for each in records}

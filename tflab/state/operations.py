"""The operations of the run that was recorded last."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tflab.protocol.operation_events import OperationsRecorded


@dataclass
class Operations:
    """What the operation recorder saw."""

    version: int = 0
    recorded: OperationsRecorded | None = None
    """None where no cell was recorded in this session."""

    def record(self, event: OperationsRecorded) -> None:
        """A cell was recorded."""
        self.recorded = event
        self.version += 1

    def answers(self, cell: int) -> bool:
        """Whether the latest recorded run was one of ``cell`` and found where NaN or an infinity was made."""
        recorded = self.recorded
        if recorded is None or recorded.cell != cell:
            return False
        return any(found is not None and not found.came_in for found in (recorded.nan, recorded.inf))

    def by_device(self) -> Counter[str]:
        """How many operations ran on each device, the busiest first."""
        counts: Counter[str] = Counter()
        for operation in self.recorded.operations if self.recorded is not None else ():
            if operation.device:
                counts[operation.device] += operation.count
        return Counter(dict(counts.most_common()))

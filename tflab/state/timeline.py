"""When and why tf.functions were traced, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tflab.protocol.events import FunctionTraced
from tflab.state.clock import Moment

MOST_TRACES: Final = 2000


@dataclass
class Timeline:
    """The traces of a session, oldest first."""

    version: int = 0
    traces: deque[FunctionTraced] = field(default_factory=lambda: deque(maxlen=MOST_TRACES))
    total: int = 0
    retraces: int = 0
    """Traces beyond the first of their function."""
    milliseconds: float = 0.0
    """Spent tracing, in all."""

    def record(self, event: FunctionTraced) -> None:
        """Adds a trace."""
        self.traces.append(event)
        self.total += 1
        self.retraces += event.ordinal > 1
        self.milliseconds += event.milliseconds
        self.version += 1

    def up_to(self, moment: Moment | None) -> Sequence[FunctionTraced]:
        """The traces that were made by ``moment``; all for None."""
        return [trace for trace in self.traces if moment is None or trace.time <= moment.time]

    @property
    def dropped(self) -> int:
        """Traces that were so many that the oldest are not kept."""
        return self.total - len(self.traces)

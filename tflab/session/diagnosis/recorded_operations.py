"""``loss-not-finite`` once more, for certain: the first operation of a recorded run that made a NaN or an infinity.

The operation recorder is dear and runs only when it is asked for (`tflab.session.probes.operations`).
"""

from __future__ import annotations

from tflab.protocol.events import Event
from tflab.protocol.operation_events import NonFiniteFound, OperationsRecorded
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.rule import Rule


class RecordedOperations(Rule):
    """Tells what the recorder found."""

    def event(self, event: Event) -> None:
        """All operations of a run; a NaN counts for more than the infinity that it may have come from."""
        if isinstance(event, OperationsRecorded):
            found = event.nan or event.inf
            if found is not None and found.site is not None:
                self._tell(found)

    def _tell(self, found: NonFiniteFound) -> None:
        assert found.site is not None
        place = (self.journal.cells.latest(found.site.file), found.site.line)
        values = {
            "what": "NaN" if found.kind == "nan" else "inf",
            "operation": found.operation,
            "inputs": "; ".join(found.inputs) or "-",
        }
        variant = "recorded.came-in" if found.came_in else "recorded.gradient" if found.is_gradient else "recorded"
        self.report(Finding("loss-not-finite", place, values, variant=variant, subject="recorded"))

"""``stale-capture``: a tf.function goes on with the value that something had when it was traced.

The trace probe compares what a traced function reads from outside at every call; here that becomes a sentence.
"""

from __future__ import annotations

from tflab.protocol.events import Event
from tflab.protocol.trace_events import CaptureOutdated
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.rule import Rule


class StaleCapture(Rule):
    """Tells of each name that a function no longer follows."""

    def event(self, event: Event) -> None:
        """A call that used an old value."""
        if not isinstance(event, CaptureOutdated) or event.line is None:
            return
        place = (self.journal.cells.latest(event.file), event.line)
        values = {
            "function": event.function,
            "name": event.name,
            "traced": event.traced,
            "current": event.current,
            "call": "" if event.site is None else event.site.line,
        }
        variant = "number" if _is_number(event.traced) else ""
        self.report(Finding("stale-capture", place, values, variant=variant, subject=event.name))


def _is_number(told: str) -> bool:
    try:
        float(told)
    except ValueError:
        return False
    return True

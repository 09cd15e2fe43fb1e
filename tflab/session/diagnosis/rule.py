"""What every rule is: something that watches the program and reports what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from tflab.protocol.events import Event
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.gradient_taken import GradientTaken
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.probes.journal import Journal
from tflab.session.probes.quiet import quiet

Report = Callable[[Finding], None]


class Rule:
    """Finds one problem, or a small family of them. A subclass overrides what it needs.

    Only `patched` costs the program anything; the rest is called seldom, or by the poller's thread.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    """Private names of TensorFlow and Keras (``module:attribute.path``) without which the rule is left out."""

    def __init__(self, report: Report, journal: Journal) -> None:
        self.report = report
        """Tells a finding; from any thread, as often as it is met: equal ones are told once a run."""
        self.journal = journal

    def patched(self) -> AbstractContextManager[None]:
        """The rule's own observations, undone on exit. What they do in the learner's thread has to be cheap."""
        return nullcontext()

    def attempt(self, note: Callable[..., None], *arguments: Any) -> None:
        """Runs what a patch of the rule does in the learner's thread, unseen by the probes: what goes wrong there costs
        a finding, and not the program."""
        try:
            with quiet:
                note(*arguments)
        except Exception as error:
            self.journal.note_fault("diagnosis", error)

    def cell_started(self) -> None:
        """A cell is about to run."""

    def event(self, event: Event) -> None:
        """A probe told something. Called by the thread that polls, soon after."""

    def gradient(self, taken: GradientTaken) -> None:
        """A gradient was taken at a place of the learner's for the first time, or is being traced into a graph.
        Called in the learner's thread before ``tape.gradient`` returns."""

    def error(self, error: RaisedError) -> None:
        """An exception has ended the cell."""

    def cell_finished(self) -> None:
        """The cell has ended; all its events have come."""

"""All rules together, as a probe among the others: it hears what they tell, and tells what is wrong."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, Final

from tflab.protocol.events import Event, ProblemFound
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.protocol.trace_events import CallsCounted
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.gradient_taken import gradient_taken
from tflab.session.diagnosis.raised_error import raised
from tflab.session.diagnosis.rule import Rule
from tflab.session.diagnosis.rules import RULES
from tflab.session.diagnosis.traced_findings import TracedFindings
from tflab.session.probes.gradient_call import GradientCall
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.private_names import absent_name
from tflab.session.probes.quiet import quiet

_MOST_FINDINGS: Final = 200
"""Told in one run of a cell."""

_MOST_SITES: Final = 1000


class DiagnosisProbe:
    """Runs the rules and puts their findings into the journal, each once a run of a cell."""

    name: Final = "diagnosis"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rules: list[Rule] = [make(self._report, journal) for make in RULES if absent_name(make.needs) is None]
        self._events: deque[Event] = deque()
        self._found: deque[Finding] = deque()
        self._told: set[tuple[object, ...]] = set()
        self._by_site: dict[object, list[Finding]] = {}
        self.traced = TracedFindings(journal)
        self._site = threading.local()
        self._is_running = False

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Lets every rule observe for the block."""
        with ExitStack() as stack:
            for rule in self._rules:
                stack.enter_context(rule.patched())
            stack.enter_context(replaced(self._journal, "gradient_taken", lambda _: self._gradient_taken))
            stack.enter_context(self.traced.patched(self._found.append))
            stack.callback(self._journal.watch(self._note))
            yield

    def _note(self, event: Event) -> None:
        if not isinstance(event, ProblemFound):
            self._events.append(event)

    def _report(self, finding: Finding) -> None:
        site = getattr(self._site, "place", None)
        if site is not None:
            self._by_site[site].append(finding)
        self.traced.note(finding)
        self._found.append(finding)

    def _gradient_taken(self, call: GradientCall, caller: FrameType) -> None:
        taken = gradient_taken(call, caller, self._journal)
        if taken is None:
            return
        # What is found here is found once; it is told again in every later run in which the same code runs.
        if len(self._by_site) > _MOST_SITES:
            self._by_site.clear()
        self._site.place = taken.place
        self._by_site[taken.place] = []
        try:
            for rule in self._rules:
                self._guarded(rule.gradient, taken)
        finally:
            self._site.place = None

    def cell_started(self) -> None:
        """A cell is about to run."""
        self._told.clear()
        self._is_running = True
        for rule in self._rules:
            self._guarded(rule.cell_started)

    def cell_failed(self, exception: BaseException) -> None:
        """``exception`` has ended the cell."""
        self._hear()
        with quiet:
            error = raised(exception)
            for rule in self._rules:
                self._guarded(rule.error, error)

    def cell_finished(self) -> None:
        """The cell has ended and the other probes have told everything."""
        self._hear()
        with quiet:
            for rule in self._rules:
                self._guarded(rule.cell_finished)
        self._is_running = False

    def poll(self, *, final: bool) -> None:
        """Gives the rules what the other probes told, and tells what they found."""
        self._hear()
        while self._found:
            self._tell(self._found.popleft())

    def _hear(self) -> None:
        while self._events:
            event = self._events.popleft()
            for rule in self._rules:
                self._guarded(rule.event, event)
            if isinstance(event, GradientsRecorded):
                self._found.extend(self._by_site.get((event.site.file, event.site.line), ()))
            elif isinstance(event, CallsCounted):
                self._found.extend(self.traced.used(event))

    def _guarded(self, function: Any, *arguments: Any) -> None:
        try:
            function(*arguments)
        except Exception as error:
            self._journal.note_fault(self.name, error)

    def _tell(self, finding: Finding) -> None:
        if finding.identity in self._told or len(self._told) >= _MOST_FINDINGS:
            return
        self._told.add(finding.identity)
        file = "" if finding.place is None else self._journal.cells.name(finding.place[0])
        self._journal.write(finding.event(self._journal.cell, file))

"""``gradient-none``: a gradient is None, for one of nine causes, or for one that nobody can tell.

The causes are found by the gradient probe (`tflab.session.probes.missing_gradient`); here they become a sentence and
a mend in the learner's names.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import Final

from tflab.protocol.events import Event, Severity
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.before_tape import used_before
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.gradient_taken import GradientTaken
from tflab.session.diagnosis.names import listed
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes.journal import Journal

_NO_GRADIENTS: Final = r"No gradients provided for any variable"

_MAY_BE_MEANT: Final = frozenset({"unused", "untrainable", "stop-gradient"})
"""Causes that a program may have on purpose for some of its variables, though never for all."""


class MissingGradients(Rule):
    """Tells of each None that `tape.gradient` gave."""

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._told = False
        self._before: dict[tuple[str, int], frozenset[int]] = {}
        """By place: the positions of the sources that were used before the tape's block."""

    def gradient(self, taken: GradientTaken) -> None:
        """Remembers what the source tells of the way to the tape, where any gradient is missing."""
        self._before.pop(taken.place, None)
        if any(gradient is None for gradient in taken.gradients):
            self._before[taken.place] = used_before(taken)

    def cell_started(self) -> None:
        """Nothing was told in this run yet."""
        self._told = False

    def event(self, event: Event) -> None:
        """The gradients of one call: one finding a cause."""
        if not isinstance(event, GradientsRecorded):
            return
        by_cause: dict[str | None, list[str]] = defaultdict(list)
        file = self.journal.cells.latest(event.site.file)
        for position, gradient in enumerate(event.gradients):
            if gradient.kind == "none":
                is_nameless = gradient.name.startswith("source ")
                is_only = len(event.gradients) == 1
                name = _source_at(file, event.site.line, position, is_only) if is_nameless else gradient.name
                cause = gradient.cause
                if cause == "unused" and position in self._before.get((event.site.file, event.site.line), ()):
                    cause = "outside-tape"
                by_cause[cause].append(name or gradient.name)
        missing = sum(map(len, by_cause.values()))
        for cause, names in by_cause.items():
            some = missing < len(event.gradients)
            severity: Severity = "warning" if some and cause in _MAY_BE_MEANT else "error"
            place = (file, event.site.line)
            values = {"names": listed(names), "name": names[0], "tape": _tape_at(*place)}
            self._told = True
            self.report(
                Finding(
                    "gradient-none",
                    place,
                    values,
                    cause=cause,
                    variant=(cause or "unknown") + _number(names),
                    severity=severity,
                    subject=" ".join(names),
                )
            )

    def error(self, error: RaisedError) -> None:
        """An optimizer that was given nothing but None, though no tape of the learner's gave it."""
        if not self._told and isinstance(error.exception, ValueError) and error.find(_NO_GRADIENTS):
            self.report(Finding("gradient-none", error.place, variant="no-gradients", said_by=error.said))


def _number(names: list[str]) -> str:
    return "" if len(names) == 1 else ".many"


def _gradient_call(file: str, line: int) -> ast.Call | None:
    for call in source_text.nodes_at(file, line, ast.Call):
        if source_text.called_name(call) in ("gradient", "jacobian", "batch_jacobian"):
            return call
    return None


def _tape_at(file: str, line: int) -> str:
    """What the tape is called whose gradient is taken on a line."""
    call = _gradient_call(file, line)
    is_method = call is not None and isinstance(call.func, ast.Attribute)
    return source_text.text_of(call.func.value) if is_method else "tape"  # type: ignore[union-attr]


def _source_at(file: str, line: int, position: int, is_only: bool) -> str | None:
    """How the source at a position is written, where the list is written out or has a name; None where it is not."""
    call = _gradient_call(file, line)
    if call is None or len(call.args) < 2:
        return None
    sources = call.args[1]
    if isinstance(sources, (ast.List, ast.Tuple)):
        return source_text.text_of(sources.elts[position]) if position < len(sources.elts) else None
    if is_only:
        return source_text.text_of(sources)
    return f"{source_text.text_of(sources)}[{position}]" if isinstance(sources, (ast.Name, ast.Attribute)) else None

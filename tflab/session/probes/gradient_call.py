"""One call of ``tape.gradient`` as the probes see it."""

from __future__ import annotations

from typing import Any, NamedTuple

from tflab.session.probes.gradient_rows import GradientRow, row_of
from tflab.session.probes.missing_gradient import cause_of
from tflab.session.probes.tape_links import TapeLinks
from tflab.session.probes.tape_trail import TapeTrail


class GradientCall(NamedTuple):
    """The arguments and the result."""

    tape: Any
    target: Any
    sources: Any
    result: Any
    links: TapeLinks | None
    """What the tape had on record before the call, where that was asked."""
    trail: TapeTrail | None
    """What was computed in the tape's block, where that was recorded."""
    has_loss: bool
    """False for a jacobian: its target is no loss."""

    def rows(self, names: list[str], sources: list[Any], gradients: list[Any], before: list[bool]) -> list[GradientRow]:
        """One row a source; ``before`` tells for each whether a variable stood in its place the last time."""
        return [
            row_of(name, source, gradient, None if gradient is not None else self._cause(source, was_variable))
            for name, source, gradient, was_variable in zip(names, sources, gradients, before, strict=True)
        ]

    def _cause(self, source: Any, was_variable: bool) -> str | None:
        return cause_of(self.tape, self.target, source, self.links, self.trail, was_variable)

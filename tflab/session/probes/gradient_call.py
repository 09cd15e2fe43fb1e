"""One call of ``tape.gradient`` as the probes see it."""

from __future__ import annotations

from typing import Any, NamedTuple

from tflab.protocol.gradient_events import DerivativeKind
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
    derivatives: tuple[DerivativeKind, ...]
    """What was taken, one each for a source."""

    @property
    def has_loss(self) -> bool:
        """Whether the target is a loss; that of a jacobian is none, nor is a gradient."""
        return all(kind == "gradient" for kind in self.derivatives)

    def rows(self, names: list[str], sources: list[Any], gradients: list[Any], before: list[bool]) -> list[GradientRow]:
        """One row a source; ``before`` tells for each whether a variable stood in its place the last time."""
        return [
            row_of(name, source, gradient, None if gradient is not None else self._cause(source, was_variable), kind)
            for name, source, gradient, was_variable, kind in zip(
                names, sources, gradients, before, self.derivatives, strict=True
            )
        ]

    def _cause(self, source: Any, was_variable: bool) -> str | None:
        return cause_of(self.tape, self.target, source, self.links, self.trail, was_variable)

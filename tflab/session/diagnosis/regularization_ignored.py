"""``regularization-ignored``: a layer asks for a penalty that a hand-written loss leaves out.

The evidence: a variable with a regularizer is trained, or ``add_loss`` was called, and nobody read ``losses`` since
the tape began.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar

import keras
from keras.src.layers.layer import Layer

from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.gradient_taken import GradientTaken
from tflab.session.diagnosis.names import listed
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.diagnosis.tape_span import TapeSpan
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet


class RegularizationIgnored(Rule):
    """Watches who reads the losses of layers."""

    needs: ClassVar[tuple[str, ...]] = ("keras.src.layers.layer:Layer.losses", "keras.src.layers.layer:Layer.add_loss")

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._reads: TapeSpan[None] = TapeSpan()
        self._added: TapeSpan[str] = TapeSpan()

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches ``losses`` and ``add_loss`` for the block."""
        with ExitStack() as stack:
            stack.enter_context(replaced(Layer, "losses", self._watch_losses))
            stack.enter_context(replaced(Layer, "add_loss", self._watch_added))
            yield

    def _watch_losses(self, original: Any) -> Any:
        def losses(layer: Any) -> Any:
            if not is_quiet() and self.journal.is_open:
                self._reads.add(None)
            return original.fget(layer)

        return property(functools.wraps(original.fget)(losses), original.fset, original.fdel, original.__doc__)

    def _watch_added(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def add_loss(layer: Any, loss: Any) -> None:
            if not is_quiet() and self.journal.is_open:
                self._added.add(layer.name)
            original(layer, loss)

        return add_loss

    def gradient(self, taken: GradientTaken) -> None:
        """Looks for penalties that are not in the loss."""
        penalised = [
            source.path
            for source in taken.sources
            if isinstance(source, keras.Variable) and getattr(source, "regularizer", None) is not None
        ]
        added = list(dict.fromkeys(self._added.since(taken)))
        if not (penalised or added) or not any(isinstance(source, keras.Variable) for source in taken.sources):
            return
        if self._reads.since(taken):
            return
        variant, names = ("", penalised) if penalised else ("added", added)
        values = {"names": listed(names)}
        self.report(Finding("regularization-ignored", taken.place, values, variant=variant, severity="warning"))

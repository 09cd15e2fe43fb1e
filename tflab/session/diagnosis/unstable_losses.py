"""``diverging``, ``loss-not-finite`` and ``gradient-not-finite``: numbers that grow without end, or are none any more.

The losses are those of every step, the gradients those that the probe records. A loss that had been growing step by
step until it was no number any more is told as diverging: that is the reason. Where the operation to blame is not known
for certain, the finding asks for a recorded run of the cell (`tflab.session.probes.operations`), and in such a run it
waits for the answer.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any, Final

import keras
from keras.optimizers import LossScaleOptimizer

from tflab.messages import text
from tflab.protocol.events import Event, MetricsLogged, Site
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.protocol.operation_events import OperationsRecorded
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.gradient_taken import GradientTaken
from tflab.session.diagnosis.names import listed
from tflab.session.diagnosis.not_finite import Suspect, suspects_of
from tflab.session.diagnosis.recorded_operations import answer, origin
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes.journal import Journal

_REMEMBERED: Final = 8
_GROWTH: Final = 1.05
"""A step's loss over the one before, at least, for it to count as growing."""
_GROWING: Final = 5
"""Steps in a row that must grow while the loss is still a number."""
_FACTOR: Final = 100.0
"""The loss over the smallest so far, at least."""
_SMALLEST: Final = 1.0
"""A loss below this may grow: it is small."""
_AFTERWARDS: Final = 20
"""Steps that a loss has to come back before it is told: some optimizers stumble, and go on."""
_BEFORE_NAN: Final = 2
"""Steps in a row that must have grown, by `_FACTOR` in all, before a loss became infinite or NaN, for that to be the
reason."""


class _Losses:
    """The losses of one place."""

    def __init__(self) -> None:
        self.latest: deque[float] = deque(maxlen=_REMEMBERED)
        self.first: float | None = None
        self.smallest = math.inf
        self.growing = 0
        """Steps in a row that have grown by now."""
        self.is_told = False
        self.left: tuple[int, float] | None = None
        """Step and loss where it left all bounds; None where it has not, or has come back."""

    @property
    def has_grown(self) -> bool:
        """Whether the latest steps would end in infinity."""
        return self.growing >= _BEFORE_NAN and self.latest[-1] >= _FACTOR * self.smallest


class UnstableLosses(Rule):
    """Follows the losses of each place."""

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._losses: dict[Site, _Losses] = {}
        self._suspects: dict[tuple[str, int], list[Suspect]] = {}
        self._is_scaled = False
        self._told: set[Site] = set()
        self._waiting: list[Finding] = []
        """Of a recorded run: findings whose operation the recorder may name."""
        self._recorded: OperationsRecorded | None = None

    def cell_started(self) -> None:
        """Each run is told of anew."""
        self._told.clear()
        self._waiting.clear()
        self._recorded = None
        for losses in self._losses.values():
            losses.is_told, losses.left = False, None

    def gradient(self, taken: GradientTaken) -> None:
        """Remembers which operations can give what is no number, and where they are."""
        self._suspects[taken.place] = suspects_of(taken)
        self._is_scaled = self._is_scaled or _has_loss_scale(taken)

    def event(self, event: Event) -> None:
        """Losses and gradients."""
        if isinstance(event, MetricsLogged) and event.source == "tape" and event.site is not None:
            if event.steps and event.steps[0] == 0:
                self._losses.pop(event.site, None)
            losses = self._losses.setdefault(event.site, _Losses())
            for step, value in zip(event.steps, event.values, strict=True):
                self._follow(event.site, losses, step, value)
        elif isinstance(event, GradientsRecorded):
            self._look(event)
        elif isinstance(event, OperationsRecorded):
            self._recorded = event

    def cell_finished(self) -> None:
        """What ended far away; what the recorder found; what it did not answer is asked again."""
        for site, losses in self._losses.items():
            self._tell_left(site, losses)
        found = None if self._recorded is None else origin(self._recorded)
        if found is None or found.came_in:
            for question in self._waiting:
                self.report(question)
        if found is not None:
            self.report(answer(found, self._waiting, self.journal.cells))

    def _follow(self, site: Site, losses: _Losses, step: int, value: float) -> None:
        if losses.is_told:
            return
        if not math.isfinite(value):
            losses.is_told = True
            self._told.add(site)
            if losses.has_grown:
                self._tell_diverging(site, losses, step, value)
            else:
                self._tell_loss(site, step, value)
            return
        before = losses.latest[-1] if losses.latest else None
        grows = before is not None and before > 0 and value >= _GROWTH * before
        losses.growing = losses.growing + 1 if grows else 0
        losses.first = value if losses.first is None else losses.first
        losses.smallest = min(losses.smallest, abs(value))
        losses.latest.append(value)
        has_left = value >= max(_SMALLEST, _FACTOR * losses.smallest, 10 * losses.first)
        if losses.left is None and losses.growing >= _GROWING and has_left:
            losses.left = step, value
        elif losses.left is not None and value < 10 * losses.first:
            losses.left = None
        elif losses.left is not None and step >= losses.left[0] + _AFTERWARDS:
            self._tell_left(site, losses)

    def _tell_left(self, site: Site, losses: _Losses) -> None:
        """A loss has not come back."""
        if losses.left is not None and not losses.is_told:
            losses.is_told = True
            self._tell_diverging(site, losses, *losses.left)

    def _place(self, site: Site) -> tuple[str, int]:
        return self.journal.cells.latest(site.file), site.line

    def _tell_diverging(self, site: Site, losses: _Losses, step: int, value: float) -> None:
        values = {"first": f"{losses.first:.3g}", "value": f"{value:.3g}", "step": step}
        self.report(Finding("diverging", self._place(site), values))

    def _tell_loss(self, site: Site, step: int, value: float) -> None:
        values: dict[str, object] = {"value": _named(value), "step": step}
        self._tell("loss-not-finite", site, self._suspect(site, in_gradient=False), values)

    def _look(self, event: GradientsRecorded) -> None:
        site = event.site
        wrong = [each.name for each in event.gradients if each.norm is not None and not math.isfinite(each.norm)]
        if not wrong or self._is_scaled or site in self._told or event.loss is None or not math.isfinite(event.loss):
            # After the loss itself everything is NaN; and a scaled loss overflows now and then on purpose.
            return
        losses = self._losses.get(site)
        if losses is not None and losses.has_grown:
            return
        self._told.add(site)
        values: dict[str, object] = {"names": listed(wrong), "step": event.step}
        self._tell("gradient-not-finite", site, self._suspect(site, in_gradient=True), values)

    def _tell(self, code: str, site: Site, suspect: Suspect | None, values: dict[str, object]) -> None:
        place, variant = self._place(site), ""
        if suspect is not None:
            place = suspect.place or place
            variant = suspect.kind if suspect.is_certain else suspect.kind + ".perhaps"
            values |= {"operation": suspect.operation, "operand": suspect.operand}
        if suspect is not None and suspect.is_certain:
            self.report(Finding(code, place, values, variant=variant))
            return
        advice = self._advice()
        question = Finding(code, place, values, variant=variant, advice=advice, unexplained=bool(advice))
        if self.journal.is_recorded:
            self._waiting.append(question)
        else:
            self.report(question)

    def _advice(self) -> str:
        """How the person comes to know the operation; empty where there is no way."""
        door = self.journal.recorder
        return "" if door == "none" else text("diagnosis.recorder." + door)

    def _suspect(self, site: Site, *, in_gradient: bool) -> Suspect | None:
        """The operation that is surely or most likely to blame; None where there are several, or none."""
        known = [
            suspect for suspect in self._suspects.get((site.file, site.line), ()) if suspect.in_gradient == in_gradient
        ]
        certain = [suspect for suspect in known if suspect.is_certain]
        if certain:
            return certain[0]
        return known[0] if len(known) == 1 else None


def _named(value: float) -> str:
    return "NaN" if math.isnan(value) else "inf" if value > 0 else "-inf"


def _has_loss_scale(taken: GradientTaken) -> bool:
    """Whether mixed precision is at work: by the global policy, or with a scaling optimizer at hand where the gradient
    is taken."""
    if str(getattr(keras.config.dtype_policy(), "compute_dtype", "")) == "float16":
        return True
    frame = taken.caller
    return any(_scales(value) for values in (frame.f_locals, frame.f_globals) for value in list(values.values()))


def _scales(value: Any) -> bool:
    if issubclass(type(value), keras.Model):
        value = getattr(value, "optimizer", None)
    return issubclass(type(value), LossScaleOptimizer)

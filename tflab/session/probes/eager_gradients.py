"""Gradients taken in eager mode: every loss, and the norms of one step in ten a second.

The learner's thread only notes what it has at hand; the poller turns tensors into numbers.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple

from tensorflow.python.eager import record
from tensorflow.python.framework.ops import EagerTensor
from tensorflow.python.util import nest

from tflab.protocol.events import MetricsLogged
from tflab.protocol.gradient_events import GradientsRecorded, MatrixFacts
from tflab.session.probes import matrices, user_site
from tflab.session.probes.gradient_call import GradientCall
from tflab.session.probes.gradient_details import GradientDetails, details_on_host
from tflab.session.probes.gradient_rows import GradientRow, records_of
from tflab.session.probes.gradient_site import GradientSite, GradientSites, StepPlaces, replica_number
from tflab.session.probes.journal import Journal
from tflab.session.probes.loss_scale import LossScales
from tflab.session.probes.norms import flat_gradients, half_squared_norm, loss_of, norm_of_half_square
from tflab.session.probes.optimizer_updates import OptimizerUpdate, plain_variable
from tflab.session.probes.pace import Pace
from tflab.session.probes.source_names import is_variable, names_of
from tflab.session.probes.timing import Timing
from tflab.session.probes.update_ratio import UpdateRatios

INTERVAL: Final = 0.1
"""Seconds between two steps of a call site whose norms are computed, at least."""

_SHARE: Final = 0.02
_LONGEST_INTERVAL: Final = 1.0
"""What the norms may take of the time of the learner's thread, and the seconds after which they are computed anyway."""

_DETAILS_INTERVAL: Final = 0.3
"""Seconds between two closer looks at the gradients of a call site, at least."""

_DETAILS_SHARE: Final = 0.01
"""What closer looks may take of the time."""

_TAKING_TURNS: Final = 4
"""Call sites that may take turns in a step, each with an optimizer of its own."""

_KEPT_BYTES: Final = 64 << 20
"""Gradients up to this size are kept until the next step, in case it was the cell's last; the norms of larger ones
are computed at every step instead."""

_LONGEST_QUEUE: Final = 200_000
"""Steps that wait for a slow reader before they are counted as missed."""

_MOST_SITES: Final = 256
"""Call sites remembered, the latest ones."""


class _Call(NamedTuple):
    """One call, as it was."""

    step: int
    loss: Any
    call: GradientCall


class _Sample(NamedTuple):
    """One call reduced to scalar tensors."""

    step: int
    loss: Any
    rows: list[GradientRow]
    halves: list[Any]
    """`half_squared_norm` of each gradient; None where there is none."""
    gradients: list[Any]
    """The gradients themselves; empty where they are large."""
    applied: dict[str, Any]
    """`half_squared_norm` of what an optimizer used instead, by name; filled in when it did."""


class EagerSite:
    """What is going on at one call site."""

    def __init__(self, site: GradientSite) -> None:
        self.site = site
        self.places = StepPlaces(site)
        self.count = 0
        """Eager calls so far."""
        self.taken = 0
        """Of these, how many the poller has placed."""
        self.losses: deque[Any] = deque()
        self.missed = 0
        """Calls between the last two of ``losses`` that were not kept."""
        self.sample: _Sample | None = None
        """For the poller to send."""
        self.last: _Call | _Sample | None = None
        """The latest call, where it was not sampled."""
        self.pace = Pace(INTERVAL, _SHARE, _LONGEST_INTERVAL)
        """When the next step's norms are computed."""
        self.is_large = False
        self.may_lack = True
        """Whether a gradient was None the last time it was looked at, or there was no last time."""
        self.ratios = UpdateRatios()
        self.update: OptimizerUpdate | None = None
        """What an optimizer did with the gradients of the latest call."""
        self.awaits_update = False
        """Whether an optimizer used the gradients of an earlier call: a sample then waits for it."""
        self.details: dict[str, GradientDetails] = {}
        self.matrices: dict[str, MatrixFacts] = {}
        self.details_step: int | None = None
        """The call that ``details`` and ``matrices`` are of."""
        self.details_pace = Pace(_DETAILS_INTERVAL, _DETAILS_SHARE)
        self.rows: list[GradientRow] = []
        self.sources: list[weakref.ref[Any] | None] = []
        """The variables that ``rows`` were made for; None for a plain tensor, which is another one every time."""


class _Latest(threading.local):
    """Where this thread took gradients last: two networks may take turns."""

    def __init__(self) -> None:
        self.sites: deque[EagerSite] = deque(maxlen=_TAKING_TURNS)


class EagerGradients:
    """Watches the eager calls of ``tape.gradient``."""

    def __init__(self, journal: Journal, sites: GradientSites, scales: LossScales, timing: Timing) -> None:
        self._journal = journal
        self._sites = sites
        self._scales = scales
        self._timing = timing
        self._calls = user_site.CallNumbers()
        self._by_instruction: dict[tuple[int, int, int, int, int], tuple[CodeType, CodeType, EagerSite]] = {}
        self._by_site: dict[GradientSite, EagerSite] = {}
        self._lock = threading.Lock()
        self._latest = _Latest()

    def may_lack_gradients(self, caller: FrameType) -> bool:
        """Whether a call from ``caller`` may give None for a source, as far as earlier calls tell."""
        learner = user_site.learner_frame(caller)
        return learner is not None and self._find(caller, learner).may_lack

    def observe(self, call: GradientCall, caller: FrameType) -> None:
        """Notes one call made from ``caller``."""
        learner = user_site.learner_frame(caller)
        if learner is None:
            return
        site = self._find(caller, learner)
        loss = self._loss(call.target) if call.has_loss else None
        step = site.count
        site.count += 1
        if self._timing.is_on or len(site.losses) > _LONGEST_QUEUE:
            self._replace_latest(site, loss)
        else:
            site.losses.append(loss)
        if self._timing.is_on:
            return
        site.ratios.compare()
        site.update = None
        if site not in self._latest.sites:
            self._latest.sites.append(site)
        noted = _Call(step, loss, call)
        now = time.monotonic()
        if site.pace.is_due(now):
            site.last = None
            site.sample = self._measure(site, noted, learner)
            site.pace.done(now, time.monotonic() - now)
            if not site.is_large:
                site.ratios.keep(site.rows, nest.flatten(call.sources), step, now)
        else:
            site.last = self._measure(site, noted, learner) if site.is_large else noted

    @staticmethod
    def _replace_latest(site: EagerSite, loss: Any) -> None:
        try:
            site.losses[-1] = loss
        except IndexError:
            # Nothing waits: the poller has just taken it all.
            site.losses.append(loss)
        else:
            site.missed += 1

    def _find(self, caller: FrameType, learner: FrameType) -> EagerSite:
        replica = replica_number()
        key = (id(caller.f_code), caller.f_lasti, id(learner.f_code), learner.f_lasti, replica)
        known = self._by_instruction.get(key)
        # The code objects are kept beside the site, so an id never comes to mean another one.
        if known is not None:
            return known[2]
        with self._lock:
            call = self._calls.of(caller, learner.f_lineno)
            place = self._journal.cells.place(learner.f_code.co_filename, learner.f_lineno, call)
            site = self._sites.at(place, replica)
            eager = self._by_site.get(site)
            if eager is None:
                eager = self._by_site[site] = EagerSite(site)
                self._forget_old()
            self._by_instruction[key] = (caller.f_code, learner.f_code, eager)
        return eager

    def _forget_old(self) -> None:
        """A cell that runs again is new code at a new site; what the older ones had to say was said."""
        for site in list(self._by_site)[:-_MOST_SITES]:
            if not self._by_site[site].losses:
                del self._by_site[site]
        kept = set(map(id, self._by_site.values()))
        self._by_instruction = {key: known for key, known in self._by_instruction.items() if id(known[2]) in kept}

    def _loss(self, target: Any) -> Any:
        target = self._scales.unscaled(target)
        if isinstance(target, EagerTensor) and target.shape.rank == 0 and target.dtype.is_floating:
            return target
        # Reduced at once: what is kept until the poller comes must be small.
        with record.stop_recording():
            return loss_of(target)

    def _measure(self, site: EagerSite, noted: _Call, frame: FrameType | None) -> _Sample:
        gradients = flat_gradients(noted.call.result)
        self._update_rows(site, noted.call, gradients, frame)
        with record.stop_recording():
            halves = [None if gradient is None else half_squared_norm(gradient) for gradient in gradients]
        return _Sample(noted.step, noted.loss, site.rows, halves, [] if site.is_large else gradients, {})

    def updated(self, update: OptimizerUpdate) -> None:
        """An optimizer has used gradients, in this thread: the latest that were taken of its variables."""
        if self._timing.is_on:
            return
        variables = set(map(id, update.variables))
        for site in reversed(self._latest.sites):
            if any(id(plain_variable(source())) in variables for source in site.sources if source is not None):
                self._use(site, update)
                return

    def _use(self, site: EagerSite, update: OptimizerUpdate) -> None:
        site.awaits_update = True
        sample = site.sample
        if sample is not None and sample.step == site.count - 1:
            self._note_applied(site, sample, update)
        # The sample may be sent from now on.
        site.update = update

    @staticmethod
    def _note_applied(site: EagerSite, sample: _Sample, update: OptimizerUpdate) -> None:
        """What was applied in the place of the gradients of ``sample``, where it was something else."""
        if not sample.gradients:
            return
        applied = {
            id(variable): gradient for variable, gradient in zip(update.variables, update.gradients, strict=True)
        }
        with record.stop_recording():
            for row, source, gradient in zip(sample.rows, site.sources, sample.gradients, strict=True):
                used = None if source is None else applied.get(id(plain_variable(source())))
                if gradient is not None and used is not None and used is not gradient:
                    sample.applied[row.name] = half_squared_norm(used)

    def _update_rows(self, site: EagerSite, call: GradientCall, gradients: list[Any], frame: FrameType | None) -> None:
        sources = nest.flatten(call.sources)
        held = len(site.sources) == len(sources) and all(
            (None if known is None else known()) is (source if is_variable(source) else None)
            for known, source in zip(site.sources, sources, strict=True)
        )
        if held and [row.kind == "none" for row in site.rows] == [gradient is None for gradient in gradients]:
            return
        names = names_of(sources, self._journal.namespace, frame)
        before = [known is not None for known in site.sources]
        if len(before) != len(sources):
            before = [False] * len(sources)
        site.rows = call.rows(names, sources, gradients, before)
        site.may_lack = any(gradient is None for gradient in gradients)
        site.sources = [weakref.ref(source) if is_variable(source) else None for source in sources]
        site.is_large = sum(map(_bytes_of, gradients)) > _KEPT_BYTES

    def poll(self, *, final: bool) -> None:
        """Sends what came since the last call; with ``final`` the latest gradients of every site, too."""
        for site in tuple(self._by_site.values()):
            self._send_losses(site)
            self._send_gradients(site, final=final)

    def _send_losses(self, site: EagerSite) -> None:
        count = len(site.losses)
        if not count:
            return
        losses = [site.losses.popleft() for _ in range(count)]
        missed, site.missed = site.missed, 0
        if missed:
            self._send_batch(site, losses[:-1], 0)
            self._send_batch(site, losses[-1:], missed)
        else:
            self._send_batch(site, losses, 0)

    def _send_batch(self, site: EagerSite, losses: list[Any], missed: int) -> None:
        first = site.places.place(site.taken, missed + len(losses)) + missed
        site.taken += missed + len(losses)
        logged = [(first + offset, float(loss)) for offset, loss in enumerate(losses) if loss is not None]
        if logged:
            steps, values = zip(*logged, strict=True)
            self._journal.write(
                MetricsLogged(
                    cell=self._journal.cell,
                    name=site.site.loss_name,
                    steps=steps,
                    values=values,
                    source="tape",
                    scope="step",
                    missed=missed,
                    site=site.site.place,
                )
            )

    def _send_gradients(self, site: EagerSite, *, final: bool) -> None:
        sample = site.sample
        is_waiting = site.awaits_update and site.update is None and sample is not None and sample.step == site.count - 1
        if sample is not None and (final or not is_waiting):
            site.sample = None
            self._send(site, sample)
        if final and site.last is not None:
            site.ratios.compare()
            last, site.last = site.last, None
            site.pace.done(time.monotonic(), 0.0)
            if isinstance(last, _Call):
                last = self._measure(site, last, None)
                if site.update is not None:
                    self._note_applied(site, last, site.update)
            self._send(site, last)

    def _send(self, site: EagerSite, sample: _Sample) -> None:
        step = site.places.of(sample.step)
        if step is None:
            return
        norms = [None if half is None else norm_of_half_square(half) for half in sample.halves]
        self._look_closer(site, sample)
        self._journal.write(
            GradientsRecorded(
                cell=self._journal.cell,
                site=site.site.place,
                step=step,
                loss=None if sample.loss is None else float(sample.loss),
                gradients=records_of(
                    sample.rows,
                    norms,
                    site.ratios.resolved(),
                    {name: norm_of_half_square(half) for name, half in sample.applied.items()},
                    site.details,
                    site.matrices,
                ),
                details_step=None if site.details_step is None else site.places.of(site.details_step),
                update_step=None if site.ratios.step is None else site.places.of(site.ratios.step),
            )
        )

    @staticmethod
    def _look_closer(site: EagerSite, sample: _Sample) -> None:
        """The details of the gradients, now and then: as seldom as it takes to cost little."""
        began = time.monotonic()
        if not site.details_pace.is_due(began) or not sample.gradients:
            return
        for row, gradient in zip(sample.rows, sample.gradients, strict=True):
            details = None if gradient is None else details_on_host(gradient)
            if details is not None:
                site.details[row.name] = details
            if row.target_rank is not None and isinstance(gradient, EagerTensor):
                facts = matrices.told(row.derivative, site.site.place.line, row.name, gradient, row.target_rank)
                if facts is not None:
                    site.matrices[row.name] = facts
        site.details_step = sample.step
        now = time.monotonic()
        site.details_pace.done(now, now - began)


def _bytes_of(gradient: Any) -> int:
    if gradient is None:
        return 0
    values = getattr(gradient, "values", gradient) if not isinstance(gradient, EagerTensor) else gradient
    size = values.shape.num_elements() if hasattr(values, "shape") else 0
    return int(size or 0) * int(values.dtype.size)

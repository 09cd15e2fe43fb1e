"""Gradients taken inside a tf.function: the loss of every step through a ring in the graph, norms on demand."""

from __future__ import annotations

import math
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context, record
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph
from tensorflow.python.ops import control_flow_util
from tensorflow.python.util import nest

from tflab.protocol.events import GradientsRecorded, MetricsLogged
from tflab.session.probes import added_operations, user_site
from tflab.session.probes.gradient_call import GradientCall
from tflab.session.probes.gradient_details import GradientDetails
from tflab.session.probes.gradient_rows import GradientRow, records_of
from tflab.session.probes.gradient_site import GradientSite, GradientSites, StepPlaces, replica_number
from tflab.session.probes.graph_measures import (
    GradientMeasure,
    MeasuredStep,
    TapedCall,
    UpdateMeasure,
    are_small,
    is_worth_asking,
)
from tflab.session.probes.journal import Journal
from tflab.session.probes.loss_scale import LossScales
from tflab.session.probes.norms import flat_gradients, half_squared_norm, loss_of, norm_of_half_square
from tflab.session.probes.optimizer_updates import OptimizerUpdate
from tflab.session.probes.ring import Ring, RingReading
from tflab.session.probes.source_names import names_of
from tflab.session.probes.timing import Timing

INTERVAL: Final = 0.1
"""Seconds between two records of a call site."""

_MOST_CHANNELS: Final = 128
"""Call sites with a ring, up to 512 KiB each."""

_DETAILS_INTERVAL: Final = 0.5
"""Seconds between two questions for what every step cannot tell, at least."""

_SECONDS_AN_ELEMENT: Final = 4e-6
"""Added to that for each element of the gradients: four seconds of training lie between two looks at a million."""

_TAKING_TURNS: Final = 4
"""Calls that may come before the optimizers that use them."""

_SURELY_READ: Final = 5.0
"""Seconds after which nothing can be left unread in a ring that nobody writes to any more."""

_LOSS, _VARIANT, _FIRST_NORM = 0, 1, 2
"""Columns of a ring's rows."""

_ROOM: Final = 8
"""The width of rows with norms is a multiple of this."""

_SHORTEST_WAIT: Final = 0.04
_LONGEST_WAIT: Final = 0.25
"""Seconds between two looks at a ring: the wait doubles while nothing comes, for every look takes the GIL."""


class _Variant:
    """The traces of a call site whose gradients have the same names and kinds."""

    def __init__(self, number: int, rows: list[GradientRow], *, fits: bool, measure: GradientMeasure | None) -> None:
        self.number = number
        self.rows = rows
        self.fits = fits
        """Whether each row of the ring has the norms."""
        self.measure = measure
        """What is asked now and then; None where the graph is too small for that."""
        self.update: UpdateMeasure | None = None
        """What is asked of the optimizer, where one uses these gradients."""


class _Latest(NamedTuple):
    """The gradients of one step."""

    step: int
    loss: float
    norms: list[float]
    """One for each row that has a gradient."""
    variant: _Variant


class Channel:
    """The ring of one call site, shared by all its traces, so that the order of their steps is kept.

    A row is the loss, the number of the variant, and for small gradients half their squared norms.
    """

    def __init__(self, site: GradientSite, width: int, *, on_host: bool) -> None:
        self.site = site
        self.places = StepPlaces(site)
        self.has_loss = True
        self.ring = Ring(width)
        self.variants: dict[tuple[tuple[tuple[str, str], ...], bool], _Variant] = {}
        self.on_host = on_host
        self.latest: _Latest | None = None
        """Not sent yet: the rate is bounded."""
        self.sent: _Latest | None = None
        self.sent_at = 0.0
        self.active_at = time.monotonic()
        self.graphs: weakref.WeakSet[Any] = weakref.WeakSet()
        """The graphs that write into the ring, and those around them, as far as they are still there."""
        self.wait = _SHORTEST_WAIT
        self.due = 0.0
        self.asked_at = 0.0
        self.details: dict[str, GradientDetails] = {}

    @property
    def interval(self) -> float:
        """Seconds between two records: fewer where a graph has to stop for them."""
        return 2 * INTERVAL if not all(variant.fits for variant in self.variants.values()) else INTERVAL

    @property
    def details_interval(self) -> float:
        """Seconds between two questions for details: a closer look at many elements takes its time."""
        shapes = [row.shape for variant in self.variants.values() for row in variant.rows if row.kind != "none"]
        elements = sum(math.prod(length or 1 for length in shape or ()) for shape in shapes)
        return _DETAILS_INTERVAL + _SECONDS_AN_ELEMENT * elements

    def variant(self, rows: list[GradientRow], *, is_small: bool, is_asked: bool) -> _Variant:
        """The variant of a trace with these rows, made where it is new; ``is_asked``: the graph is large enough."""
        key = (tuple((row.name, row.kind) for row in rows), is_asked)
        if key not in self.variants:
            live = sum(row.kind != "none" for row in rows)
            fits = is_small and _FIRST_NORM + live <= self.ring.width
            measure = GradientMeasure(live, on_host=self.on_host, with_norms=not fits) if is_asked or not fits else None
            self.variants[key] = _Variant(len(self.variants), rows, fits=fits, measure=measure)
        return self.variants[key]

    def variant_of(self, number: int) -> _Variant:
        """The variant with this number."""
        return next(variant for variant in self.variants.values() if variant.number == number)


class _Taped(threading.local):
    """The calls of ``tape.gradient`` that this thread has traced last: two networks may take turns."""

    def __init__(self) -> None:
        self.calls: deque[tuple[TapedCall, Channel, _Variant]] = deque(maxlen=_TAKING_TURNS)


class GraphGradients:
    """Watches ``tape.gradient`` in functions that are being traced, and reads what their graphs leave behind."""

    def __init__(self, journal: Journal, sites: GradientSites, scales: LossScales, timing: Timing) -> None:
        self._journal = journal
        self._sites = sites
        self._scales = scales
        self._timing = timing
        self._calls = user_site.CallNumbers()
        self._channels: dict[tuple[GradientSite, str, bool], Channel] = {}
        self._lock = threading.Lock()
        self._taped = _Taped()

    def observe(self, call: GradientCall, caller: FrameType) -> None:
        """Adds to the graph being traced what records this call, made from ``caller``."""
        graph = ops.get_default_graph()
        if not isinstance(graph, FuncGraph) or not ops.executing_eagerly_outside_functions() or _in_pipeline(caller):
            return
        place = user_site.traced_place()
        if place is None:
            return
        with added_operations.counted(graph), record.stop_recording(), tf.name_scope("tflab"):
            sources = nest.flatten(call.sources)
            gradients = flat_gradients(call.result)
            names = names_of(sources, self._journal.namespace, caller)
            rows = call.rows(names, sources, gradients, [False] * len(sources))
            live = [gradient for gradient in gradients if gradient is not None]
            is_small = are_small(live)
            # Room for a trace with a few more, where there is any.
            width = _ROOM * -(-(_FIRST_NORM + len(live)) // _ROOM) if is_small else _FIRST_NORM
            channel = self._channel(place, caller, graph, width)
            with tf.init_scope():
                variant = channel.variant(rows, is_small=is_small, is_asked=is_worth_asking(graph))
            channel.has_loss = call.has_loss
            loss = tf.constant(0.0)
            if call.has_loss:
                loss = tf.cast(loss_of(self._scales.unscaled(call.target)), tf.float32)
            number = tf.constant(float(variant.number))
            halves = [tf.cast(half_squared_norm(each), tf.float32) for each in live] if variant.fits else []
            step = channel.ring.write([loss, number, *halves])
            if variant.measure is not None:
                variant.measure.write(step, loss, live)
        self._taped.calls.append((TapedCall(graph, step, rows, sources, gradients), channel, variant))

    def updated(self, update: OptimizerUpdate) -> None:
        """An optimizer uses gradients in the graph being traced: the latest that were taken of its variables."""
        for taped in reversed(tuple(self._taped.calls)):
            call, channel, variant = taped
            measure = call.measure(update, variant.update, on_host=channel.on_host)
            if measure is not None:
                variant.update = measure
                self._taped.calls.remove(taped)
                return

    def _channel(self, place: tuple[str, int], caller: FrameType, graph: Any, width: int) -> Channel:
        frame: FrameType = caller
        while user_site.is_autograph_caller(frame.f_code.co_filename) and frame.f_back is not None:
            frame = frame.f_back
        with self._lock:
            site = self._sites.at(
                self._journal.cells.traced_place(*place, self._calls.of(frame, place[1])), replica_number()
            )
            in_xla = control_flow_util.GraphOrParentsInXlaContext(graph)
            with tf.init_scope():
                key = (site, context.context().device_name or "", in_xla)
                if key not in self._channels:
                    self._forget_old()
                    on_host = not in_xla and context.context().num_gpus() > 0
                    self._channels[key] = Channel(site, width, on_host=on_host)
            channel = self._channels[key]
            channel.due = 0.0
            channel.wait = _SHORTEST_WAIT
            channel.graphs.update(_with_outer(graph))
            return channel

    def _forget_old(self) -> None:
        """Rings whose functions are gone, and too many of those that have been still the longest."""
        silent = time.monotonic() - _SURELY_READ
        unused = [key for key, channel in self._channels.items() if not channel.graphs and channel.active_at < silent]
        quietest = sorted(self._channels, key=lambda key: self._channels[key].active_at)
        for key in unused + quietest[: max(0, len(quietest) - _MOST_CHANNELS + 1)]:
            self._channels.pop(key, None)

    def wake(self) -> None:
        """A cell starts: every ring may begin to fill."""
        for channel in tuple(self._channels.values()):
            channel.wait = _SHORTEST_WAIT
            channel.due = 0.0

    def poll(self, *, final: bool) -> None:
        """Sends what the graphs wrote since the last call; with ``final`` the latest gradients of all that ran."""
        now = time.monotonic()
        for key, channel in tuple(self._channels.items()):
            if now < channel.due and not final:
                continue
            try:
                self._read(channel, now, final=final)
            except tf.errors.OpError:
                # The learner's code has reset TensorFlow's context, and the ring with it. A new trace makes a new one.
                self._channels.pop(key, None)

    def _read(self, channel: Channel, now: float, *, final: bool) -> None:
        is_due = final or now - channel.sent_at >= channel.interval
        # Norms on demand first: their step then lies among those that the losses place.
        measured, is_new = self._read_measures(channel, now, final=final) if is_due else ([], False)
        reading = channel.ring.read()
        if reading is None:
            channel.wait = min(2 * channel.wait, _LONGEST_WAIT)
        else:
            channel.wait = _SHORTEST_WAIT
            channel.active_at = now
            self._send_losses(channel, reading)
            self._note_norms(channel, reading)
        channel.due = now + channel.wait
        for answer, variant in measured:
            step = channel.places.of(answer.step)
            if step is not None:
                self._note(channel, _Latest(step, answer.loss, answer.norms, variant))
        if final and is_new and channel.latest is None:
            # Its norms were told before the graph had answered the rest.
            channel.latest = channel.sent
        if channel.latest is not None and is_due:
            self._send_gradients(channel, channel.latest)
            channel.sent, channel.latest = channel.latest, None
            channel.sent_at = now

    def _read_measures(
        self, channel: Channel, now: float, *, final: bool
    ) -> tuple[list[tuple[MeasuredStep, _Variant]], bool]:
        """The answers of the graphs, which are asked anew: more often for norms than for the rest. And whether any of
        them is new."""
        is_due = final or now - channel.asked_at >= channel.details_interval
        if is_due:
            channel.asked_at = now
        found = []
        is_new = False
        for variant in tuple(channel.variants.values()):
            if variant.measure is not None:
                answer = variant.measure.read_norms()
                if answer is not None:
                    found.append((answer, variant))
                details = variant.measure.read_details() if is_due else []
                if details:
                    names = [row.name for row in variant.rows if row.kind != "none"]
                    channel.details.update(zip(names, details, strict=True))
                    is_new = True
            if variant.update is not None and is_due:
                is_new |= variant.update.read()
        return found, is_new or bool(found)

    def _send_losses(self, channel: Channel, reading: RingReading) -> None:
        values = reading.rows[:, _LOSS]
        missed = reading.missed
        if self._timing.is_on and len(values) > 1:
            missed += len(values) - 1
            values = values[-1:]
        first = channel.places.place(reading.first - reading.missed, missed + len(values)) + missed
        if len(values) and channel.has_loss:
            self._journal.write(
                MetricsLogged(
                    cell=self._journal.cell,
                    name=channel.site.loss_name,
                    steps=tuple(range(first, first + len(values))),
                    values=tuple(values.tolist()),
                    source="tape",
                    scope="step",
                    missed=missed,
                    site=channel.site.place,
                )
            )

    def _note_norms(self, channel: Channel, reading: RingReading) -> None:
        """The norms of the latest row that has them."""
        within = [variant.number for variant in channel.variants.values() if variant.fits]
        having = np.flatnonzero(np.isin(reading.rows[:, _VARIANT], within))
        if not having.size:
            return
        row = reading.rows[having[-1]].tolist()
        variant = channel.variant_of(int(row[_VARIANT]))
        step = channel.places.of(reading.first + int(having[-1]))
        if step is not None:
            halves = row[_FIRST_NORM : _FIRST_NORM + sum(each.kind != "none" for each in variant.rows)]
            self._note(channel, _Latest(step, row[_LOSS], [norm_of_half_square(half) for half in halves], variant))

    def _note(self, channel: Channel, latest: _Latest) -> None:
        if channel.latest is None or channel.latest.step < latest.step:
            channel.latest = latest

    def _send_gradients(self, channel: Channel, latest: _Latest) -> None:
        known = iter(latest.norms)
        rows, update = latest.variant.rows, latest.variant.update
        norms = [None if row.kind == "none" else next(known) for row in rows]
        ratios = {} if update is None else update.ratios
        applied = {} if update is None else update.applied
        self._journal.write(
            GradientsRecorded(
                cell=self._journal.cell,
                site=channel.site.place,
                step=latest.step,
                loss=latest.loss if channel.has_loss else None,
                gradients=records_of(rows, norms, ratios, applied, channel.details),
            )
        )


def _with_outer(graph: Any) -> Iterator[Any]:
    while isinstance(graph, FuncGraph):
        yield graph
        graph = graph.outer_graph


def _in_pipeline(frame: FrameType | None) -> bool:
    """Whether a function of a tf.data pipeline is being traced: those must stay free of state.

    AutoGraph makes one of a ``for`` loop over a dataset, which is the learner's own loop all the same.
    """
    is_inside = False
    while frame is not None:
        filename = frame.f_code.co_filename
        if filename.endswith(_PIPELINE_FILE):
            is_inside = True
        elif filename.endswith(_LOOP_FILE):
            is_inside = False
        elif is_inside and (user_site.is_learners(filename) or user_site.is_autograph(filename)):
            return True
        frame = frame.f_back
    return is_inside


_PIPELINE_FILE: Final = os.path.join("data", "ops", "structured_function.py")
_LOOP_FILE: Final = os.path.join("autograph", "operators", "control_flow.py")

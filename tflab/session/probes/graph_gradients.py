"""Gradients taken inside a tf.function: the loss of every step through a ring in the graph, norms on demand."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import FrameType
from typing import Any, Final, NamedTuple

import tensorflow as tf
from tensorflow.python.eager import context, record
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph
from tensorflow.python.ops import control_flow_util
from tensorflow.python.util import nest

from tflab.protocol.events import GradientsRecorded, MetricsLogged
from tflab.session.probes import added_operations, user_site
from tflab.session.probes.gradient_call import GradientCall
from tflab.session.probes.gradient_rows import GradientRow, records_of
from tflab.session.probes.gradient_site import GradientSite, GradientSites, StepPlaces
from tflab.session.probes.journal import Journal
from tflab.session.probes.loss_scale import LossScales
from tflab.session.probes.norms import flat_gradients, loss_of, norm_in_graph
from tflab.session.probes.ring import NormReading, NormsOnDemand, Ring
from tflab.session.probes.source_names import names_of
from tflab.session.probes.timing import Timing

INTERVAL: Final = 0.1
"""Seconds between two records of a call site."""

_MOST_CHANNELS: Final = 256
"""Call sites with a ring, 64 KiB each; code that traces at ever new places is not followed any further."""

_SHORTEST_WAIT: Final = 0.04
_LONGEST_WAIT: Final = 0.25
"""Seconds between two looks at a ring: the wait doubles while nothing comes, for every look takes the GIL."""


class _Norms(NamedTuple):
    """The norms of traces whose gradients have the same names and kinds."""

    rows: list[GradientRow]
    on_demand: NormsOnDemand


class Channel:
    """The ring of one call site, shared by all its traces."""

    def __init__(self, site: GradientSite, host: Callable[[], AbstractContextManager[Any]]) -> None:
        self.site = site
        self.places = StepPlaces(site)
        self.has_loss = True
        self._host = host
        self.ring = Ring()
        self.norms: dict[tuple[tuple[str, str], ...], _Norms] = {}
        self.sent_at = 0.0
        self.sent_step = -1
        self.pending: GradientsRecorded | None = None
        self.wait = _SHORTEST_WAIT
        self.due = 0.0

    def norms_for(self, rows: list[GradientRow]) -> NormsOnDemand:
        """Where a trace with these rows writes: first the loss, then one norm a row that has a gradient."""
        key = tuple((row.name, row.kind) for row in rows)
        if key not in self.norms:
            live = sum(row.kind != "none" for row in rows)
            self.norms[key] = _Norms(rows, NormsOnDemand(1 + live, self._host))
        return self.norms[key].on_demand


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

    def observe(self, call: GradientCall, caller: FrameType) -> None:
        """Adds to the graph being traced what records this call, made from ``caller``."""
        graph = ops.get_default_graph()
        if not isinstance(graph, FuncGraph) or not ops.executing_eagerly_outside_functions() or _in_pipeline(caller):
            return
        place = user_site.traced_place()
        if place is None:
            return
        channel = self._channel(place, caller, graph)
        if channel is None:
            return
        with added_operations.counted(graph), record.stop_recording(), tf.name_scope("tflab"):
            sources = nest.flatten(call.sources)
            gradients = flat_gradients(call.result)
            names = names_of(sources, self._journal.namespace, caller)
            rows = call.rows(names, sources, gradients, [False] * len(sources))
            with tf.init_scope():
                norms = channel.norms_for(rows)
            channel.has_loss = call.has_loss
            loss = tf.constant(0.0)
            if channel.has_loss:
                loss = tf.cast(loss_of(self._scales.unscaled(call.target)), tf.float32)
            live = [gradient for gradient in gradients if gradient is not None]
            step = channel.ring.write(loss)
            norms.write(step, lambda: [loss, *map(norm_in_graph, live)])

    def _channel(self, place: tuple[str, int], caller: FrameType, graph: Any) -> Channel | None:
        frame: FrameType = caller
        while user_site.is_autograph_caller(frame.f_code.co_filename) and frame.f_back is not None:
            frame = frame.f_back
        with self._lock:
            site = self._sites.at(self._journal.cells.traced_place(*place, self._calls.of(frame)), _replica())
            in_xla = control_flow_util.GraphOrParentsInXlaContext(graph)
            with tf.init_scope():
                key = (site, context.context().device_name or "", in_xla)
                if key not in self._channels:
                    if len(self._channels) >= _MOST_CHANNELS:
                        return None
                    # Under XLA everything lives on one device; elsewhere a flag on the host spares a GPU the wait.
                    on_host = not in_xla and context.context().num_gpus() > 0
                    self._channels[key] = Channel(site, _host_device if on_host else contextlib.nullcontext)
            channel = self._channels[key]
            channel.due = 0.0
            channel.wait = _SHORTEST_WAIT
            return channel

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
        if channel.ring.has_news():
            channel.wait = _SHORTEST_WAIT
            # The norms first: their step then lies among those that the losses place.
            norms = self._read_norms(channel)
            self._send_losses(channel)
            for reading, rows in norms:
                step = channel.places.of(reading.step)
                if step is not None and (channel.pending is None or channel.pending.step < step):
                    channel.pending = self._event(channel, step, reading.numbers, rows)
        else:
            channel.wait = min(2 * channel.wait, _LONGEST_WAIT)
        channel.due = now + channel.wait
        if channel.pending is not None and (final or now - channel.sent_at >= INTERVAL):
            self._journal.write(channel.pending)
            channel.pending = None
            channel.sent_at = now

    def _read_norms(self, channel: Channel) -> list[tuple[NormReading, list[GradientRow]]]:
        unplaced = []
        for norms in tuple(channel.norms.values()):
            reading = norms.on_demand.read()
            if reading is not None:
                unplaced.append((reading, norms.rows))
        return unplaced

    def _send_losses(self, channel: Channel) -> None:
        reading = channel.ring.read()
        values = reading.values
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

    def _event(self, channel: Channel, step: int, numbers: list[float], rows: list[GradientRow]) -> GradientsRecorded:
        norms = iter(numbers[1:])
        return GradientsRecorded(
            cell=self._journal.cell,
            site=channel.site.place,
            step=step,
            loss=numbers[0] if channel.has_loss else None,
            gradients=records_of(rows, [None if row.kind == "none" else next(norms) for row in rows], {}),
        )


def _host_device() -> AbstractContextManager[Any]:
    device: AbstractContextManager[Any] = tf.device("/CPU:0")
    return device


def _replica() -> int:
    """Which replica of a strategy is being traced; 0 where there is one."""
    replica = tf.distribute.get_replica_context()
    if replica is None:
        return 0
    number = tf.get_static_value(replica.replica_id_in_sync_group)
    return 0 if number is None else int(number)


def _in_pipeline(frame: FrameType | None) -> bool:
    """Whether a function of a tf.data pipeline is being traced: those must stay free of state."""
    while frame is not None:
        if frame.f_code.co_filename.endswith("structured_function.py"):
            return True
        frame = frame.f_back
    return False

"""Gradients taken inside a tf.function: the loss of every step through a ring in the graph, norms on demand."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import FrameType
from typing import Any, Final

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context, record
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph
from tensorflow.python.ops import control_flow_util
from tensorflow.python.util import nest

from tflab.protocol.events import MetricsLogged
from tflab.protocol.gradient_events import GradientsRecorded
from tflab.session.probes import added_operations, matrices, user_site
from tflab.session.probes.gradient_call import GradientCall
from tflab.session.probes.gradient_channel import (
    FIRST_NORM,
    LONGEST_WAIT,
    LOSS,
    SHORTEST_WAIT,
    VARIANT,
    Channel,
    Latest,
    Variant,
)
from tflab.session.probes.gradient_rows import records_of
from tflab.session.probes.gradient_site import GradientSite, GradientSites, replica_number
from tflab.session.probes.graph_measures import (
    MeasuredStep,
    TapedCall,
    UsedGradients,
    are_small,
    is_worth_asking,
)
from tflab.session.probes.graph_place import in_loop, in_pipeline, with_outer
from tflab.session.probes.journal import Journal
from tflab.session.probes.loss_scale import LossScales
from tflab.session.probes.matrices import MatrixInGraph
from tflab.session.probes.norms import flat_gradients, half_squared_norm, loss_of, norm_of_half_square
from tflab.session.probes.optimizer_updates import OptimizerUpdate, is_replicated
from tflab.session.probes.ring import RingReading
from tflab.session.probes.source_names import names_of
from tflab.session.probes.step_moves import MovesOnDemand, StepMoves
from tflab.session.probes.timing import Timing

_MOST_CHANNELS: Final = 128
"""Call sites with a ring, up to 512 KiB each."""

_TAKING_TURNS: Final = 4
"""Calls that may come before the optimizers that use them."""

_SURELY_READ: Final = 5.0
"""Seconds after which nothing can be left unread in a ring that nobody writes to any more."""

_ROOM: Final = 8
"""The width of rows with norms is a multiple of this."""


class _Taped(threading.local):
    """The calls of ``tape.gradient`` that this thread has traced last: two networks may take turns."""

    def __init__(self) -> None:
        self.calls: deque[tuple[TapedCall, Channel, Variant]] = deque(maxlen=_TAKING_TURNS)


class GraphGradients:
    """Watches ``tape.gradient`` in functions that are being traced, and reads what their graphs leave behind."""

    def __init__(
        self,
        journal: Journal,
        sites: GradientSites,
        scales: LossScales,
        timing: Timing,
        on_fault: Callable[[Exception], None],
    ) -> None:
        self._journal = journal
        self._sites = sites
        self._scales = scales
        self._timing = timing
        self._calls = user_site.CallNumbers()
        self._channels: dict[tuple[GradientSite, str, bool], Channel] = {}
        self._lock = threading.Lock()
        self._taped = _Taped()
        self._moves = MovesOnDemand(on_fault)
        self._moving: weakref.WeakKeyDictionary[Any, list[tuple[frozenset[int], Variant]]] = weakref.WeakKeyDictionary()
        """By the outermost graph: which variables its function moves, and what measures that."""

    def patched(self) -> AbstractContextManager[None]:
        """Watches calls of traced functions for the block."""
        return self._moves.patched()

    def observe(self, call: GradientCall, caller: FrameType) -> None:
        """Adds to the graph being traced what records this call, made from ``caller``."""
        graph = ops.get_default_graph()
        if not isinstance(graph, FuncGraph) or not ops.executing_eagerly_outside_functions() or in_pipeline(caller):
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
            width = _ROOM * -(-(FIRST_NORM + len(live)) // _ROOM) if is_small else FIRST_NORM
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
            self._ask_for_matrices(channel, variant, step, gradients)
        is_whole = not in_loop(caller, graph) and not is_replicated()
        self._taped.calls.append((TapedCall(graph, step, rows, sources, gradients, is_whole), channel, variant))

    @staticmethod
    def _ask_for_matrices(channel: Channel, variant: Variant, step: Any, gradients: list[Any]) -> None:
        for row, gradient in zip(variant.rows, gradients, strict=True):
            shape = None if row.target_rank is None else matrices.shape_in_graph(gradient)
            if shape is None:
                continue
            with tf.init_scope():
                known = variant.matrices.get(row.name)
                if known is None or known.shape != shape:
                    known = variant.matrices[row.name] = MatrixInGraph(shape, on_host=channel.on_host)
            known.write(step, gradient)

    def updated(self, update: OptimizerUpdate) -> None:
        """An optimizer uses gradients in the graph being traced: the latest that were taken of its variables."""
        for taped in reversed(tuple(self._taped.calls)):
            call, channel, variant = taped
            used = call.used(update)
            if used is None:
                continue
            self._taped.calls.remove(taped)
            variant.update = call.measure(used, variant.update, on_host=channel.on_host) or variant.update
            if call.is_whole_step:
                self._watch_moves(used, channel, variant, list(with_outer(call.graph)))
            return

    def _watch_moves(self, used: UsedGradients, channel: Channel, variant: Variant, graphs: list[Any]) -> None:
        """Has measured how far a call of the outermost of ``graphs`` moves variables, where it moves them once."""
        variables = frozenset(map(id, used.variables))
        earlier = self._moving.setdefault(graphs[-1], [])
        # The same one again is another trace of a function inside, or another step of its own ring.
        several = [other for moved, other in earlier if other is not variant and moved & variables]
        earlier.append((variables, variant))
        if several:
            for each in (*several, variant):
                each.moves = None
            return
        if variant.moves is None or not variant.moves.is_of(used.variables):
            variant.moves = StepMoves(channel.ring, used.rows, used.variables)
        self._moves.ask(variant.moves, graphs)

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
                    self._channels[key] = Channel(site, width, in_xla=in_xla, on_host=on_host)
            channel = self._channels[key]
            channel.due = 0.0
            channel.wait = SHORTEST_WAIT
            channel.graphs.update(with_outer(graph))
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
            channel.wait = SHORTEST_WAIT
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
            channel.wait = min(2 * channel.wait, LONGEST_WAIT)
        else:
            channel.wait = SHORTEST_WAIT
            channel.active_at = now
            self._send_losses(channel, reading)
            self._note_norms(channel, reading)
        channel.due = now + channel.wait
        for answer, variant in measured:
            step = channel.places.of(answer.step)
            if step is not None:
                self._note(channel, Latest(step, answer.loss, answer.norms, variant))
        if final and is_new and channel.latest is None:
            # Its norms were told before the graph had answered the rest.
            channel.latest = channel.sent
        if channel.latest is not None and is_due:
            self._send_gradients(channel, channel.latest)
            channel.sent, channel.latest = channel.latest, None
            channel.sent_at = now

    def _read_measures(
        self, channel: Channel, now: float, *, final: bool
    ) -> tuple[list[tuple[MeasuredStep, Variant]], bool]:
        """The answers of the graphs, which are asked anew: more often for norms than for the rest. And whether any of
        them is new."""
        is_due = final or now - channel.asked_at >= channel.details_interval
        if is_due:
            channel.asked_at = now
        found = []
        is_new = False
        for variant in tuple(channel.variants.values()):
            if variant.measure is not None:
                answer = variant.measure.read(details=is_due)
                if answer is not None and answer.measured is not None:
                    found.append((answer.measured, variant))
                if answer is not None and answer.details is not None:
                    channel.details_step = answer.step
                    names = [row.name for row in variant.rows if row.kind != "none"]
                    channel.details.update(zip(names, answer.details, strict=True))
                    is_new = True
            if variant.update is not None and is_due:
                is_new |= variant.update.read()
            moves = variant.moves
            if moves is not None and is_due:
                is_new |= variant.moved_at != moves.ratios.step
                variant.moved_at = moves.ratios.step
                self._moves.ask(moves, tuple(channel.graphs))
            if is_due:
                is_new |= self._read_matrices(channel, variant)
        return found, is_new or bool(found)

    @staticmethod
    def _read_matrices(channel: Channel, variant: Variant) -> bool:
        is_new = False
        for row in variant.rows:
            asked = variant.matrices.get(row.name)
            elements = None if asked is None else asked.read()
            if elements is not None and row.target_rank is not None:
                facts = matrices.told(row.derivative, channel.site.place.line, row.name, elements, row.target_rank)
                if facts is not None:
                    channel.matrices[row.name] = facts
                    is_new = True
        return is_new

    def _send_losses(self, channel: Channel, reading: RingReading) -> None:
        values = reading.rows[:, LOSS]
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
        having = np.flatnonzero(np.isin(reading.rows[:, VARIANT], within))
        if not having.size:
            return
        row = reading.rows[having[-1]].tolist()
        variant = channel.variant_of(int(row[VARIANT]))
        step = channel.places.of(reading.first + int(having[-1]))
        if step is not None:
            halves = row[FIRST_NORM : FIRST_NORM + sum(each.kind != "none" for each in variant.rows)]
            self._note(channel, Latest(step, row[LOSS], [norm_of_half_square(half) for half in halves], variant))

    def _note(self, channel: Channel, latest: Latest) -> None:
        if channel.latest is None or channel.latest.step < latest.step:
            channel.latest = latest

    def _send_gradients(self, channel: Channel, latest: Latest) -> None:
        known = iter(latest.norms)
        rows, update, moves = latest.variant.rows, latest.variant.update, latest.variant.moves
        norms = [None if row.kind == "none" else next(known) for row in rows]
        moved_at = None if update is None else update.step
        ratios = {} if update is None else update.ratios
        if moves is not None:
            moved_at, ratios = moves.ratios.step, moves.ratios.resolved()
        applied = {} if update is None else update.applied
        details_step, update_step = (
            None if asked is None else channel.places.of(asked) for asked in (channel.details_step, moved_at)
        )
        self._journal.write(
            GradientsRecorded(
                cell=self._journal.cell,
                site=channel.site.place,
                step=latest.step,
                loss=latest.loss if channel.has_loss else None,
                gradients=records_of(rows, norms, ratios, applied, channel.details, channel.matrices),
                details_step=details_step,
                update_step=update_step,
            )
        )

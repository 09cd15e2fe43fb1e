"""The gradient probe: watches ``tf.GradientTape`` wherever it is used, and changes nothing of what it computes."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, Final

import tensorflow as tf
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import backprop, context
from tensorflow.python.ops.parallel_for import control_flow_ops as parallel_for
from tensorflow.python.saved_model import save_context
from tensorflow.python.util import nest

from tflab.protocol.gradient_events import DerivativeKind
from tflab.session.probes import matrices, saving, user_site
from tflab.session.probes.eager_gradients import EagerGradients
from tflab.session.probes.gradient_call import GradientCall
from tflab.session.probes.gradient_site import GradientSites
from tflab.session.probes.graph_gradients import GraphGradients
from tflab.session.probes.journal import Journal
from tflab.session.probes.loss_scale import LossScales
from tflab.session.probes.norms import flat_gradients
from tflab.session.probes.optimizer_updates import OptimizerUpdate, OptimizerUpdates
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet, quiet, quietly
from tflab.session.probes.second_order import SecondOrder
from tflab.session.probes.tape_links import TapeLinks, recorded
from tflab.session.probes.tape_trails import TapeTrails
from tflab.session.probes.timing import Timing

_TENSORFLOW: Final = os.path.dirname(tf.__file__) + os.sep


class TapeProbe:
    """Losses and gradients of every ``tape.gradient``, eager and in graphs; see `EagerGradients`, `GraphGradients`."""

    name: Final = "tape"

    def __init__(self, journal: Journal) -> None:
        sites = GradientSites()
        self._journal = journal
        self._scales = LossScales()
        self._trails = TapeTrails(journal)
        self._timing = Timing(lambda: journal.settle(self.name))
        self._eager = EagerGradients(journal, sites, self._scales, self._timing)
        self._graph = GraphGradients(journal, sites, self._scales, self._timing, self._note_fault)
        self._second_order = SecondOrder()
        self._updates = OptimizerUpdates(self._updated, self._note_fault)

    def _note_fault(self, error: Exception) -> None:
        self._journal.note_fault(self.name, error)

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches the tape for the block."""
        tape = backprop.GradientTape
        with ExitStack() as stack:
            stack.enter_context(replaced(tape, "__enter__", self._watch_enter))
            stack.enter_context(replaced(tape, "__exit__", self._watch_exit))
            stack.enter_context(replaced(tape, "gradient", self._watch_gradient))
            for name in ("jacobian", "batch_jacobian"):
                stack.enter_context(replaced(tape, name, functools.partial(self._watch_jacobian, name)))
            # What it vectorises is traced in ways of its own, with a tape for no step of the learner's.
            stack.enter_context(replaced(parallel_for, "_pfor_impl", quietly))
            stack.enter_context(self._trails.patched())
            stack.enter_context(self._scales.patched())
            stack.enter_context(self._updates.patched())
            stack.enter_context(self._graph.patched())
            stack.enter_context(saving.patched())
            stack.enter_context(self._timing.patched())
            yield

    def _watch_enter(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def enter(tape: Any) -> Any:
            result = original(tape)
            self._trails.begin(tape, sys._getframe(1))
            return result

        return enter

    def _watch_exit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def leave(tape: Any, *error: Any) -> Any:
            self._trails.end(tape)
            return original(tape, *error)

        return leave

    def _watch_gradient(self, original: Callable[..., Any]) -> Callable[..., Any]:
        # AutoGraph leaves the wrapper alone, as it does the original: `wraps` makes it a part of TensorFlow's module.
        @functools.wraps(original)
        def gradient(
            tape: Any,
            target: Any,
            sources: Any,
            output_gradients: Any = None,
            unconnected_gradients: Any = tf.UnconnectedGradients.NONE,
        ) -> Any:
            caller = sys._getframe(1)
            links = self._links(tape, target, sources, caller)
            result = original(tape, target, sources, output_gradients, unconnected_gradients)
            self._observe(tape, target, sources, result, links, "gradient", caller)
            self._trails.used(tape)
            return result

        return gradient

    def _watch_jacobian(self, kind: DerivativeKind, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def jacobian(tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
            caller = sys._getframe(1)
            links = self._links(tape, target, sources, caller)
            # It calls `gradient` inside, once or vectorised.
            with quiet:
                result = original(tape, target, sources, *args, **kwargs)
            self._observe(tape, target, sources, result, links, kind, caller)
            self._trails.used(tape)
            return result

        return jacobian

    def _looks_at(self, caller: FrameType) -> bool:
        return not (
            is_quiet()
            or not self._journal.is_open
            or save_context.in_save_context()
            or _is_tensorflows(caller.f_code.co_filename)
        )

    def _links(self, tape: Any, target: Any, sources: Any, caller: FrameType) -> TapeLinks | None:
        """What the tape has on record, where a gradient may turn out to be None."""
        if not self._looks_at(caller):
            return None
        if context.executing_eagerly() and not self._eager.may_lack_gradients(caller):
            return None
        try:
            with quiet:
                trail = self._trails.of(tape)
                if trail is not None:
                    trail.note_reads(recorded(tape, trail.unexplained()))
                return TapeLinks(tape, target, sources)
        except Exception as error:
            self._journal.note_fault(self.name, error)
            return None

    def _observe(
        self,
        tape: Any,
        target: Any,
        sources: Any,
        result: Any,
        links: TapeLinks | None,
        kind: DerivativeKind,
        caller: FrameType,
    ) -> None:
        if not self._looks_at(caller):
            return
        try:
            with quiet:
                flat = nest.flatten(sources)
                kinds = tuple(self._second_order.kind(kind, target, source) for source in flat)
                if kind == "gradient" and not pywrap_tfe.TFE_Py_TapeSetIsEmpty():
                    self._second_order.note(flat, flat_gradients(result))
                call = GradientCall(tape, target, sources, result, links, self._trails.of(tape), kinds)
                if context.executing_eagerly():
                    # First: once the call is noted, the poller may tell of it.
                    if call.trail is not None:
                        self._journal.gradient_taken(call, caller)
                    self._eager.observe(call, caller)
                else:
                    self._graph.observe(call, caller)
                    self._journal.gradient_taken(call, caller)
        except Exception as error:
            # Whatever goes wrong in here is no concern of the learner's program.
            self._journal.note_fault(self.name, error)

    def _updated(self, update: OptimizerUpdate) -> None:
        if self._journal.is_open and not save_context.in_save_context():
            if context.executing_eagerly():
                self._eager.updated(update)
            else:
                self._graph.updated(update)

    def cell_started(self) -> None:
        """A cell is about to run: the matrices of the last one go."""
        matrices.kept.clear()
        self._graph.wake()

    def poll(self, *, final: bool) -> None:
        """Sends what is new; with ``final`` the latest gradients of each site that ran, too."""
        if self._timing.is_on and not final:
            return
        self._eager.poll(final=final)
        self._graph.poll(final=final)
        if final:
            self._scales.forget()
            self._trails.forget()


@functools.cache
def _is_tensorflows(filename: str) -> bool:
    """Whether this is TensorFlow's own use of a tape (``tf.recompute_grad``), not a call through AutoGraph."""
    return filename.startswith(_TENSORFLOW) and not user_site.is_autograph_caller(filename)

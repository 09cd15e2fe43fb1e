"""The loop probe: finds where one training step ends and the next begins, and lets the lab steer there.

In eager code a step begins where a tape is opened after a gradient was taken; in a graph, where Python calls a
tf.function that takes a gradient inside, which is also how ``fit`` trains. A loop that runs inside one graph as a whole
passes no such place: it cannot be paused, its knobs turn all the same.
"""

from __future__ import annotations

import functools
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, Final

from keras.src.backend.tensorflow.trainer import TensorFlowTrainer
from keras.src.optimizers.base_optimizer import BaseOptimizer
from tensorflow.python.eager import backprop, context
from tensorflow.python.eager.polymorphic_function import polymorphic_function

from tflab.protocol.steering import (
    Knob,
    KnobRefused,
    KnobsOffered,
    KnobTurned,
    LoopAction,
    LoopPaused,
    LoopResumed,
)
from tflab.session.loop_gate import LoopGate, LoopStopped
from tflab.session.probes import eager_context
from tflab.session.probes.journal import Journal
from tflab.session.probes.knobs import Knobs, UnknownKnob
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet, quiet

_LOOK_EVERY: Final = 0.5
"""Seconds between two looks at the knobs while a cell runs."""
_PATIENCE: Final = 1.0
"""Seconds that a turn waits for a step before it is done in the middle of one."""


class LoopProbe:
    """Watches for steps, and does between them what the lab asks."""

    name: Final = "loop"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._gate = LoopGate(self)
        self._knobs = Knobs()
        self._steppers: weakref.WeakSet[Any] = weakref.WeakSet()
        """The tf.functions that take a gradient inside."""
        self._took_gradient = False
        """Whether eager code has taken a gradient since the last step began."""
        self._main = threading.main_thread().ident
        self._seen: tuple[Knob, ...] = ()
        self._looked_at = 0.0
        self._turns: list[float] = []
        """When the turns that wait for a step were asked for."""

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches tapes, calls of tf.functions and new optimizers for the block."""
        with ExitStack() as stack:
            stack.enter_context(replaced(backprop.GradientTape, "__enter__", self._watch_enter))
            stack.enter_context(replaced(backprop.GradientTape, "gradient", self._watch_gradient))
            stack.enter_context(replaced(polymorphic_function.Function, "__call__", self._watch_call))
            stack.enter_context(replaced(BaseOptimizer, "__init__", self._watch_optimizer))
            yield

    # --- where steps are -----------------------------------------------------------------------------------------

    def _watch_enter(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def enter(tape: Any) -> Any:
            if self._took_gradient and context.executing_eagerly():
                self._pass_step()
            return original(tape)

        return enter

    def _watch_gradient(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def gradient(*args: Any, **kwargs: Any) -> Any:
            if not is_quiet():
                if context.executing_eagerly():
                    self._took_gradient = True
                else:
                    self._steppers.update(_functions_being_traced(sys._getframe(1)))
            return original(*args, **kwargs)

        return gradient

    def _watch_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(function: Any, *args: Any, **kwargs: Any) -> Any:
            if not self._gate.is_open and function in self._steppers and context.executing_eagerly():
                self._pass_step()
            return original(function, *args, **kwargs)

        return call

    def _pass_step(self) -> None:
        if threading.get_ident() == self._main and self._journal.is_open and not is_quiet():
            self._took_gradient = False
            self._gate.pass_step()

    def _watch_optimizer(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def initialize(optimizer: Any, *args: Any, **kwargs: Any) -> None:
            original(optimizer, *args, **kwargs)
            self._knobs.saw_optimizer(optimizer)

        return initialize

    # --- what the lab asks (any thread) ----------------------------------------------------------------------------

    def steer(self, action: LoopAction) -> None:
        """Does ``action`` at the next step of the running cell; nothing where none runs."""
        if self._journal.cell is not None:
            self._gate.ask(action)

    def turn(self, name: str, value: float) -> None:
        """Gives the knob ``name`` another value before the next step, or now where no cell runs."""
        if self._journal.cell is None:
            self._turn(name, value)
        else:
            self._turns.append(time.monotonic())
            self._gate.do(lambda: self._turn(name, value))

    def knob(self, name: str, value: Any) -> Any:
        """What ``lab.knob`` does. Raises TypeError."""
        return self._knobs.offer(name, value)

    def _turn(self, name: str, value: float) -> None:
        self._turns.clear()
        with quiet:
            # Everything that ran with the old value is told before.
            self._journal.settle("tape")
            site, step = self._journal.next_step()
            try:
                before, after = self._knobs.turn(name, value, self._journal.namespace)
            except UnknownKnob as error:
                self._journal.write(KnobRefused(cell=self._journal.cell, name=name, reason=str(error)))
                return
            except Exception as error:
                reason = f"{type(error).__name__}: {error}".partition("\n")[0]
                self._journal.write(KnobRefused(cell=self._journal.cell, name=name, reason=reason))
                return
            self._journal.write(
                KnobTurned(cell=self._journal.cell, name=name, before=before, after=after, step=step, site=site)
            )
            self._report_knobs()

    # --- at the gate (the learner's thread) ------------------------------------------------------------------------

    def paused(self) -> None:
        """The loop waits: everything up to here is told, then that it waits."""
        self._journal.settle("tape")
        site, step = self._journal.next_step()
        self._journal.write(LoopPaused(cell=self._journal.cell, step=step, site=site))

    def resumed(self) -> None:
        """The loop goes on."""
        self._journal.write(LoopResumed(cell=self._journal.cell))

    def stop(self) -> None:
        """Ends ``fit`` after its next step, any other loop here. Raises `LoopStopped`."""
        model = _model_in_fit(sys._getframe(1))
        if model is None:
            raise LoopStopped
        model.stop_training = True

    # --- polling ---------------------------------------------------------------------------------------------------

    def cell_started(self) -> None:
        """A cell is about to run."""
        self._took_gradient = False
        self._finish_turns()

    def poll(self, *, final: bool) -> None:
        """Tells of new knobs; turns those that have waited for a step in vain."""
        now = time.monotonic()
        if final or (self._turns and now - self._turns[0] > _PATIENCE):
            self._finish_turns()
        if (final or now - self._looked_at > _LOOK_EVERY) and eager_context.is_initialised():
            self._looked_at = now
            self._report_knobs()

    def _finish_turns(self) -> None:
        for work in self._gate.work_left():
            work()

    def _report_knobs(self) -> None:
        knobs = self._knobs.all(self._journal.namespace)
        if knobs != self._seen:
            self._seen = knobs
            self._journal.write(KnobsOffered(cell=self._journal.cell, knobs=knobs))


def _functions_being_traced(frame: FrameType | None) -> Iterator[Any]:
    """The tf.functions whose traces ``frame`` is inside of."""
    while frame is not None:
        if frame.f_code.co_filename == polymorphic_function.__file__:
            owner = frame.f_locals.get("self")
            if isinstance(owner, polymorphic_function.Function):
                yield owner
        frame = frame.f_back


def _model_in_fit(frame: FrameType | None) -> Any:
    """The model whose ``fit`` is running around ``frame``; None where none is."""
    while frame is not None:
        if frame.f_code is _FIT:
            return frame.f_locals.get("self")
        frame = frame.f_back
    return None


_FIT: Final = getattr(TensorFlowTrainer.fit, "__wrapped__", TensorFlowTrainer.fit).__code__

"""Stopping a cell: TensorFlow's cancellation first, then SIGINT, again and again until the cell yields.

A tf.function that is busy in C++ never looks at signals, and Python code never looks at TensorFlow's cancellation,
so both are needed, in this order: both at once make TensorFlow raise a pybind11 error. A cancelled manager makes
every later call of a tf.function fail at once, hence a fresh one after each round.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

CANCEL_GRACE: Final = 0.15
"""Seconds between TensorFlow's cancellation and SIGINT."""
SIGNAL_GRACE: Final = 0.25
"""Seconds between SIGINT and the next round, at first."""
LONGEST_GRACE: Final = 4.0
"""Seconds; the same, at last."""
ROUNDS: Final = 12


class InterruptGate:
    """Decides when SIGINT becomes `KeyboardInterrupt`: only while the learner's code runs, never inside our locks.

    All methods belong to the main thread, where Python runs signal handlers; ``hold`` and ``release`` may be called
    from any thread and do nothing elsewhere.
    """

    def __init__(self) -> None:
        self._armed = 0
        self._held = 0
        self._postponed = False
        self._main_thread = threading.main_thread().ident

    def install(self) -> None:
        """Takes SIGINT over. The learner's code may replace the handler; every cell starts with ours."""
        self._main_thread = threading.get_ident()
        if signal.getsignal(signal.SIGINT) != self._on_signal:
            signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        if not self._armed:
            return
        if self._held:
            self._postponed = True
            return
        raise KeyboardInterrupt

    @contextmanager
    def armed(self) -> Iterator[None]:
        """The learner's code runs inside. Nests."""
        self._armed += 1
        try:
            yield
        finally:
            self._armed -= 1
            if not self._armed:
                self._postponed = False

    def disarm(self) -> None:
        """The learner's code is over, however deep the nesting was."""
        self._armed = 0
        self._postponed = False

    def hold(self) -> None:
        """From here to ``release`` no `KeyboardInterrupt` is raised in the main thread."""
        if threading.get_ident() == self._main_thread:
            self._held += 1

    def release(self) -> None:
        """Ends ``hold``; an interrupt that came meanwhile is raised now."""
        if threading.get_ident() == self._main_thread:
            self._held -= 1
            if not self._held and self._postponed:
                self._postponed = False
                if self._armed:
                    raise KeyboardInterrupt


class TensorFlowCancellation:
    """One cancellable stretch of TensorFlow calls after another. The API is private: without it, this does nothing."""

    def __init__(self) -> None:
        self._module: Any = None
        self._manager: Any = None
        try:
            from tensorflow.python.eager import cancellation

            if hasattr(cancellation, "_active_context") and hasattr(cancellation.CancellationManager, "start_cancel"):
                self._module = cancellation
        except ImportError:
            pass

    @property
    def available(self) -> bool:
        """Whether this TensorFlow can be cancelled."""
        return self._module is not None

    def renew(self) -> None:
        """Calls of tf.functions from now on belong to a fresh manager."""
        if self._module is not None:
            self._manager = self._module.CancellationManager()
            self._module._active_context = self._manager

    def cancel(self) -> None:
        """Cancels what runs under the current manager."""
        if self._manager is not None:
            self._manager.start_cancel()

    def clear(self) -> None:
        """Calls from now on cannot be cancelled."""
        if self._module is not None:
            self._module._active_context = None
        self._manager = None


class InterruptLadder:
    """Carries out `InterruptRequest`s for the running cell, from a thread of its own."""

    def __init__(self, cancellation: TensorFlowCancellation) -> None:
        self._cancellation = cancellation
        self._lock = threading.Lock()
        self._finished: threading.Event | None = None
        """Set when the running cell ends; another one for every cell, so that no climb goes on in the next."""
        self._climbed: threading.Event | None = None
        """The cell that a thread climbs for, or climbed for last."""
        self._expected = 0
        self._early = False
        self.requested = False
        """Whether the current or last cell was asked to stop."""

    def cell_expected(self) -> None:
        """A cell was asked for; an interrupt from now on means it, although it does not run yet."""
        with self._lock:
            self._expected += 1

    def cell_starts(self) -> bool:
        """The learner's code is about to run (main thread); False where it was asked to stop already."""
        with self._lock:
            self._expected = max(0, self._expected - 1)
            self.requested, self._early = self._early, False
            if self.requested:
                return False
            self._finished = threading.Event()
            self._cancellation.renew()
            return True

    def cell_ends(self) -> None:
        """The learner's code is over, its traceback not yet rendered (main thread). No signal is sent after this."""
        if self._finished is not None:
            self._finished.set()
        with self._lock:
            self._finished = None
            self._cancellation.clear()

    def request(self) -> None:
        """Stop the running or expected cell; returns at once, and does nothing where there is none."""
        with self._lock:
            finished = self._finished
            if finished is None:
                self._early = self._expected > 0
                return
            self.requested = True
            if finished is self._climbed:
                return
            self._climbed = finished
        threading.Thread(target=self._climb, args=(finished,), name="tflab-interrupt", daemon=True).start()

    def _climb(self, finished: threading.Event) -> None:
        for number in range(ROUNDS):
            with self._lock:
                if finished.is_set():
                    return
                self._cancellation.cancel()
            if self._cancellation.available and finished.wait(CANCEL_GRACE):
                return
            with self._lock:
                if finished.is_set():
                    return
                self._cancellation.renew()
                os.kill(os.getpid(), signal.SIGINT)
            # Longer from round to round: where an operation outlasts the grace, the next cancellation meets this
            # signal, TensorFlow makes an ordinary exception of the two, and code that catches those runs on.
            if finished.wait(min(SIGNAL_GRACE * 2 ** (number // 2), LONGEST_GRACE)):
                return
        with self._lock:
            # All in vain; another request may try again.
            if self._climbed is finished:
                self._climbed = None

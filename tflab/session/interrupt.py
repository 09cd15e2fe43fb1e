"""Stopping a cell: TensorFlow's cancellation first, then SIGINT, again and again until the cell yields.

A tf.function that is busy in C++ never looks at signals, and Python code never looks at TensorFlow's cancellation,
so both are needed. They must not meet: a `KeyboardInterrupt` that is raised while TensorFlow builds a
`CancelledError` comes out as an ordinary RuntimeError of pybind11, which code that catches those survives. So the
cancellation comes first, and a signal that still meets such a constructor is sent again. A cancelled manager makes
every later call of a tf.function fail at once, hence a fresh one with each `KeyboardInterrupt`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, NoReturn

CANCEL_GRACE: Final = 0.15
"""Seconds between TensorFlow's cancellation and SIGINT."""
SIGNAL_GRACE: Final = 0.25
"""Seconds between SIGINT and the next round, at first."""
LONGEST_GRACE: Final = 4.0
"""Seconds; the same, at last: code that cleans up may take its time."""
RESEND: Final = 0.005
"""Seconds until a signal that came at the wrong moment is sent again."""
SHORT_TURN: Final = 2e-5
"""Seconds that a thread has Python for itself while signals are sent again."""
ROUNDS: Final = 12

_ERRORS_BUILT_IN: Final = os.path.join("tensorflow", "python", "framework", "errors_impl.py")
_DEEPEST: Final = 3
"""Frames that are looked at for a place that swallows exceptions."""
MOST_PUT_OFF: Final = 40
"""Signals that such places may turn away: a ``__del__`` may be all that runs."""

# The learner's code may replace this name in its module; ours keeps working.
_now = time.monotonic


class InterruptGate:
    """Decides when SIGINT becomes `KeyboardInterrupt`: only while the learner's code runs, never inside our locks.

    All methods belong to the main thread, where Python runs signal handlers; ``hold`` and ``release`` may be called
    from any thread and do nothing elsewhere.
    """

    def __init__(self, before_raising: Callable[[], None] = lambda: None) -> None:
        self._armed = 0
        self._held = 0
        self._postponed = False
        self._main_thread = threading.main_thread().ident
        self._before_raising = before_raising
        self._put_off = 0
        self.unwelcome = False
        """Set where a signal came at a place that swallows exceptions, and was dropped; who sends again clears it."""

    def install(self) -> None:
        """Takes SIGINT over. The learner's code may replace the handler; every cell starts with ours."""
        self._main_thread = threading.get_ident()
        if not self.is_installed:
            signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        if not self._armed:
            return
        if self._held:
            self._postponed = True
        elif self._put_off < MOST_PUT_OFF and _swallows(frame):
            self._put_off += 1
            self.unwelcome = True
        else:
            self._interrupt()

    def _interrupt(self) -> NoReturn:
        self._put_off = 0
        self._before_raising()
        raise KeyboardInterrupt

    @property
    def is_installed(self) -> bool:
        """False where the learner's code handles SIGINT itself."""
        return signal.getsignal(signal.SIGINT) == self._on_signal

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
                    self._interrupt()


def _swallows(frame: FrameType | None) -> bool:
    """Whether what is raised in ``frame`` is lost: in the constructor of TensorFlow's errors, in ``__del__``."""
    for _ in range(_DEEPEST):
        if frame is None:
            return False
        if frame.f_code.co_name == "__del__" or frame.f_code.co_filename.endswith(_ERRORS_BUILT_IN):
            return True
        frame = frame.f_back
    return False


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

    def __init__(self, cancellation: TensorFlowCancellation, gate: InterruptGate) -> None:
        self._cancellation = cancellation
        self._gate = gate
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
                self._gate.unwelcome = False
                self._cancellation.cancel()
            if self._cancellation.available and finished.wait(CANCEL_GRACE):
                return
            if not self._signal(finished):
                return
            if self._settled(finished, min(SIGNAL_GRACE * 2 ** (number // 2), LONGEST_GRACE)):
                return
        with self._lock:
            self._cancellation.renew()
            # All in vain; another request may try again.
            if self._climbed is finished:
                self._climbed = None

    def _signal(self, finished: threading.Event) -> bool:
        """Sends SIGINT; False where the cell has ended before."""
        with self._lock:
            if finished.is_set():
                return False
            if not self._gate.is_installed:
                # Whoever handles it may go on with TensorFlow.
                self._cancellation.renew()
            os.kill(os.getpid(), signal.SIGINT)
            return True

    def _settled(self, finished: threading.Event, grace: float) -> bool:
        """Waits up to ``grace`` seconds for the cell's end, and sends the signal again as often as it is unwelcome."""
        deadline = _now() + grace
        usual = sys.getswitchinterval()
        try:
            while (left := deadline - _now()) > 0:
                if finished.wait(min(RESEND, left)):
                    return True
                if self._gate.unwelcome:
                    self._gate.unwelcome = False
                    # This thread gets its turn mostly when the other enters TensorFlow, whose error is the first
                    # that comes of it; it is to get turns at other places, too.
                    sys.setswitchinterval(SHORT_TURN)
                    if not self._signal(finished):
                        return True
            return finished.is_set()
        finally:
            sys.setswitchinterval(usual)

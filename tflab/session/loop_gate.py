"""Where a training loop waits: between two steps, on the learner's own thread. Plain logic, no TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol

from tflab.protocol.steering import LoopAction


class LoopStopped(KeyboardInterrupt):
    """Ends a loop between two steps, as Ctrl+C would in the middle of one."""


class Listener(Protocol):
    """What happens at the gate; called on the learner's thread."""

    def paused(self) -> None:
        """The loop waits from now on."""

    def resumed(self) -> None:
        """It goes on."""

    def stop(self) -> None:
        """The loop is to end here: returns where it will by itself, else raises `LoopStopped`."""


class LoopGate:
    """Carries out what was asked of the loop. ``ask`` and ``do`` may be called from any thread."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        # Not a condition: a KeyboardInterrupt may come at any instruction of a wait.
        self._asked: SimpleQueue[LoopAction | Callable[[], None]] = SimpleQueue()
        self.is_open = True
        """True while nothing was asked: a step then costs no more than this look."""
        self._pauses = False

    def ask(self, action: LoopAction) -> None:
        """Has ``action`` done at the next step; one who waits hears at once."""
        self._asked.put(action)
        self.is_open = False

    def do(self, work: Callable[[], None]) -> None:
        """Has ``work`` done between two steps, on the thread that passes the gate."""
        self._asked.put(work)
        self.is_open = False

    def pass_step(self) -> None:
        """A step is about to begin (the learner's thread). Raises `LoopStopped`."""
        if self.is_open:
            return
        self.is_open = True
        self._take_all()
        if self._pauses:
            self.is_open = False
            self._wait()

    def work_left(self) -> list[Callable[[], None]]:
        """The work that no step has met; what else was asked is forgotten, and the loop does not wait."""
        self.is_open, self._pauses = True, False
        left: list[Callable[[], None]] = []
        while True:
            try:
                asked = self._asked.get_nowait()
            except Empty:
                return left
            if callable(asked):
                left.append(asked)

    def _take_all(self) -> None:
        while True:
            try:
                asked = self._asked.get_nowait()
            except Empty:
                return
            self._take(asked)

    def _wait(self) -> None:
        self._listener.paused()
        try:
            while self._pauses:
                asked = self._asked.get()
                if asked == "step":
                    # One step, and here again.
                    return
                self._take(asked)
        finally:
            self._listener.resumed()
        self.is_open = True
        # In this order: what is asked meanwhile closes the gate by itself.
        if not self._asked.empty():
            self.is_open = False

    def _take(self, asked: LoopAction | Callable[[], None]) -> None:
        if callable(asked):
            asked()
        elif asked == "stop":
            self._pauses = False
            self._listener.stop()
        else:
            # A single step of a loop that runs: it stops before the next one.
            self._pauses = asked != "resume"

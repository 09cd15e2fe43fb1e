"""The thread that turns what the probes noted into events, twenty times a second."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Final

_TICK: Final = 0.05
_IDLE_TICK: Final = 0.5
"""Seconds between two looks while a cell runs, and while none does (a thread of the learner's may train on)."""


class Poller:
    """Calls ``poll`` again and again from a thread of its own."""

    def __init__(self, poll: Callable[[], None]) -> None:
        self._poll = poll
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._is_busy = False
        self._thread = threading.Thread(target=self._run, name="tflab-poller", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def set_busy(self, is_busy: bool) -> None:
        """Whether a cell runs: how often there is something to look for."""
        self._is_busy = is_busy
        if is_busy:
            self._woken.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._is_busy:
                self._stopping.wait(_TICK)
            else:
                self._woken.wait(_IDLE_TICK)
                self._woken.clear()
            if not self._stopping.is_set():
                # Where the lab is gone nobody can be told; this thread ends with the session.
                with contextlib.suppress(Exception):
                    self._poll()

    def stop(self) -> None:
        """Ends the thread; returns when it has ended."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

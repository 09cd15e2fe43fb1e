"""Threads that a cell leaves behind: whatever they do would happen during its check."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

PATIENCE: Final = 1.0
"""Seconds that a thread has to end by itself."""
_POLL: Final = 0.02


class ThreadWatch:
    """Finds threads that run the learner's code and began after this was made."""

    def __init__(self, owns: Callable[[FrameType], bool]) -> None:
        self._owns = owns
        self._known = frozenset(sys._current_frames())

    def left(self) -> str | None:
        """The name of a thread that goes on running the learner's code; None where there is none."""
        deadline = time.monotonic() + PATIENCE
        while (found := self._running()) is not None:
            if time.monotonic() >= deadline:
                return found
            time.sleep(_POLL)
        return None

    def _running(self) -> str | None:
        for identity, frame in sys._current_frames().items():
            if identity not in self._known and identity != threading.get_ident() and self._is_learners(frame):
                return next((thread.name for thread in threading.enumerate() if thread.ident == identity), "?")
        return None

    def _is_learners(self, frame: FrameType | None) -> bool:
        while frame is not None:
            if self._owns(frame):
                return True
            frame = frame.f_back
        return False

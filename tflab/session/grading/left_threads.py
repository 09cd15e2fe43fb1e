"""Threads that a cell leaves behind: whatever they do would happen during its check."""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from collections.abc import Callable
from types import FrameType


class ThreadWatch:
    """Finds threads that began after this was made and run the learner's code, or may at any time.

    A thread of TensorFlow's or Keras's own is none of these; a timer or a pool of Python's library is, since all that
    it will do is what the learner's code gave it.
    """

    def __init__(self, owns: Callable[[FrameType], bool]) -> None:
        self._owns = owns
        self._known = frozenset(sys._current_frames())
        self._python = os.path.join(sysconfig.get_path("stdlib"), "")
        self._packages = os.path.join(sysconfig.get_path("purelib"), "")

    def running(self) -> str | None:
        """The name of such a thread; None where there is none."""
        for identity, frame in sys._current_frames().items():
            if identity not in self._known and identity != threading.get_ident() and self._is_learners(frame):
                return next((thread.name for thread in threading.enumerate() if thread.ident == identity), "?")
        return None

    def _is_learners(self, frame: FrameType | None) -> bool:
        only_python = True
        while frame is not None:
            if self._owns(frame):
                return True
            only_python &= self._is_of_python(frame.f_code.co_filename)
            frame = frame.f_back
        return only_python

    def _is_of_python(self, filename: str) -> bool:
        """Whether a file is of Python's own library."""
        return filename.startswith((self._python, "<")) and not filename.startswith(self._packages)

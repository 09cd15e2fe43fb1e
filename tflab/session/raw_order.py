"""Keeps Python's text behind what was written below Python before it.

Text of Python travels as frames, that of subprocesses and C libraries through two pipes, one for each of descriptors
1 and 2. A print after such output waits until the lab has emptied both: a few milliseconds, and only while there is
something in them.
"""

from __future__ import annotations

import fcntl
import struct
import termios
import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 0.05
"""Seconds that one print waits at most."""
BUDGET: Final = 0.5
"""Seconds that the prints of one cell wait at most; beyond that order is given up for speed."""


class RawOrder:
    """Watches the pipes behind ``descriptors`` (ends of pipes that this process writes to)."""

    def __init__(
        self,
        *descriptors: int,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep, self._now = sleep, now
        self._descriptors = descriptors
        self._buffer = bytearray(4)
        self._left = BUDGET

    def cell_starts(self) -> None:
        """The next cell's prints may wait again."""
        self._left = BUDGET

    def catch_up(self) -> None:
        """Returns when the pipes are empty or patience is at its end."""
        if self._left <= 0 or not self._unread():
            return
        started = self._now()
        end = started + min(PATIENCE, self._left)
        while self._unread() and self._now() < end:
            self._sleep(0.001)
        self._left -= self._now() - started

    def _unread(self) -> bool:
        return any(map(self._holds_text, self._descriptors))

    def _holds_text(self, descriptor: int) -> bool:
        try:
            fcntl.ioctl(descriptor, termios.FIONREAD, self._buffer)
        # The learner's code closed or replaced the descriptor.
        except OSError:
            return False
        (unread,) = struct.unpack("i", self._buffer)
        return bool(unread)

"""Keeps Python's text behind what was written below Python before it.

Text of Python travels as frames, that of subprocesses and C libraries through two pipes, one for each of descriptors
1 and 2. A print after such output waits until the lab has emptied both: a few milliseconds, longer only where the lab
itself comes late, and only while there is something in them.
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
"""Seconds that the prints of one cell wait so; beyond that order is given up for speed."""
LATE: Final = 5.0
"""Seconds more that the prints of one cell wait for a lab that has taken nothing yet: the machine is busy."""
_PAGE: Final = 4096
_CAPACITY: Final = getattr(fcntl, "F_GETPIPE_SZ", None)


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
        self._left, self._late = BUDGET, LATE

    def cell_starts(self) -> None:
        """The next cell's prints may wait again."""
        self._left, self._late = BUDGET, LATE

    def catch_up(self) -> None:
        """Returns when the pipes are empty or patience is at its end."""
        if self._left <= 0 or not any(found := self._unread()):
            return
        waited = self._wait(min(PATIENCE, self._left), lambda unread: any(unread))
        # Where something came or went meanwhile, others write as fast as the lab reads, and there is no order to keep.
        if self._late > 0 and self._is_untouched(found):
            self._late -= waited + self._wait(self._late, lambda _: self._is_untouched(found))
        else:
            self._left -= waited

    def _wait(self, longest: float, goes_on: Callable[[list[int]], bool]) -> float:
        """Waits while ``goes_on`` says so of what is unread; the seconds that it took."""
        started = self._now()
        while goes_on(self._unread()) and self._now() < started + longest:
            self._sleep(0.001)
        return self._now() - started

    def _unread(self) -> list[int]:
        """Bytes in each of the pipes."""
        return [self._held(descriptor) for descriptor in self._descriptors]

    def _held(self, descriptor: int) -> int:
        try:
            fcntl.ioctl(descriptor, termios.FIONREAD, self._buffer)
        # The learner's code closed or replaced the descriptor.
        except OSError:
            return 0
        (unread,) = struct.unpack("i", self._buffer)
        return int(unread)

    def _is_untouched(self, found: list[int]) -> bool:
        """Whether the lab has taken nothing of what was ``found``. A pipe without room tells nothing: what is read of
        it may be there again at once."""
        return self._unread() == found and not self._is_full(found)

    def _is_full(self, unread: list[int]) -> bool:
        return any(
            held > self._room(each) - _PAGE for held, each in zip(unread, self._descriptors, strict=True) if held
        )

    @staticmethod
    def _room(descriptor: int) -> int:
        try:
            return fcntl.fcntl(descriptor, _CAPACITY) if _CAPACITY is not None else 16 * _PAGE
        except OSError:
            return 16 * _PAGE

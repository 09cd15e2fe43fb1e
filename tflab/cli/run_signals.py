"""Signals during a run: collected, so that sessions are ended first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class RunSignals:
    """The signals that came, in order."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Collects signals for the block instead of dying of them."""

        def collect(number: int, frame: FrameType | None) -> None:
            # Nothing more: a session's locks may be held by the very code that was interrupted.
            self.numbers.append(number)

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, collect) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

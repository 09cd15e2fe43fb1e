"""The progress probe: looks twice a second which loops the learner's code is in and how far they have come."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from tflab.protocol.loop_progress import LoopCount, LoopProgressed
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.loop_lengths import counted

_INTERVAL: Final = 0.5
_MOST_LOOPS: Final = 4
_MOST_FRAMES: Final = 200
_TRAINER: Final = "keras/src/backend/tensorflow/trainer.py"
"""``fit`` has its epochs in a loop of this file."""


class ProgressProbe:
    """Tells of loops with a known length while a cell runs."""

    name: Final = "progress"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._due = 0.0
        self._sent: tuple[LoopCount, ...] = ()

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Nothing needs a patch."""
        yield

    def cell_started(self) -> None:
        """A cell is about to run; what is over at once tells nothing."""
        self._due = time.monotonic() + _INTERVAL
        self._sent = ()

    def poll(self, *, final: bool) -> None:
        """Looks where that is due. At the end of a cell no loop runs any more."""
        now = time.monotonic()
        if self._journal.cell is None or final or now < self._due:
            return
        self._due = now + _INTERVAL
        loops = self._loops()
        if loops != self._sent:
            self._sent = loops
            self._journal.write(LoopProgressed(cell=self._journal.cell, loops=loops))

    def _loops(self) -> tuple[LoopCount, ...]:
        frame: FrameType | None = sys._current_frames().get(threading.main_thread().ident or 0)
        frames: list[FrameType] = []
        while frame is not None and len(frames) < _MOST_FRAMES:
            file = frame.f_code.co_filename
            if user_site.is_learners(file) or file.replace("\\", "/").endswith(_TRAINER):
                frames.append(frame)
            frame = frame.f_back
        found = [count for each in reversed(frames) for count in counted(each)]
        return tuple(LoopCount(name=name, done=done, total=total) for name, done, total in found[:_MOST_LOOPS])

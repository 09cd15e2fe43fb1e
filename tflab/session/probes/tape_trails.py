"""Which tape's block leaves a trail: the first that runs at its place in the code."""

from __future__ import annotations

import threading
import weakref
from types import CodeType, FrameType
from typing import Any, Final

import tensorflow as tf

from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.quiet import is_quiet
from tflab.session.probes.tape_trail import TapeTrail

_MOST_PLACES: Final = 4096


class TapeTrails:
    """The trails of the tapes that are in use."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._seen: dict[tuple[int, int], CodeType] = {}
        self._trails: weakref.WeakKeyDictionary[Any, TapeTrail] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def begin(self, tape: Any, caller: FrameType) -> None:
        """A block begins in ``caller``."""
        key = (id(caller.f_code), caller.f_lasti)
        # The code objects are kept, so an id never comes to mean another one.
        if key in self._seen or is_quiet() or not self._journal.is_open or not tf.executing_eagerly():
            return
        if not user_site.is_learners(caller.f_code.co_filename):
            return
        with self._lock:
            if len(self._seen) >= _MOST_PLACES:
                self._seen.clear()
            self._seen[key] = caller.f_code
            trail = self._trails[tape] = TapeTrail(caller)
        trail.start()

    def end(self, tape: Any) -> None:
        """The block of ``tape`` ends."""
        trail = self._trails.get(tape)
        if trail is not None:
            trail.stop()

    def of(self, tape: Any) -> TapeTrail | None:
        """The trail of ``tape``, where its block was recorded."""
        return self._trails.get(tape)

    def used(self, tape: Any) -> None:
        """A gradient was taken; a tape that is not persistent gives no other."""
        trail = self._trails.get(tape)
        if trail is not None and not tape._persistent:
            trail.forget()
            del self._trails[tape]

    def forget(self) -> None:
        """The cell has ended: nothing is asked any more."""
        for trail in list(self._trails.values()):
            trail.forget()
        self._trails.clear()

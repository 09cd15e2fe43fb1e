"""Which tape's block leaves a trail: the first that runs at its place in the code."""

from __future__ import annotations

import functools
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any, Final

import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.eager.polymorphic_function import atomic_function

from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet
from tflab.session.probes.tape_trail import TapeTrail

_SEARCHED_FRAMES: Final = 4
_MOST_PLACES: Final = 4096


class TapeTrails:
    """The trails of the tapes that are in use."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._seen: dict[tuple[int, int], CodeType] = {}
        self._trails: weakref.WeakKeyDictionary[Any, TapeTrail] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()
        self._open: list[TapeTrail] = []
        """Those whose block is running."""

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches calls of functions for the block, which where they can be cancelled do not come to the callbacks of
        operations. A session's can."""
        with replaced(context.Context, "call_function", self._watch_call):
            yield

    def _watch_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        running = self._open

        @functools.wraps(original)
        def call_function(current: Any, name: Any, tensor_inputs: Any, num_outputs: int) -> Any:
            outputs = original(current, name, tensor_inputs, num_outputs)
            if running and not is_quiet():
                self._note_call(tensor_inputs, outputs, sys._getframe(1))
            return outputs

        return call_function

    def _note_call(self, inputs: Any, outputs: Any, caller: FrameType) -> None:
        frame: FrameType | None = caller
        for _ in range(_SEARCHED_FRAMES):
            if frame is None:
                return
            function = frame.f_locals.get("self")
            if isinstance(function, atomic_function.AtomicFunction):
                for trail in tuple(self._open):
                    trail.note_call(function, inputs, outputs, caller)
                return
            frame = frame.f_back

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
            self._open.append(trail)
        trail.start()

    def end(self, tape: Any) -> None:
        """The block of ``tape`` ends."""
        trail = self._trails.get(tape)
        if trail is not None:
            trail.stop()
            self._close(trail)

    def _close(self, trail: TapeTrail) -> None:
        with self._lock:
            if trail in self._open:
                self._open.remove(trail)

    def of(self, tape: Any) -> TapeTrail | None:
        """The trail of ``tape``, where its block was recorded."""
        return self._trails.get(tape)

    def used(self, tape: Any) -> None:
        """A gradient was taken; a tape that is not persistent gives no other."""
        trail = self._trails.get(tape)
        if trail is not None and not tape._persistent:
            trail.forget()
            self._close(trail)
            del self._trails[tape]

    def forget(self) -> None:
        """The cell has ended: nothing is asked any more."""
        for trail in list(self._trails.values()):
            trail.forget()
        self._open.clear()
        self._trails.clear()

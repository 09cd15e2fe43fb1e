"""How often each tf.function of the learner's was called, and by calls that an earlier trace served; each of these is
also asked whether what the trace had read from outside is still so.

TensorFlow itself notes every call from eager code, by whether it traced; the probe adds a count to that.
"""

from __future__ import annotations

import functools
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from tensorflow.python.eager.polymorphic_function import polymorphic_function

from tflab.protocol.trace_events import CallsCounted, CaptureOutdated, FunctionCalls
from tflab.session.probes import user_site
from tflab.session.probes.captured_values import CapturedValues
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

INTERVAL: Final = 0.5
"""Seconds between two reports of the counts."""

_MOST_FUNCTIONS: Final = 1000


class CountedFunction:
    """The tf.functions on one piece of code."""

    __slots__ = ("captured", "file", "hits", "key", "line", "name", "sent", "traced")

    def __init__(self, key: Any, name: str, file: str, line: int | None) -> None:
        self.key = key
        """Kept, so that its id stays its own."""
        self.name = name
        self.file = file
        self.line = line
        self.hits = 0
        self.traced = 0
        self.sent = (0, 0)
        self.captured: dict[int, tuple[weakref.ref[Any], CapturedValues]] = {}
        """By the id of the tf.function object."""


class CallCounts:
    """Counts the calls of functions that were traced."""

    def __init__(self, journal: Journal, probe: str) -> None:
        self._journal = journal
        self._probe = probe
        self._functions: dict[int, CountedFunction] = {}
        self._lock = threading.Lock()
        self._sent_at = 0.0

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches TensorFlow's own count of calls for the block."""
        manager = polymorphic_function._FrequentTracingDetectorManager
        with ExitStack() as stack:
            stack.enter_context(replaced(manager, "called_without_tracing", self._watch_hit))
            stack.enter_context(replaced(manager, "called_with_tracing", self._watch_trace))
            yield

    def _watch_hit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        functions = self._functions

        @functools.wraps(original)
        def called_without_tracing(manager: Any, key: Any) -> Any:
            counted = functions.get(id(key))
            if counted is not None:
                counted.hits += 1
                if counted.captured:
                    self._look_at_captures(counted)
            return original(manager, key)

        return called_without_tracing

    def _watch_trace(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def called_with_tracing(manager: Any, key: Any, *args: Any) -> Any:
            counted = self._functions.get(id(key))
            if counted is not None:
                counted.traced += 1
            return original(manager, key, *args)

        return called_with_tracing

    def traced(self, function: Any, name: str, file: str, line: int | None, plain: Any, instance: Any) -> None:
        """``function`` has been traced: its calls count, and what it reads from outside is remembered. ``plain`` is
        the learner's own function in it, ``instance`` the object whose method that is."""
        key = function._key_for_call_stats
        with self._lock:
            counted = self._functions.get(id(key))
            if counted is None:
                if len(self._functions) >= _MOST_FUNCTIONS:
                    del self._functions[next(iter(self._functions))]
                counted = self._functions[id(key)] = CountedFunction(key, name, file, line)
            counted.captured = {
                known: kept
                for known, kept in counted.captured.items()
                if kept[0]() is not None and known != id(function)
            }
        captured = CapturedValues(plain, instance)
        if captured.is_any:
            counted.captured = {**counted.captured, id(function): (weakref.ref(function), captured)}

    def _look_at_captures(self, counted: CountedFunction) -> None:
        captured = counted.captured
        if len(captured) == 1:
            [(_, values)] = captured.values()
        else:
            # Two above: the wrapper, then TensorFlow's `Function.__call__`.
            found = captured.get(id(sys._getframe(2).f_locals.get("self")))
            if found is None:
                return
            _, values = found
        try:
            outdated = values.outdated()
        except Exception as error:
            self._journal.note_fault(self._probe, error)
            return
        if outdated and not is_quiet() and self._journal.is_open:
            place = user_site.eager_place(sys._getframe(2))
            site = None if place is None else self._journal.cells.place(*place).site
            for value in outdated:
                self._journal.write(
                    CaptureOutdated(
                        cell=self._journal.cell,
                        function=counted.name,
                        file=counted.file,
                        line=counted.line,
                        name=value.name,
                        traced=value.traced,
                        current=value.current,
                        site=site,
                    )
                )

    def cell_started(self) -> None:
        """A cell is about to run: what it uses that has changed since is told anew."""
        for one in tuple(self._functions.values()):
            for _, values in one.captured.values():
                values.forget_told()

    def _let_go(self) -> None:
        """Of what functions read that are no more."""
        with self._lock:
            for one in self._functions.values():
                one.captured = {known: kept for known, kept in one.captured.items() if kept[0]() is not None}

    def poll(self, *, final: bool) -> None:
        """Sends the counts that have changed, where the last time is long enough ago or it is ``final``."""
        if final:
            self._let_go()
        now = time.monotonic()
        if not final and now - self._sent_at < INTERVAL:
            return
        changed = [one for one in tuple(self._functions.values()) if one.sent != (one.hits, one.traced)]
        if not changed:
            return
        self._sent_at = now
        told = []
        for one in changed:
            one.sent = hits, traced = one.hits, one.traced
            told.append(FunctionCalls(function=one.name, file=one.file, line=one.line, calls=hits + traced, hits=hits))
        self._journal.write(CallsCounted(cell=self._journal.cell, functions=tuple(told)))

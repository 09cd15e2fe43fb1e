"""The trace probe: every trace of a tf.function of the learner's, and why it happened.

It hooks the one place that TensorFlow comes to when no earlier trace serves a call; calls that find their trace are
never slowed. Traces made for saving a model, for tf.data pipelines and for the inner workings of TensorFlow and
Keras are left out; a ``train_step`` of the learner's inside Keras's ``fit`` is kept.
"""

from __future__ import annotations

import functools
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple, Protocol

from tensorflow.python.eager.polymorphic_function import polymorphic_function, tracing_compilation
from tensorflow.python.framework import ops
from tensorflow.python.saved_model import save_context

from tflab.protocol.events import FunctionTraced, Site
from tflab.session.probes import trace_reason, user_site
from tflab.session.probes.added_operations import learners_operations
from tflab.session.probes.call_counts import CallCounts
from tflab.session.probes.cell_runs import Place
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet
from tflab.session.probes.recorded_scope import is_recorded
from tflab.session.probes.trace_difference import differences, distance
from tflab.session.probes.trace_effects import TraceEffects
from tflab.session.probes.trace_peers import Peers
from tflab.session.probes.trace_reason import Reason
from tflab.session.probes.trace_signature import signature_text
from tflab.session.probes.traced_function import TracedFunction, function_being_called, traced_function

_CREATION: Final = tracing_compilation.ScopeType.VARIABLE_CREATION
_KEPT_TRACES: Final = 10_000


class _History:
    """What is known of one tf.function object."""

    def __init__(self) -> None:
        self.ordinal = 0
        self.has_failed = False
        self.creating: _Told | None = None
        """The trace that created variables: it never runs, and is told together with the one that follows."""


class _Told(NamedTuple):
    """A trace that was told, for `TraceProbe.traces`."""

    function: weakref.ref[Any]
    code: CodeType
    event: FunctionTraced


class _Attempt(NamedTuple):
    """A trace that is being made."""

    history: _History
    function: Any
    traced: TracedFunction
    reason: Reason
    signature: str
    site: Site | None
    follows_creation: bool
    effects: TraceEffects


class TraceFollower(Protocol):
    """Someone who looks into the traces that are told of, in the thread that traces."""

    def trace_began(self) -> None:
        """A function of the learner's is about to be traced; may happen inside the trace of another."""

    def trace_ended(self, event: FunctionTraced | None, traced: TracedFunction, concrete: Any) -> None:
        """The innermost trace under way has made ``concrete``, of which ``event`` tells; None where it failed."""


class TraceProbe:
    """Says what was traced, when and why."""

    name: Final = "traces"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._histories: weakref.WeakKeyDictionary[Any, _History] = weakref.WeakKeyDictionary()
        self._peers = Peers()
        self._told: deque[_Told] = deque(maxlen=_KEPT_TRACES)
        self._calls = CallCounts(journal, self.name)
        self._lock = threading.Lock()
        self.followers: list[TraceFollower] = []

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches TensorFlow trace for the block, and speaks in the place of its warning about retracing."""
        with (
            replaced(tracing_compilation, "_create_concrete_function", self._watch),
            replaced(polymorphic_function, "FREQUENT_TRACING_WARNING_MAX_WARNING_PER_DETECTOR", lambda most: 0),
            self._calls.patched(),
        ):
            yield

    def _watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def create_concrete_function(function_type: Any, type_context: Any, graph: Any, options: Any) -> Any:
            attempt = self._begin(function_type, options, _lookup_frame(sys._getframe(1)))
            if attempt is None:
                return original(function_type, type_context, graph, options)
            told = concrete = None
            started = time.perf_counter()
            try:
                concrete = original(function_type, type_context, graph, options)
                told = self._finish(attempt, time.perf_counter() - started, concrete)
            except Exception as error:
                self._fail(attempt, time.perf_counter() - started, error)
                raise
            finally:
                attempt.effects.restore()
                for follower in self.followers:
                    follower.trace_ended(told, attempt.traced, concrete)
            return concrete

        return create_concrete_function

    def _begin(self, function_type: Any, options: Any, caller: FrameType) -> _Attempt | None:
        if is_quiet() or not self._journal.is_open or save_context.in_save_context() or options.function_cache is None:
            return None
        if is_recorded(caller.f_locals.get("current_func_context")):
            # Traced for the recorder alone; an ordinary call traces it, and tells so.
            return None
        try:
            traced = traced_function(options)
            function = function_being_called(options.function_cache)
            if traced is None or function is None:
                return None
            # Of the caller: the signature before reduce_retracing makes it wider, and the surroundings of the call.
            wanted = caller.f_locals.get("lookup_func_type", function_type)
            surroundings = caller.f_locals.get("current_func_context")
            place = self._place(caller)
            with self._lock:
                history = self._histories.setdefault(function, _History())
                follows = history.creating is not None and options.scope_type is not _CREATION
                reason = self._reason(traced, function, history, options, wanted, surroundings, place)
            site = None if place is None else place.site
            for follower in self.followers:
                follower.trace_began()
            effects = TraceEffects(traced.function, traced.instance)
            return _Attempt(history, function, traced, reason, signature_text(wanted), site, follows, effects)
        except Exception as error:
            self._journal.note_fault(self.name, error)
            return None

    def _place(self, caller: FrameType) -> Place | None:
        """The learner's statement that made the call."""
        if ops.inside_function():
            inner = user_site.traced_place()
            return None if inner is None else self._journal.cells.traced_place(*inner)
        outer = user_site.eager_place(caller)
        return None if outer is None else self._journal.cells.place(*outer)

    def _reason(
        self,
        traced: TracedFunction,
        function: Any,
        history: _History,
        options: Any,
        wanted: Any,
        surroundings: Any,
        place: Place | None,
    ) -> Reason:
        keys = [key for key in options.function_cache._primary if not is_recorded(key[0])]
        if not keys:
            if history.has_failed:
                return trace_reason.after_failure()
            return self._peers.reason(traced, function, self._journal.run, place)
        earlier = [signature for context, signature in reversed(keys) if context == surroundings]
        if not earlier:
            return trace_reason.of_context(keys[-1][0], surroundings)
        found = min((differences(signature, wanted) for signature in earlier), key=distance)
        if not found:
            return trace_reason.released()
        return trace_reason.of_differences(found, is_relaxed=options.reduce_retracing)

    def _finish(self, attempt: _Attempt, seconds: float, concrete: Any) -> FunctionTraced | None:
        try:
            told = self._told_of(attempt, seconds, learners_operations(concrete.graph))
            if attempt.function._created_variables and attempt.function._no_variable_creation_config is None:
                attempt.history.creating = told
            else:
                self._tell(told)
            traced, event = attempt.traced, told.event
            self._calls.traced(attempt.function, traced.name, event.file, event.line, traced.function, traced.instance)
        except Exception as error:
            self._journal.note_fault(self.name, error)
            return None
        return event

    def _fail(self, attempt: _Attempt, seconds: float, error: Exception) -> None:
        attempt.history.has_failed = True
        try:
            failed = attempt._replace(reason=trace_reason.with_error(attempt.reason, error))
            self._tell(self._told_of(failed, seconds, 0))
        except Exception as fault:
            self._journal.note_fault(self.name, fault)

    def _tell(self, told: _Told) -> None:
        self._told.append(told)
        self._journal.write(told.event)

    def traces(self, function: Any = None) -> list[FunctionTraced]:
        """The traces so far of a tf.function object, of the code of a plain function, or of a qualified name; of all
        without ``function``. Oldest first."""
        if isinstance(function, str):
            return [told.event for told in self._told if told.event.function == function]
        if function is None or isinstance(function, polymorphic_function.Function):
            return [told.event for told in self._told if function is None or told.function() is function]
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        return [told.event for told in self._told if told.code is code]

    def _told_of(self, attempt: _Attempt, seconds: float, operations: int) -> _Told:
        history, reason = attempt.history, attempt.reason
        milliseconds = 1000 * seconds
        effects = attempt.effects.found(self._journal.cells)
        with self._lock:
            creating = history.creating if attempt.follows_creation else None
            if creating is None:
                history.ordinal += 1
            else:
                history.creating = None
                before = creating.event
                milliseconds += before.milliseconds
                effects = before.effects or effects
                reason = Reason(before.cause, before.reason, before.fix)
                if before.cause == "first":
                    reason = trace_reason.first_with_variables()
        event = FunctionTraced(
            cell=self._journal.cell,
            function=attempt.traced.name,
            file=self._journal.cells.name(attempt.traced.code.co_filename),
            line=user_site.definition_line(attempt.traced.code),
            ordinal=history.ordinal,
            cause=reason.cause,
            reason=reason.reason,
            fix=reason.fix,
            signature=attempt.signature,
            milliseconds=milliseconds,
            operations=operations,
            site=attempt.site,
            effects=effects,
        )
        return _Told(weakref.ref(attempt.function), attempt.traced.code, event)

    def cell_started(self) -> None:
        """A cell is about to run."""
        self._calls.cell_started()

    def poll(self, *, final: bool) -> None:
        """Traces are told as they happen; with ``final`` also one that created variables and was never followed."""
        self._calls.poll(final=final)
        if not final:
            return
        with self._lock:
            waiting = [history for history in self._histories.values() if history.creating is not None]
        for history in waiting:
            told, history.creating = history.creating, None
            if told is not None:
                self._tell(told)


def _lookup_frame(frame: FrameType) -> FrameType:
    """The frame in which TensorFlow looked for a trace, had none, and came to make one."""
    lookup = tracing_compilation._maybe_define_function.__code__
    current: FrameType | None = frame
    while current is not None and current.f_code is not lookup:
        current = current.f_back
    return current or frame

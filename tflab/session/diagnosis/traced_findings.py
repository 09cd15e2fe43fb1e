"""Findings that only a trace can show, told again in each later run of the same cell that uses the trace.

A graph is traced once. Where the calling cell runs again, the fault is still in the graph although nothing is traced:
what was found belongs to the function until it is traced anew.
"""

from __future__ import annotations

import functools
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple

from keras.src.backend.tensorflow import trainer
from tensorflow.python.framework import ops

from tflab.protocol.events import FunctionTraced
from tflab.protocol.trace_events import CallsCounted
from tflab.session.diagnosis.finding import Finding
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.private_names import absent_name
from tflab.session.probes.traced_function import TracedFunction

_MOST: Final = 1000
_FUNCTIONS: Final = {
    "make_train_function": "train_function",
    "make_test_function": "test_function",
    "make_predict_function": "predict_function",
}
"""What Keras calls before each ``fit``, ``evaluate`` and ``predict``, and where it keeps what that made."""
_NEEDED: Final = tuple(f"keras.src.backend.tensorflow.trainer:TensorFlowTrainer.{name}" for name in _FUNCTIONS)
"""Private names without which Keras's models are not followed."""
_CALLS: Final = {
    "fit": "make_train_function",
    "train_on_batch": "make_train_function",
    "evaluate": "make_test_function",
    "test_on_batch": "make_test_function",
    "predict": "make_predict_function",
    "predict_on_batch": "make_predict_function",
}

_Function = tuple[str, str, int | None]


class _Kept(NamedTuple):
    """The findings of the latest trace of a function, or of what Keras made of a model's step."""

    cell: int | None
    """The cell that ran then."""
    scope: list[Finding]
    code: CodeType | None = None
    ordinal: int = 0


class TracedFindings:
    """Follows the traces of the learner's functions, and the training of Keras's models."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._here = threading.local()
        self._by_function: dict[_Function, _Kept] = {}
        self._by_model: weakref.WeakKeyDictionary[Any, dict[str, _Kept]] = weakref.WeakKeyDictionary()

    # --- what is being traced ------------------------------------------------------------------------------------

    def _stack(self) -> list[list[Finding]]:
        stack: list[list[Finding]] | None = getattr(self._here, "stack", None)
        if stack is None:
            stack = self._here.stack = []
        return stack

    def note(self, finding: Finding) -> None:
        """``finding`` was made here and now: it belongs to each trace under way in this thread."""
        if ops.inside_function():
            for scope in (*self._stack(), self._of_training(sys._getframe(1))):
                scope.append(finding)

    def _of_training(self, frame: FrameType | None) -> list[Finding]:
        """The findings of the model that is trained in ``frame`` or one of its callers."""
        while frame is not None:
            maker = _CALLS.get(frame.f_code.co_name)
            if maker is not None and frame.f_code.co_filename == trainer.__file__:
                known = self._by_model.get(frame.f_locals.get("self"), {})
                return known[maker].scope if maker in known else []
            frame = frame.f_back
        return []

    def trace_began(self) -> None:
        """As of `TraceFollower`."""
        self._stack().append([])

    def trace_ended(self, event: FunctionTraced | None, traced: TracedFunction, concrete: Any) -> None:
        """As of `TraceFollower`. What an earlier trace showed is forgotten."""
        stack = self._stack()
        scope = stack.pop() if stack else []
        if event is None:
            return
        key = (event.function, event.file, event.line)
        before = self._by_function.pop(key, None)
        if before is not None and before.code is traced.code and before.ordinal == event.ordinal:
            # The trace that made the variables, and the one that runs: one to the learner.
            scope[:0] = before.scope
        if len(self._by_function) >= _MOST:
            del self._by_function[next(iter(self._by_function))]
        self._by_function[key] = _Kept(event.cell, scope, traced.code, event.ordinal)

    # --- what is used again --------------------------------------------------------------------------------------

    def used(self, event: CallsCounted) -> Iterator[Finding]:
        """The findings of the functions that ran, where the cell that traced them runs again."""
        for calls in event.functions:
            kept = self._by_function.get((calls.function, calls.file, calls.line))
            if kept is not None and kept.cell == self._journal.cell:
                yield from kept.scope

    @contextmanager
    def patched(self, tell: Callable[[Finding], None]) -> Iterator[None]:
        """Gives ``tell`` for the block what is still true of a model that goes on with what was traced for it."""
        with ExitStack() as stack:
            for maker in _FUNCTIONS if absent_name(_NEEDED) is None else ():
                watch = functools.partial(self._watch, maker, tell)
                stack.enter_context(replaced(trainer.TensorFlowTrainer, maker, watch))
            yield

    def _watch(self, maker: str, tell: Callable[[Finding], None], original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def make_function(model: Any, force: bool = False) -> Any:
            for finding in self._of_model(model, maker, is_new=force or getattr(model, _FUNCTIONS[maker]) is None):
                tell(finding)
            return original(model, force)

        return make_function

    def _of_model(self, model: Any, maker: str, *, is_new: bool) -> tuple[Finding, ...]:
        known = self._by_model.setdefault(model, {})
        if is_new or maker not in known:
            known[maker] = _Kept(self._journal.cell, [])
        kept = known[maker]
        return tuple(kept.scope) if kept.cell == self._journal.cell else ()

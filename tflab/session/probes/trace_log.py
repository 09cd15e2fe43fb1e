"""What AutoGraph did in the traces under way: the functions that it converted, and what became of each ``if``, ``for``
and ``while`` in them.

AutoGraph turns every such statement into a call that decides, by the values at hand, whether Python runs it or the
graph gets it. The functions that do the one or the other are watched.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import CodeType, FrameType, ModuleType
from typing import Any, Final, NamedTuple

from tensorflow.python.autograph.impl import api
from tensorflow.python.autograph.operators import conditional_expressions, control_flow
from tensorflow.python.autograph.pyct import origin_info

from tflab.protocol.trace_events import StatementKind
from tflab.session.probes import user_site
from tflab.session.probes.patching import replaced

_WATCHED: Final[tuple[tuple[ModuleType, str, StatementKind, bool], ...]] = (
    (control_flow, "_tf_if_stmt", "if", True),
    (control_flow, "_py_if_stmt", "if", False),
    (conditional_expressions, "_tf_if_exp", "if", True),
    (conditional_expressions, "_py_if_exp", "if", False),
    (control_flow, "_py_for_stmt", "for", False),
    (control_flow, "_known_len_tf_for_stmt", "for", True),
    (control_flow, "_tf_range_for_stmt", "for", True),
    (control_flow, "_tf_iterator_for_stmt", "for", True),
    (control_flow, "_tf_distributed_iterable_for_stmt", "for", True),
    (control_flow, "_tf_while_stmt", "while", True),
    (control_flow, "_py_while_stmt", "while", False),
)
"""AutoGraph's functions: where they are, for which statement, and whether they build it into the graph."""

_SEARCHED_FRAMES: Final = 8
_MOST_STATEMENTS: Final = 2000
_MOST_FUNCTIONS: Final = 64

Convert = Callable[..., Any]


class Conversion(NamedTuple):
    """A function of the learner's and what AutoGraph made of it."""

    function: Any
    converted: Any


class StatementCounts:
    """What became of one statement in one trace."""

    __slots__ = ("graph", "iterations", "python", "taken")

    def __init__(self) -> None:
        self.graph = 0
        self.python = 0
        self.iterations = 0
        self.taken = 0


class TraceLog:
    """One trace."""

    def __init__(self) -> None:
        self.conversions: dict[CodeType, Conversion] = {}
        self.statements: dict[tuple[str, int, StatementKind], StatementCounts] = {}
        """By file and line of the learner's."""
        self.maps: dict[str, Any] = {}
        """AutoGraph's source map of each file that it wrote."""

    def converted(self, function: Any, converted: Any) -> None:
        """AutoGraph has ``converted`` one more function, or used an earlier conversion of it."""
        code = getattr(function, "__code__", None)
        if code is None or len(self.conversions) >= _MOST_FUNCTIONS:
            return
        self.maps[converted.ag_module.__file__] = converted.ag_source_map
        if user_site.is_learners(code.co_filename):
            self.conversions.setdefault(code, Conversion(function, converted))

    def at(self, frame: FrameType | None, kind: StatementKind) -> StatementCounts:
        """The counts of the statement of that ``kind`` that runs in ``frame``'s nearest converted caller."""
        place = self._place(frame)
        if place is None or len(self.statements) >= _MOST_STATEMENTS:
            return StatementCounts()
        return self.statements.setdefault((*place, kind), StatementCounts())

    def _place(self, frame: FrameType | None) -> tuple[str, int] | None:
        for _ in range(_SEARCHED_FRAMES):
            if frame is None:
                return None
            source_map = self.maps.get(frame.f_code.co_filename)
            if source_map is not None:
                origin = source_map.get(origin_info.LineLocation(frame.f_code.co_filename, frame.f_lineno))
                return None if origin is None else (origin.loc.filename, origin.loc.lineno)
            frame = frame.f_back
        return None


class _Logs(threading.local):
    def __init__(self) -> None:
        self.under_way: list[TraceLog] = []


class TraceLogs:
    """The logs of the traces under way, by thread."""

    def __init__(self) -> None:
        self._logs = _Logs()

    def begin(self) -> None:
        """A trace begins in this thread."""
        self._logs.under_way.append(TraceLog())

    def end(self) -> TraceLog:
        """The innermost trace of this thread has ended."""
        return self._logs.under_way.pop() if self._logs.under_way else TraceLog()

    @property
    def _current(self) -> TraceLog | None:
        return self._logs.under_way[-1] if self._logs.under_way else None

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches AutoGraph for the block."""
        with ExitStack() as stack:
            stack.enter_context(replaced(api, "_convert_actual", self._watch_conversion))
            for owner, name, kind, is_graph in _WATCHED:
                watch = functools.partial(self._watch_statement, kind=kind, is_graph=is_graph)
                stack.enter_context(replaced(owner, name, watch))
            # Loops over a dataset, and over whatever else was registered.
            stack.enter_context(replaced(control_flow.for_loop_registry, "lookup", self._watch_lookup))
            yield

    def _watch_conversion(self, original: Convert) -> Convert:
        @functools.wraps(original)
        def convert_actual(entity: Any, program_ctx: Any) -> Any:
            converted = original(entity, program_ctx)
            log = self._current
            if log is not None:
                log.converted(entity, converted)
            return converted

        return convert_actual

    def _watch_statement(self, original: Convert, *, kind: StatementKind, is_graph: bool) -> Convert:
        @functools.wraps(original)
        def statement(first: Any, second: Any, third: Any, *rest: Any, **named: Any) -> Any:
            log = self._current
            caller = sys._getframe(1)
            # A `for` over a tensor becomes a `while` on the way.
            if log is None or caller.f_code.co_name not in _DISPATCHERS:
                return original(first, second, third, *rest, **named)
            counts = log.at(caller, kind)
            if is_graph:
                counts.graph += 1
                return original(first, second, third, *rest, **named)
            counts.python += 1
            if kind == "if":
                return original(first, _counted(second, counts, "taken"), third, *rest, **named)
            if kind == "for":
                return original(first, second, _counted(third, counts, "iterations"), *rest, **named)
            # AutoGraph has run the body once before it decided.
            counts.iterations += 1
            return original(first, _counted(second, counts, "iterations"), third, *rest, **named)

        return statement

    def _watch_lookup(self, original: Convert) -> Convert:
        @functools.wraps(original)
        def lookup(iterated: Any) -> Any:
            found = original(iterated)
            log = self._current
            if log is not None:
                log.at(sys._getframe(1), "for").graph += 1
            return found

        return lookup


_DISPATCHERS: Final = frozenset({"if_stmt", "for_stmt", "while_stmt", "if_exp"})


def _counted(body: Convert, counts: StatementCounts, what: str) -> Convert:
    def counted(*arguments: Any) -> Any:
        setattr(counts, what, getattr(counts, what) + 1)
        return body(*arguments)

    return counted

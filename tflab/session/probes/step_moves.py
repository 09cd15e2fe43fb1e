"""How far a step inside a graph moves its variables: looked at before and after a call of the graph's function, so that
the graph itself pays nothing."""

from __future__ import annotations

import functools
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tensorflow.python.eager import context
from tensorflow.python.eager.polymorphic_function import concrete_function

from tflab.session.probes.gradient_rows import GradientRow
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet, quiet
from tflab.session.probes.ring import Ring
from tflab.session.probes.update_ratio import UpdateRatios


class StepMoves:
    """Of the variables of one ``tape.gradient`` that an optimizer moves, in graphs of which a call is one step."""

    def __init__(self, ring: Ring, rows: list[GradientRow], variables: list[Any]) -> None:
        """``rows`` name the ``variables``; ``ring`` counts the steps."""
        self.ratios = UpdateRatios()
        self._ring = ring
        self._rows = rows
        self._variables = [weakref.ref(variable) for variable in variables]

    def is_of(self, variables: list[Any]) -> bool:
        """Whether it measures just these."""
        return [id(variable()) for variable in self._variables] == list(map(id, variables))

    def keep(self) -> None:
        """A call begins: keeps what the variables hold, where the last time is long enough ago."""
        variables = [variable() for variable in self._variables]
        if not any(variable is None for variable in variables):
            self.ratios.keep(self._rows, variables, self._ring.written(), time.monotonic())

    def compare(self) -> None:
        """The call has ended: measures, where it was one step and no other came between."""
        kept = self.ratios.kept_at
        if kept is None:
            return
        if self._ring.written() == kept + 1:
            self.ratios.compare()
        else:
            self.ratios.let_go()


class MovesOnDemand:
    """Measures the next call of a graph's function, where that was asked."""

    def __init__(self, on_fault: Callable[[Exception], None]) -> None:
        self._on_fault = on_fault
        self._lock = threading.Lock()
        self._asked: dict[int, list[StepMoves]] = {}
        """By the id of the graph. An id that comes to mean another graph does no harm: its call is no step of these."""

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches calls of traced functions for the block."""
        with replaced(concrete_function.ConcreteFunction, "_call_flat", self._watch):
            yield

    def ask(self, moves: StepMoves, graphs: Iterable[Any]) -> None:
        """Has ``moves`` measured in the next call of any of ``graphs``."""
        with self._lock:
            for graph in graphs:
                asked = self._asked.setdefault(id(graph), [])
                if moves not in asked:
                    asked.append(moves)

    def _watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        asked = self._asked

        @functools.wraps(original)
        def call_flat(function: Any, *args: Any, **kwargs: Any) -> Any:
            # Nearly always there is nothing to do.
            if not asked or id(function._func_graph) not in asked or is_quiet() or not context.executing_eagerly():
                return original(function, *args, **kwargs)
            kept: list[StepMoves] = []
            self._quietly(lambda: kept.extend(self._kept(function._func_graph)))
            result = original(function, *args, **kwargs)
            for moves in kept:
                self._quietly(moves.compare)
            return result

        return call_flat

    def _kept(self, graph: Any) -> Iterator[StepMoves]:
        """What a call of ``graph`` is to be measured for, once that has looked at what is there before."""
        with self._lock:
            due = self._asked.pop(id(graph), [])
            for key in tuple(self._asked):
                left = [moves for moves in self._asked[key] if moves not in due]
                if left:
                    self._asked[key] = left
                else:
                    del self._asked[key]
        for moves in due:
            moves.keep()
            yield moves

    def _quietly(self, work: Callable[[], None]) -> None:
        try:
            with quiet:
                work()
        except Exception as error:
            # Whatever goes wrong in here is no concern of the learner's program.
            self._on_fault(error)

"""``metric-not-reset``: a metric that mixes every epoch with all before it.

The evidence: ``result()`` is read once after each of several passes of an inner loop (the source tells the loop), the
metric has gone on counting in between, and nobody reset it.
"""

from __future__ import annotations

import ast
import functools
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, ClassVar, Final

import keras
import numpy as np
import tensorflow as tf

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_PASSES: Final = 2
"""Passes that are mixed before it is told."""


class _Reads:
    """How a metric was read at one place since it was reset."""

    def __init__(self) -> None:
        self.count = 0
        self.updates = -1.0


class MetricNotReset(Rule):
    """Watches who reads and who resets the learner's metrics."""

    needs: ClassVar[tuple[str, ...]] = ("keras:metrics.Metric.result", "keras:metrics.Metric.reset_state")

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._reads: weakref.WeakKeyDictionary[Any, dict[tuple[str, int], _Reads]] = weakref.WeakKeyDictionary()
        self._after_loop: dict[tuple[str, int], bool] = {}

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches all metrics of Keras for the block, each class where it has methods of its own."""
        kinds = [kind for kind in vars(keras.metrics).values() if isinstance(kind, type)]
        owners = {owner for kind in kinds for owner in kind.__mro__ if issubclass(owner, keras.metrics.Metric)}
        with ExitStack() as stack:
            for owner in sorted(owners, key=lambda owner: str(owner)):
                if "result" in vars(owner):
                    stack.enter_context(replaced(owner, "result", self._watch_result))
                if "reset_state" in vars(owner):
                    stack.enter_context(replaced(owner, "reset_state", self._watch_reset))
            yield

    def _watch_result(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def result(metric: Any) -> Any:
            caller = sys._getframe(1)
            if (
                tf.executing_eagerly()
                and not is_quiet()
                and self.journal.is_open
                and user_site.is_learners(caller.f_code.co_filename)
            ):
                self.attempt(self._note, metric, caller)
            return original(metric)

        return result

    def _watch_reset(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def reset_state(metric: Any) -> Any:
            self._reads.pop(metric, None)
            return original(metric)

        return reset_state

    def cell_started(self) -> None:
        """The source may be another."""
        self._after_loop.clear()

    def _note(self, metric: Any, caller: FrameType) -> None:
        place = caller.f_code.co_filename, caller.f_lineno
        if place not in self._after_loop:
            self._after_loop[place] = _follows_a_loop(*place)
        if not self._after_loop[place]:
            return
        updates = _updates(metric)
        if updates is None:
            return
        reads = self._reads.setdefault(metric, {}).setdefault(place, _Reads())
        if updates <= reads.updates:
            # Read again with nothing in between, or it began anew.
            reads.count = 1 if updates < reads.updates else reads.count
            reads.updates = updates
            return
        reads.updates = updates
        reads.count += 1
        if reads.count >= _PASSES:
            values = {"metric": _name(metric, place), "passes": reads.count}
            self.report(Finding("metric-not-reset", place, values, severity="warning", subject=str(values["metric"])))


def _updates(metric: Any) -> float | None:
    """A number that grows with every update; None where the metric has none."""
    for name in ("count", "total_cm", "true_positives", "total"):
        variable = getattr(metric, name, None)
        if isinstance(variable, keras.Variable):
            return float(np.sum(variable.numpy()))
    return None


def _follows_a_loop(file: str, line: int) -> bool:
    """Whether the statement on ``line`` comes after a loop in the same block, or around it in the same function: once
    a pass, not once a step."""
    tree = source_text.tree_of(file)
    statement = source_text.statement_at(file, line)
    if tree is None or statement is None:
        return False
    for node in reversed(source_text.enclosing(tree, statement)):
        for block in _blocks(node):
            position = next((index for index, each in enumerate(block) if source_text.covers(each, line)), None)
            if position is not None and any(map(_is_a_pass, block[:position])):
                return not isinstance(node, ast.Module)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
    return False


def _is_a_pass(statement: ast.stmt) -> bool:
    """Whether it is a loop, and not one over the metrics themselves."""
    if not isinstance(statement, ast.For):
        return isinstance(statement, ast.While)
    names = {node.id for node in ast.walk(statement.target) if isinstance(node, ast.Name)}
    return not any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update_state"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in names
        for node in ast.walk(statement)
    )


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _name(metric: Any, place: tuple[str, int]) -> str:
    """What the metric is called where it is read."""
    calls = [
        call
        for call in source_text.nodes_at(*place, ast.Call)
        if source_text.called_name(call) == "result" and isinstance(call.func, ast.Attribute)
    ]
    if len(calls) == 1 and isinstance(calls[0].func, ast.Attribute):
        return source_text.text_of(calls[0].func.value)
    return str(metric.name)

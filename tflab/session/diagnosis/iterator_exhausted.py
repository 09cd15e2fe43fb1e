"""``iterator-exhausted``: a loop over an iterator that has given everything already, and so does nothing.

The evidence for iterators over datasets: the end was reached twice with nothing in between. For Python's own
(generators, zip, map) nobody sees them end; there the source shows a loop inside another over a name that holds one
and is not made anew.
"""

from __future__ import annotations

import ast
import functools
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final

import tensorflow as tf
from tensorflow.python.data.ops import iterator_ops

from tflab.session.diagnosis import source_text
from tflab.session.diagnosis.finding import Finding
from tflab.session.diagnosis.raised_error import RaisedError
from tflab.session.diagnosis.rule import Report, Rule
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet

_GIVEN_ONCE: Final = (types.GeneratorType, zip, map, filter, enumerate)


class IteratorExhausted(Rule):
    """Watches the ends of iterators over datasets."""

    needs: ClassVar[tuple[str, ...]] = ("tensorflow.python.data.ops.iterator_ops:OwnedIterator.__next__",)

    def __init__(self, report: Report, journal: Journal) -> None:
        super().__init__(report, journal)
        self._ended: weakref.WeakSet[Any] = weakref.WeakSet()
        self._has_failed = False

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches ``next`` for the block."""
        with replaced(iterator_ops.OwnedIterator, "__next__", self._watch):
            yield

    def _watch(self, original: Callable[[Any], Any]) -> Callable[[Any], Any]:
        @functools.wraps(original)
        def get_next(iterator: Any) -> Any:
            try:
                return original(iterator)
            except StopIteration:
                if not is_quiet() and self.journal.is_open:
                    self.attempt(self._note_end, iterator, sys._getframe(1))
                raise

        return get_next

    def _note_end(self, iterator: Any, caller: types.FrameType) -> None:
        if iterator not in self._ended:
            self._ended.add(iterator)
            return
        # Only a loop hides that there was nothing; ``next`` says it.
        if not user_site.is_learners(caller.f_code.co_filename):
            return
        place = caller.f_code.co_filename, caller.f_lineno
        for loop in source_text.nodes_at(*place, ast.For):
            if loop.iter.lineno <= place[1] <= (loop.iter.end_lineno or 0):
                values = {"iterator": source_text.text_of(loop.iter)}
                self.report(Finding("iterator-exhausted", place, values))

    def error(self, error: RaisedError) -> None:
        """``next`` after the end."""
        self._has_failed = True
        is_end = isinstance(error.exception, StopIteration)
        if not is_end and not (
            isinstance(error.exception, tf.errors.OutOfRangeError) and error.find("End of sequence")
        ):
            return
        call = error.is_from_call_of("next", "get_next", "__next__")
        if call is None:
            return
        if call.args:
            name = source_text.text_of(call.args[0])
        else:
            name = source_text.text_of(call.func.value) if isinstance(call.func, ast.Attribute) else "iterator"
        values = {"iterator": name}
        self.report(Finding("iterator-exhausted", error.place, values, variant="next", said_by=error.said))

    def cell_started(self) -> None:
        """Nothing has failed yet."""
        self._has_failed = False

    def cell_finished(self) -> None:
        """Looks for loops of the cell over what gives everything once."""
        file, first = self.journal.cells.running
        tree = source_text.tree_of(file)
        if tree is None or self._has_failed:
            return
        for outer in tree.body:
            if isinstance(outer, ast.For) and outer.lineno >= first and self._repeats(outer):
                self._look_inside(outer, file)

    def _repeats(self, loop: ast.For) -> bool:
        """Whether the loop has surely gone round more than once."""
        length: object = None
        if isinstance(loop.iter, ast.Call) and source_text.called_name(loop.iter) == "range":
            numbers = [self._number(argument) for argument in loop.iter.args]
            length = len(range(*numbers)) if None not in numbers and 0 not in numbers[2:] else None  # type: ignore[arg-type]
        elif isinstance(loop.iter, (ast.List, ast.Tuple)):
            length = len(loop.iter.elts)
        elif isinstance(loop.iter, ast.Name) and type(self.journal.namespace.get(loop.iter.id)) in (list, tuple):
            length = len(self.journal.namespace[loop.iter.id])
        return isinstance(length, int) and length > 1 and not _leaves(loop)

    def _number(self, node: ast.expr) -> int | None:
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(node, ast.Name):
            value = self.journal.namespace.get(node.id)
        return value if type(value) is int else None

    def _look_inside(self, outer: ast.For, file: str) -> None:
        for inner in ast.walk(outer):
            if not isinstance(inner, ast.For) or inner is outer or not isinstance(inner.iter, ast.Name):
                continue
            name = inner.iter.id
            value = self.journal.namespace.get(name)
            if not isinstance(value, _GIVEN_ONCE) or _is_bound_in(outer, name) or _leaves(inner):
                continue
            if isinstance(value, types.GeneratorType) and value.gi_frame is not None:
                continue
            self.report(Finding("iterator-exhausted", (file, inner.lineno), {"iterator": name}))


def _is_bound_in(loop: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in ast.walk(loop)
    )


def _leaves(loop: ast.For) -> bool:
    return any(isinstance(node, (ast.Break, ast.Return)) for node in ast.walk(loop))

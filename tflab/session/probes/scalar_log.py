"""Named scalars that the learner's code logs, in eager code and inside a tf.function."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import Any, Final, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context, record
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph
from tensorflow.python.saved_model import save_context

from tflab.protocol.events import MetricsLogged, MetricSource
from tflab.session.probes.added_operations import counted
from tflab.session.probes.journal import Journal
from tflab.session.probes.ring import Ring

_MOST_RINGS: Final = 128
_UNNUMBERED: Final = -1
"""The label of a value that was logged without a step."""


class _Entry(NamedTuple):
    name: str
    run: int
    step: int | None
    value: Any


class ScalarLog:
    """Collects scalars by name and sends them in batches.

    A value without a step gets the next number of its name; code that a cell defines anew begins at 0 again.
    """

    def __init__(self, journal: Journal, source: MetricSource) -> None:
        self._journal = journal
        self._source = source
        self._entries: deque[_Entry] = deque()
        self._rings: dict[tuple[str, int], Ring] = {}
        self._next: Counter[str] = Counter()
        self._runs: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, name: str, value: Any, step: Any, run: int, condition: Any = True) -> None:
        """Logs ``value``, a number or a scalar tensor, at ``step`` (a number, a tensor, a variable or None).

        ``run`` is the run of a cell that defined the code (`Place.run`).

        Inside a tf.function the value is logged each time the graph runs, where ``condition`` (a truth value or a
        tensor) holds. Raises TypeError or ValueError for what is no scalar.
        """
        if context.executing_eagerly():
            if bool(condition):
                self._entries.append(_Entry(name, run, None if step is None else int(step), _number(value)))
        elif isinstance(ops.get_default_graph(), FuncGraph) and not save_context.in_save_context():
            self._add_to_graph(name, value, step, run, condition)

    def _add_to_graph(self, name: str, value: Any, step: Any, run: int, condition: Any) -> None:
        graph = ops.get_default_graph()
        with self._lock:
            ring = self._rings.get((name, run))
            if ring is None:
                if len(self._rings) >= _MOST_RINGS:
                    del self._rings[next(iter(self._rings))]
                with tf.init_scope():
                    ring = self._rings[name, run] = Ring(labelled=True)
        with counted(graph), record.stop_recording(), tf.name_scope("tflab"):
            number = tf.cast(tf.reshape(value, []), tf.float32)
            label = tf.constant(_UNNUMBERED, tf.int64) if step is None else tf.cast(step, tf.int64)
            if isinstance(condition, tf.Tensor):
                tf.cond(condition, lambda: tf.group(ring.write([number], label)), tf.no_op)
            elif condition:
                ring.write([number], label)

    def poll(self) -> None:
        """Sends what was logged since the last call."""
        entries = [self._entries.popleft() for _ in range(len(self._entries))]
        for name, run in dict.fromkeys((entry.name, entry.run) for entry in entries):
            mine = [entry for entry in entries if (entry.name, entry.run) == (name, run)]
            self._send(name, run, [entry.step for entry in mine], [float(entry.value) for entry in mine], 0)
        for (name, run), ring in tuple(self._rings.items()):
            reading = ring.read()
            if reading is not None:
                labels = () if reading.labels is None else reading.labels.tolist()
                steps = [None if label == _UNNUMBERED else label for label in labels]
                self._send(name, run, steps, reading.rows[:, 0].tolist(), reading.missed)

    def _send(self, name: str, run: int, steps: list[int | None], values: list[float], missed: int) -> None:
        if self._runs.setdefault(name, run) < run:
            self._runs[name] = run
            self._next[name] = 0
        numbered: list[int] = []
        self._next[name] += missed
        for step in steps:
            numbered.append(self._next[name] if step is None else step)
            self._next[name] = numbered[-1] + 1
        self._journal.write(
            MetricsLogged(
                cell=self._journal.cell,
                name=name,
                steps=tuple(numbered),
                values=tuple(values),
                source=self._source,
                scope="step",
                missed=missed,
            )
        )


def _number(value: Any) -> Any:
    """``value`` as a float, or as a scalar tensor to be read later."""
    if isinstance(value, ops.EagerTensor):
        if value.shape.num_elements() != 1:
            raise ValueError(f"a scalar was expected, not a tensor of shape {value.shape}")
        return value if value.shape.rank == 0 else tf.reshape(value, [])
    if isinstance(value, tf.Variable):
        return _number(value.read_value())
    return float(np.asarray(value).reshape(()))

"""Keras's metrics batch by batch: what its ``train_step`` returns, through a ring in the graph as losses go.

A callback for each batch would do it, too, and cost a small model a seventh of its speed.
"""

from __future__ import annotations

import functools
import time
import weakref
from collections.abc import Callable
from typing import Any, Final

import tensorflow as tf
from tensorflow.python.eager import context, record
from tensorflow.python.framework import ops
from tensorflow.python.framework.func_graph import FuncGraph
from tensorflow.python.saved_model import save_context

from tflab.protocol.events import MetricsLogged, Site
from tflab.session.probes import user_site
from tflab.session.probes.added_operations import counted
from tflab.session.probes.journal import Journal
from tflab.session.probes.quiet import quiet
from tflab.session.probes.ring import Ring

_LEFT_TO_THE_TAPE: Final = "loss"
"""Keras's is the mean over the epoch so far; the tape has that of every batch."""

_MOST_NAMES: Final = 16

_SHORTEST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 0.5
"""Seconds between two looks at a ring."""


_WATCHED: Final = "_tflab_watched"


def watched_step(step_function: Any) -> Any:
    """The step that Keras was given, where `KerasBatches` watches it; else ``step_function`` itself."""
    return getattr(step_function, _WATCHED, step_function)


class _Batches:
    """The metrics of one model."""

    def __init__(self, names: tuple[str, ...], site: Site | None) -> None:
        self.names = names
        self.site = site
        self.ring = Ring(len(names))
        self.wait = _SHORTEST_WAIT
        self.due = 0.0


class KerasBatches:
    """Logs the metrics of every batch that a model is trained on by ``fit``."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._models: weakref.WeakKeyDictionary[Any, _Batches] = weakref.WeakKeyDictionary()

    def watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``_make_function`` of Keras's trainer, with the step that it is given watched."""

        @functools.wraps(original)
        def make_function(trainer: Any, step_function: Callable[..., Any]) -> Any:
            # Bound methods are equal where object and function are.
            if step_function != trainer.train_step:
                return original(trainer, step_function)

            @functools.wraps(step_function)
            def train_step(*args: Any, **kwargs: Any) -> Any:
                outputs = step_function(*args, **kwargs)
                if self._journal.is_open:
                    try:
                        with quiet:
                            self._add(trainer, outputs)
                    except Exception as error:
                        self._journal.note_fault("metrics", error)
                return outputs

            setattr(train_step, _WATCHED, step_function)
            return original(trainer, train_step)

        return make_function

    def _add(self, model: Any, outputs: Any) -> None:
        graph = ops.get_default_graph()
        if context.executing_eagerly() or not isinstance(graph, FuncGraph) or save_context.in_save_context():
            return
        if not isinstance(outputs, dict) or model.distribute_strategy.num_replicas_in_sync > 1:
            return
        scalars = {
            name: value
            for name, value in outputs.items()
            if name != _LEFT_TO_THE_TAPE and isinstance(value, tf.Tensor) and value.shape.rank == 0
        }
        names = tuple(scalars)[:_MOST_NAMES]
        if not names:
            return
        batches = self._models.get(model)
        if batches is None or batches.names != names:
            place = user_site.traced_place()
            site = None if place is None else self._journal.cells.traced_place(*place).site
            with tf.init_scope():
                batches = self._models[model] = _Batches(names, site)
        with counted(graph), record.stop_recording(), tf.name_scope("tflab"):
            batches.ring.write([tf.cast(scalars[name], tf.float32) for name in names])

    def poll(self, *, final: bool) -> None:
        """Sends what was logged since the last call; while a cell runs it looks less and less often where there is
        nothing."""
        now = time.monotonic()
        for batches in tuple(self._models.values()):
            if now < batches.due and not final:
                continue
            reading = batches.ring.read()
            batches.wait = min(2 * batches.wait, _LONGEST_WAIT) if reading is None else _SHORTEST_WAIT
            batches.due = now + batches.wait
            if reading is None:
                continue
            steps = tuple(range(reading.first, reading.first + len(reading.rows)))
            for column, name in enumerate(batches.names):
                self._journal.write(
                    MetricsLogged(
                        cell=self._journal.cell,
                        name=name,
                        steps=steps,
                        values=tuple(reading.rows[:, column].tolist()),
                        source="keras",
                        scope="step",
                        missed=reading.missed,
                        site=batches.site,
                    )
                )

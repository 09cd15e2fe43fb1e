"""Keras's metrics batch by batch: what its training function returns is kept as it is, and read by the poller.

A callback for each batch would do it, too, and cost a small model a seventh of its speed.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import tensorflow as tf

from tflab.protocol.events import MetricsLogged, Site
from tflab.session.probes import user_site
from tflab.session.probes.journal import Journal

_LEFT_TO_THE_TAPE: Final = "loss"
"""Keras's is the mean over the epoch so far; the tape has that of every batch."""


class _Batches:
    """The metrics of one model."""

    def __init__(self, site: Site | None) -> None:
        self.site = site
        self.noted: deque[tuple[int, Any]] = deque()
        """How many steps there were by then, and what the training function returned."""
        self.steps = 0


class KerasBatches:
    """Logs the metrics of the batches that models are trained on, in ``fit`` and ``train_on_batch``.

    With ``steps_per_execution`` they come once an execution, as Keras itself has them.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._models: weakref.WeakKeyDictionary[Any, _Batches] = weakref.WeakKeyDictionary()

    def watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``_make_function`` of Keras's trainer, with the training function that it makes watched."""

        @functools.wraps(original)
        def make_function(trainer: Any, step_function: Callable[..., Any]) -> Any:
            function = original(trainer, step_function)
            # Bound methods are equal where object and function are.
            if step_function != trainer.train_step:
                return function
            place = user_site.eager_place(sys._getframe(1))
            site = None if place is None else self._journal.cells.place(*place).site
            batches = self._models.setdefault(trainer, _Batches(site))
            each = int(trainer.steps_per_execution)

            @functools.wraps(function)
            def train(*args: Any, **kwargs: Any) -> Any:
                logs = function(*args, **kwargs)
                if self._journal.is_open:
                    batches.steps += each
                    batches.noted.append((batches.steps, logs))
                return logs

            return train

        return make_function

    def poll(self) -> None:
        """Sends what was noted since the last call."""
        for batches in tuple(self._models.values()):
            points: dict[str, tuple[list[int], list[float]]] = {}
            for _ in range(len(batches.noted)):
                steps, logs = batches.noted.popleft()
                for name, value in logs.items() if isinstance(logs, dict) else ():
                    number = None if name == _LEFT_TO_THE_TAPE else _number(value)
                    if number is not None:
                        at, values = points.setdefault(name, ([], []))
                        at.append(steps - 1)
                        values.append(number)
            for name, (at, values) in points.items():
                self._journal.write(
                    MetricsLogged(
                        cell=self._journal.cell,
                        name=name,
                        steps=tuple(at),
                        values=tuple(values),
                        source="keras",
                        scope="step",
                        site=batches.site,
                    )
                )


def _number(value: Any) -> float | None:
    """A scalar as a float; None for what is none."""
    if isinstance(value, tf.Tensor):
        return float(value) if value.shape.rank == 0 else None
    if isinstance(value, (int, float, np.number)):
        return float(value)
    return None

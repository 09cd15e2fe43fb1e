"""The metric probe: Keras's epochs, ``tf.summary.scalar`` and ``lab.log``."""

from __future__ import annotations

import functools
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, Final

import tensorflow as tf
from keras.src.backend.tensorflow.trainer import TensorFlowTrainer
from keras.src.callbacks.callback_list import CallbackList
from tensorflow.core.framework.summary_pb2 import DataClass, SummaryMetadata
from tensorflow.python.framework import ops
from tensorflow.python.ops import summary_ops_v2
from tensorflow.python.summary.tb_summary import TBNotInstalledError

from tflab.protocol.events import MetricsLogged
from tflab.session.probes import eager_context, user_site
from tflab.session.probes.journal import Journal
from tflab.session.probes.keras_batches import KerasBatches
from tflab.session.probes.patching import replaced
from tflab.session.probes.quiet import is_quiet, quiet
from tflab.session.probes.scalar_log import ScalarLog

_BRIEF: Final = 0.1
"""Seconds; epochs that are shorter are not told apart by their steps."""


class MetricProbe:
    """Logs metrics that the learner's program computes by itself; nothing is computed for it."""

    name: Final = "metrics"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._epochs: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._batches = KerasBatches(journal)
        self._settled = 0.0
        self._logged = ScalarLog(journal, "log")
        self._summaries = ScalarLog(journal, "summary")

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches Keras's callbacks and ``tf.summary.scalar`` for the block."""
        with ExitStack() as stack:
            stack.enter_context(replaced(CallbackList, "on_epoch_end", self._watch_epochs))
            stack.enter_context(replaced(TensorFlowTrainer, "_make_function", self._batches.watch))
            stack.enter_context(replaced(tf.summary, "scalar", self._watch_summaries))
            yield

    def _watch_epochs(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def on_epoch_end(callbacks: Any, epoch: int, logs: Any = None) -> None:
            original(callbacks, epoch, logs)
            if self._journal.is_open and not is_quiet():
                try:
                    with quiet:
                        self._log_epoch(callbacks, epoch, logs or {}, sys._getframe(1))
                except Exception as error:
                    self._journal.note_fault(self.name, error)

        return on_epoch_end

    def _log_epoch(self, callbacks: Any, epoch: int, logs: dict[str, Any], caller: Any) -> None:
        # A second `fit` of a model starts at epoch 0 again; its curve goes on.
        step = max(int(epoch), self._epochs.get(callbacks._model, 0) if callbacks._model is not None else 0)
        if callbacks._model is not None:
            self._epochs[callbacks._model] = step + 1
        place = user_site.eager_place(caller)
        site = None if place is None else self._journal.cells.place(*place).site
        after = self._steps_so_far()
        for name, value in logs.items():
            self._journal.write(
                MetricsLogged(
                    cell=self._journal.cell,
                    name=name,
                    steps=(step,),
                    values=(float(value),),
                    source="keras",
                    scope="epoch",
                    site=site,
                    after_step=after,
                )
            )

    def _steps_so_far(self) -> int | None:
        """How many steps the losses of this training have; None where an epoch took less time than is worth asking."""
        now = time.monotonic()
        if now - self._settled < _BRIEF:
            return None
        self._settled = now
        self._journal.settle("tape")
        latest = self._journal.latest_step()
        return None if latest is None else latest + 1

    def _watch_summaries(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def scalar(name: str, data: Any, step: Any = None, description: str | None = None) -> Any:
            try:
                written = original(name=name, data=data, step=step, description=description)
            except TBNotInstalledError:
                # TensorFlow alone can write scalars, too; only this function lives in TensorBoard's package.
                written = _write_scalar(name, data, step, description)
            if self._journal.is_open and not is_quiet():
                try:
                    with quiet:
                        self._log_summary(name, data, step, sys._getframe(1))
                except Exception as error:
                    self._journal.note_fault(self.name, error)
            return written

        return scalar

    def log(self, name: str, value: Any, step: Any, caller: FrameType) -> None:
        """What ``lab.log`` does, called from ``caller``. Raises TypeError or ValueError for what is no scalar."""
        with quiet:
            self._logged.add(name, value, step, self._run_of(caller))

    def _run_of(self, caller: FrameType) -> int:
        """Which run of a cell defined the code at work in ``caller``."""
        if ops.inside_function():
            traced = user_site.traced_place()
            return 0 if traced is None else self._journal.cells.traced_place(*traced).run
        place = user_site.eager_place(caller)
        return 0 if place is None else self._journal.cells.place(*place).run

    def _log_summary(self, name: str, data: Any, step: Any, caller: FrameType) -> None:
        condition = summary_ops_v2._summary_state.is_recording
        condition = condition() if callable(condition) else condition
        scope = ops.get_name_scope()
        self._summaries.add(
            f"{scope}/{name}" if scope else name,
            data,
            tf.summary.experimental.get_step() if step is None else step,
            self._run_of(caller),
            True if condition is None else condition,
        )

    def cell_started(self) -> None:
        """A cell is about to run."""

    def poll(self, *, final: bool) -> None:
        """Sends what was logged since the last call."""
        if eager_context.is_initialised() or final:
            self._batches.poll()
            self._logged.poll()
            self._summaries.poll()


def _write_scalar(name: str, data: Any, step: Any, description: str | None) -> Any:
    """Writes to the default summary writer as TensorBoard's own ``scalar`` does."""
    metadata = SummaryMetadata(
        plugin_data=SummaryMetadata.PluginData(plugin_name="scalars"),
        summary_description=description or "",
        data_class=DataClass.DATA_CLASS_SCALAR,
    )
    with tf.summary.experimental.summary_scope(name, "scalar_summary", values=[data, step]) as (tag, _):
        return tf.summary.write(tag=tag, tensor=tf.cast(data, tf.float32), step=step, metadata=metadata)

"""The workers probe: says when the program begins to wait for the other workers of its cluster, and when they met; and
ends its waiting for those that have ended."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tensorflow.python.distribute.collective_all_reduce_strategy import CollectiveAllReduceExtended
from tensorflow.python.eager import context
from tensorflow.python.framework import errors

from tflab.protocol.worker_events import WorkersAwaited, WorkersMet
from tflab.session.probes.core_demand import CoreDemand
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced

_LOOK: Final = 1.0
"""Seconds between two looks whether anything is computed."""
_IDLE: Final = 0.25
"""Of a core. A process that waits in a collective operation answers its cluster's heartbeats and little else."""
_IDLE_LOOKS: Final = 2
"""In a row, until a program counts as waiting."""


class WorkersProbe:
    """Watches MultiWorkerMirroredStrategy connect."""

    name: Final = "workers"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._has_met = False
        self._abort_message = ""
        """Why collective operations are to be aborted; empty where they are not."""
        self._demand: CoreDemand | None = None
        self._look_due = 0.0
        self._idle_looks = 0

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches the strategy being made for the block."""
        with replaced(CollectiveAllReduceExtended, "_initialize_multi_worker", self._watch):
            yield

    def cell_started(self) -> None:
        """Nothing begins anew."""

    def abort_collectives(self, message: str) -> None:
        """Workers have ended: an operation that waits for them, and every later one, fails with ``message``.

        Not before the program is idle: one that computes is left alone, the more so as the last operation of all may
        end here later than there. Any thread may call it.
        """
        self._abort_message = message

    def poll(self, *, final: bool) -> None:
        """Events are told as they happen; here a program that waits for nobody is released."""
        now = time.monotonic()
        if not self._abort_message or not self._has_met or final or now < self._look_due:
            return
        self._look_due = now + _LOOK
        if self._demand is None:
            self._demand = CoreDemand()
            return
        self._idle_looks = self._idle_looks + 1 if self._demand.share() < _IDLE else 0
        if self._idle_looks == _IDLE_LOOKS:
            context.context().abort_collective_ops(errors.UNAVAILABLE, self._abort_message)
            self._abort_message, self._demand = "", None

    def _watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def initialize_multi_worker(strategy: Any, resolver: Any) -> Any:
            cell, began = self._journal.cell, time.monotonic()
            cluster = resolver.cluster_spec().as_dict()
            workers = len(cluster.get("worker", ())) + len(cluster.get("chief", ()))
            worker = resolver.task_id or 0
            self._journal.write(WorkersAwaited(cell=cell, worker=worker, workers=workers))
            result = original(strategy, resolver)
            self._has_met = True
            self._journal.write(WorkersMet(cell=cell, seconds=time.monotonic() - began))
            return result

        return initialize_multi_worker

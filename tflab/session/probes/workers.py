"""The workers probe: says when the program begins to wait for the other workers of its cluster, and when they met."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tensorflow.python.distribute.collective_all_reduce_strategy import CollectiveAllReduceExtended

from tflab.protocol.worker_events import WorkersAwaited, WorkersMet
from tflab.session.probes.journal import Journal
from tflab.session.probes.patching import replaced


class WorkersProbe:
    """Watches MultiWorkerMirroredStrategy connect."""

    name: Final = "workers"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches the strategy being made for the block."""
        with replaced(CollectiveAllReduceExtended, "_initialize_multi_worker", self._watch):
            yield

    def cell_started(self) -> None:
        """Nothing begins anew."""

    def poll(self, *, final: bool) -> None:
        """Nothing is gathered: both events are told as they happen."""

    def _watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def initialize_multi_worker(strategy: Any, resolver: Any) -> Any:
            cell, began = self._journal.cell, time.monotonic()
            cluster = resolver.cluster_spec().as_dict()
            workers = len(cluster.get("worker", ())) + len(cluster.get("chief", ()))
            worker = resolver.task_id or 0
            self._journal.write(WorkersAwaited(cell=cell, worker=worker, workers=workers))
            result = original(strategy, resolver)
            self._journal.write(WorkersMet(cell=cell, seconds=time.monotonic() - began))
            return result

        return initialize_multi_worker

"""What a worker of a cluster says of the others: MultiWorkerMirroredStrategy waits until all are there."""

from __future__ import annotations

from tflab.protocol.events import Event


class WorkersAwaited(Event, frozen=True, kw_only=True):
    """The program waits for the other workers of its cluster; `WorkersMet` follows once all are there."""

    worker: int
    """Its own index."""
    workers: int
    """How many the cluster has."""


class WorkersMet(Event, frozen=True, kw_only=True):
    """All workers of the cluster are there."""

    seconds: float
    """That this one has waited."""

"""Call sites of ``tape.gradient``: where they are, and how their steps are counted."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

import tensorflow as tf

from tflab.session.probes.cell_runs import Place

_KEPT_SEGMENTS: Final = 64


class GradientSite:
    """One call of ``tape.gradient`` in the learner's code, as one run of a cell defined it.

    Its steps are counted from 0 over all cells that call it, however they ran: a function called eagerly first and
    as a tf.function later, or traced anew, goes on counting.
    """

    def __init__(self, place: Place, replica: int) -> None:
        self.place = place.site
        self.replica = replica
        self._next = 0

    @property
    def loss_name(self) -> str:
        """What the curve of its losses is called: replicas of a strategy have one each."""
        return "loss" if self.replica == 0 else f"loss (replica {self.replica})"

    def advance(self, steps: int) -> int:
        """Counts ``steps`` more and returns the number of the first."""
        first = self._next
        self._next += steps
        return first


class StepPlaces:
    """Where the steps of one counter (the eager calls, or one ring) lie in the count of their site."""

    def __init__(self, site: GradientSite) -> None:
        self._site = site
        self._segments: deque[tuple[int, int]] = deque(maxlen=_KEPT_SEGMENTS)

    def place(self, first: int, count: int) -> int:
        """Counts steps ``first``, ``first + 1``, ... of this counter; returns the site's number of the first."""
        placed = self._site.advance(count)
        if not self._segments or self._segments[-1][1] - self._segments[-1][0] != placed - first:
            self._segments.append((first, placed))
        return placed

    def of(self, step: int) -> int | None:
        """The site's number of this counter's ``step``; None where it was never placed or long ago."""
        for first, placed in reversed(self._segments):
            if step >= first:
                return placed + step - first
        return None


def replica_number() -> int:
    """Which of this process's replicas of a strategy the code at work is for; 0 where there is one."""
    if not tf.distribute.has_strategy():
        return 0
    replica = tf.distribute.get_replica_context()
    number = None if replica is None else tf.get_static_value(replica.replica_id_in_sync_group)
    if number is None:
        return 0
    # Workers of a cluster number theirs together, each having as many.
    return int(number) % len(tf.distribute.get_strategy().extended.worker_devices)


class GradientSites:
    """All call sites known so far."""

    def __init__(self) -> None:
        self._sites: dict[tuple[Place, int], GradientSite] = {}
        self._lock = threading.Lock()

    def at(self, place: Place, replica: int = 0) -> GradientSite:
        """The site at this place, made where it is new."""
        key = (place, replica)
        with self._lock:
            if key not in self._sites:
                self._sites[key] = GradientSite(*key)
            return self._sites[key]

"""One of the processes that are watched together, as the watching screen keeps it."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tflab.messages import text
from tflab.protocol.events import MetricScope
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.steering import KnobTurned
from tflab.protocol.worker_events import WorkersAwaited, WorkersMet
from tflab.state.clock import Moment
from tflab.state.curves import Curve, Track
from tflab.state.run_state import RunState
from tflab.ui.compared_runs import ComparedRun
from tflab.ui.screens.live_screen import Source
from tflab.ui.screens.loop_keys import Steered
from tflab.ui.status_text import session_text
from tflab.ui.widgets.figures import duration, number
from tflab.ui.widgets.rows import Row


class Watched(Steered, Source, Protocol):
    """What is shown: `tflab.client.watched.WatchedClient`."""

    def drain(self) -> Sequence[Any]:
        """What has happened since the last call; `SessionEnded` when the process is gone."""

    def ask_tensor(self, request: ReadTensorRequest | MeasureTensorRequest, /) -> None:
        """Asks for elements or exact statistics."""


@dataclass
class SeenProcess:
    """A process and all that it has said."""

    name: str
    watched: Watched
    state: RunState = field(default_factory=RunState)
    picked: Moment | None = None
    """The moment that was picked on one of its curves."""
    end: str = ""
    """How it ended, a line for people; empty while it lives."""
    awaited: WorkersAwaited | None = None
    """The others that it waits for."""
    _turns: int = 0
    _waiting: deque[Any] = field(default_factory=deque)
    """What it has said and is to be taken in."""

    @property
    def is_behind(self) -> bool:
        """Whether something that it has said is to be taken in."""
        return bool(self._waiting)

    def follow(self, end: float = math.inf, stops: Callable[[float], bool] = lambda now: False) -> None:
        """Takes in what it has said since, until ``end`` by `time.monotonic` or until ``stops`` says so of a time.

        What is left is taken in next time.
        """
        if not self._waiting:
            self._waiting.extend(self.watched.drain())
        while self._waiting and (now := time.monotonic()) < end and not stops(now):
            event = self._waiting.popleft()
            if isinstance(event, SessionEnded):
                self.end = event.message
            elif isinstance(event, (WorkersAwaited, WorkersMet)):
                self.awaited = event if isinstance(event, WorkersAwaited) else None
            else:
                self.state.apply(event)

    def fresh_turns(self) -> Sequence[KnobTurned]:
        """What was changed from outside since the last call."""
        turns = self.state.loop.turns[self._turns :]
        self._turns += len(turns)
        return turns

    def says(self, now: float) -> Row:
        """What it does, with a mark."""
        if self.end:
            failed = self.state.last_error is not None
            return [("✗ " if failed else "✓ ", "bad" if failed else "good"), (self.end, "")]
        if self.awaited is not None:
            return [("… ", "warning"), (text("ui.watch.awaits", count=self.awaited.workers - 1), "warning")]
        if self.state.phase == "running" and self.state.loop.paused is None:
            passed = duration(max(0.0, now - self.state.started))
            return [("▶ ", "accent"), (text("ui.watch.running", time=passed), "")]
        return session_text(self.state, now)

    def figures(self) -> str:
        """Its last step and loss; empty before the first."""
        curve = self._leading_curve()
        if curve is None:
            return ""
        step = text("ui.status.training_step", step=f"{curve.series.last_step:,}")
        return f"{curve.key.name} {number(curve.series.last_value)} · {step}"

    def beneath(self) -> ComparedRun:
        """Its curves, to be drawn with another process's."""
        tracks: dict[tuple[MetricScope, str], Track] = {}
        curves = self.state.curves
        for curve in self._latest():
            tracks.setdefault((curve.key.scope, curve.key.name), curve.track(curves.epochs(curve.run)))
        return ComparedRun(self.name, self.name, tracks)

    def _latest(self) -> Iterator[Curve]:
        for members in self.state.curves.groups().values():
            yield from members

    def _leading_curve(self) -> Curve | None:
        curves = list(self._latest())
        losses = [curve for curve in curves if curve.key.source == "tape"]
        return next(iter(losses or curves), None)

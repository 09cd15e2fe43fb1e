"""A lab under load: ``python -m tests.benchmarks.programs.busy_lab EVENTS_PER_SECOND [POINTS [LINES]]``.

The session is in memory and brings as many events as asked: in turn a value of a loss and a line of output, made in a
thread of their own as they are decoded in one, and twenty times a second gradients. With POINTS and LINES it brings so
many as fast as the lab takes them, and then says so.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from typing import Any

from tests.ui.doubles import MemoryDrafts, MemorySession, lesson
from tflab.protocol.events import CellStarted, MetricsLogged, Site, StreamWritten
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded

_BATCH = 50_000
_SITE = Site(file="<cell 1>", line=9)
_LAYERS = tuple(
    GradientRecord(name=f"net/dense_{number}/kernel", shape=(64, 64), norm=0.5, kind="dense") for number in range(8)
)


class BusySession(MemorySession):
    """Brings events by the clock."""

    def __init__(self, rate: float, points: int, lines: int) -> None:
        super().__init__()
        self.make_ready()
        self.put(CellStarted(cell=0, source="train()"))
        self._rate = rate
        self._points = points
        self._lines = lines
        self._step = 0
        self._line = 0
        self._filled = not (points or lines)
        self._made: list[Any] = []
        self._lock = threading.Lock()
        if rate:
            threading.Thread(target=self._train, daemon=True).start()

    def drain(self) -> list[Any]:
        """What has happened since the last look."""
        events = super().drain()
        if self._step < self._points or self._line < self._lines:
            return events + self._fill()
        if not self._filled:
            self._filled = True
            return [*events, StreamWritten(cell=0, name="stdout", text="all is there\n")]
        with self._lock:
            made, self._made = self._made, []
        return events + made

    def _fill(self) -> list[Any]:
        events: list[Any] = []
        if self._step < self._points:
            events.append(self._metrics(min(_BATCH, self._points - self._step)))
        if self._line < self._lines:
            count = min(_BATCH // 10, self._lines - self._line)
            text = "".join(f"line {self._line + number} of many, as programs print them\n" for number in range(count))
            self._line += count
            events.append(StreamWritten(cell=0, name="stdout", text=text))
        return events

    def _train(self) -> None:
        """Makes events by the clock, about a hundred times a second."""
        begun, made, gradients = time.monotonic(), 0, 0
        while True:
            time.sleep(0.01)
            seconds = time.monotonic() - begun
            fresh: list[Any] = []
            for number in range(int(seconds * self._rate) - made):
                fresh.append(
                    self._metrics(1)
                    if number % 2
                    else StreamWritten(cell=0, name="stdout", text=f"step {self._step}: all is well\n")
                )
            made += len(fresh)
            if seconds * 20 > gradients:
                gradients += 1
                fresh.append(GradientsRecorded(cell=0, site=_SITE, step=self._step, loss=1.0, gradients=_LAYERS))
            with self._lock:
                self._made += fresh

    def _metrics(self, count: int) -> MetricsLogged:
        steps = tuple(range(self._step, self._step + count))
        self._step += count
        values = tuple(1 / math.sqrt(1 + step) + 0.1 * math.sin(step * 0.7) for step in steps)
        return MetricsLogged(cell=0, name="loss", steps=steps, values=values, source="tape", scope="step", site=_SITE)


def main() -> None:
    """Shows the lab until it is ended."""
    rate, points, lines = (int(float(word)) for word in [*sys.argv[1:], "0", "0", "0"][:3])
    from tflab.ui.app import run_lab

    document = lesson("\n".join(f"value_{number} = {number}" for number in range(6)), panel="curves")
    sys.exit(run_lab(document, BusySession(rate, points, lines), MemoryDrafts()))


if __name__ == "__main__":
    main()

"""A lab under load: ``python -m tests.benchmarks.programs.busy_lab EVENTS_PER_SECOND [POINTS [LINES]]``.

The session is in memory. As many events as asked come from a process of their own (`event_source`) and are read and
decoded in a thread, as those of a session are. With POINTS and LINES it brings so many as fast as the lab takes them,
and then says so.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from tests.benchmarks.programs.event_source import SITE, loss_at
from tests.ui.doubles import MemoryDrafts, MemorySession, lesson
from tflab.client.inbox import Inbox
from tflab.protocol import codec
from tflab.protocol.events import CellStarted, MetricsLogged, StreamWritten
from tflab.ui import garbage

_BATCH = 50_000


class BusySession(MemorySession):
    """Brings events by the clock."""

    def __init__(self, rate: float, points: int, lines: int) -> None:
        super().__init__()
        self.make_ready()
        self.put(CellStarted(cell=0, source="train()"))
        self._points = points
        self._lines = lines
        self._step = 0
        self._line = 0
        self._filled = not (points or lines)
        self._inbox = Inbox()
        if rate:
            threading.Thread(target=self._read, args=(rate,), daemon=True).start()

    def drain(self) -> list[Any]:
        """What has happened since the last look."""
        events = super().drain()
        if self._step < self._points or self._line < self._lines:
            return events + self._fill()
        if not self._filled:
            self._filled = True
            return [*events, StreamWritten(cell=0, name="stdout", text="all is there\n")]
        return events + self._inbox.drain()

    def on_arrival(self, tell: Callable[[], object], /) -> None:
        """As the protocol in `tflab.ui.launch.Session`."""
        self._inbox.on_arrival(tell)

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

    def _read(self, rate: float) -> None:
        """Takes in what the other process sends, as `tflab.client.session_client` does."""
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.benchmarks.programs.event_source", str(rate), str(theirs.fileno())]
        subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()
        frames = codec.FrameReader()
        while data := ours.recv(1 << 18):
            self._inbox.put_all([(codec.decode_event(body), len(body)) for body in frames.feed(data)])

    def _metrics(self, count: int) -> MetricsLogged:
        steps = tuple(range(self._step, self._step + count))
        self._step += count
        values = tuple(loss_at(step) for step in steps)
        return MetricsLogged(cell=0, name="loss", steps=steps, values=values, source="tape", scope="step", site=SITE)


def main() -> None:
    """Shows the lab until it is ended."""
    # As the command does.
    garbage.pause()
    rate, points, lines = (int(float(word)) for word in [*sys.argv[1:], "0", "0", "0"][:3])
    from tflab.ui.app import run_lab

    document = lesson("\n".join(f"value_{number} = {number}" for number in range(6)), panel="curves")
    sys.exit(run_lab(document, BusySession(rate, points, lines), MemoryDrafts()))


if __name__ == "__main__":
    main()

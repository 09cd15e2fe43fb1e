"""Events by the clock, as a session sends them: ``python -m tests.benchmarks.programs.event_source RATE DESCRIPTOR``.

In turn a value of a loss and a line of output, and twenty times a second gradients; frames go to the socket with the
descriptor DESCRIPTOR until its other end is closed.
"""

from __future__ import annotations

import math
import socket
import sys
import time
from typing import Final

from tflab.protocol import codec
from tflab.protocol.events import Event, MetricsLogged, Site, StreamWritten
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded

SITE: Final = Site(file="<cell 1>", line=9)
_LAYERS: Final = tuple(
    GradientRecord(name=f"net/dense_{number}/kernel", shape=(64, 64), norm=0.5, kind="dense") for number in range(8)
)


def loss_at(step: int) -> float:
    """A noisy falling curve."""
    return 1 / math.sqrt(1 + step) + 0.1 * math.sin(step * 0.7)


def main() -> None:
    """Sends about a hundred times a second what is due."""
    rate, connection = float(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    begun, made, gradients = time.monotonic(), 0, 0
    while True:
        time.sleep(0.01)
        seconds = time.monotonic() - begun
        fresh: list[Event] = []
        for number in range(made, int(seconds * rate)):
            step = number // 2
            fresh.append(
                MetricsLogged(
                    cell=0,
                    name="loss",
                    steps=(step,),
                    values=(loss_at(step),),
                    source="tape",
                    scope="step",
                    site=SITE,
                )
                if number % 2
                else StreamWritten(cell=0, name="stdout", text=f"step {step}: all is well\n")
            )
        made += len(fresh)
        if seconds * 20 > gradients:
            gradients += 1
            fresh.append(GradientsRecorded(cell=0, site=SITE, step=made // 2, loss=1.0, gradients=_LAYERS))
        try:
            connection.sendall(b"".join(codec.frame(event) for event in fresh))
        except OSError:
            return


if __name__ == "__main__":
    main()

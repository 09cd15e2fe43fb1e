"""One cell in a session of its own, which prints its figures as JSON on its last line."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from tflab.client.supervisor import Supervisor
from tflab.protocol.events import CellFinished, SessionReady, StreamWritten
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import Permissions, SessionSpec

PATIENCE = 600.0


def figures_of(source: str) -> Mapping[str, float]:
    """Runs ``source`` and gives what it printed. Raises TimeoutError, or AssertionError where the cell fails."""
    supervisor = Supervisor(lambda scratch: SessionSpec(permissions=Permissions(scratch=str(scratch))))
    supervisor.start()
    deadline = time.monotonic() + PATIENCE
    output, asked = "", False
    try:
        while time.monotonic() < deadline:
            supervisor.wait(1.0)
            for event in supervisor.drain():
                if isinstance(event, SessionReady) and not asked:
                    asked = True
                    supervisor.run(RunCellRequest(cell=0, source=source))
                elif isinstance(event, StreamWritten) and event.name == "stdout":
                    output += event.text
                elif isinstance(event, CellFinished):
                    assert event.status == "ok", event.error
                    figures: Mapping[str, float] = json.loads(output.strip().splitlines()[-1])
                    return figures
    finally:
        supervisor.close()
    raise TimeoutError("the measuring cell did not finish")

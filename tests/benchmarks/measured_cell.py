"""Cells that measure something and print it as JSON on their last line, each in a session of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tflab.client.supervisor import Supervisor
from tflab.protocol.events import CellFinished, SessionReady, StreamWritten
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import Permissions, SessionSpec

PATIENCE = 600.0
"""Seconds for one cell."""


class SessionFigures:
    """One server for a ``with`` block, from which a fresh session is forked for every cell."""

    def __init__(self) -> None:
        self._probes = True
        self._is_fresh = True
        self._supervisor = Supervisor(self._make_spec)

    def _make_spec(self, scratch: Path) -> SessionSpec:
        return SessionSpec(permissions=Permissions(scratch=str(scratch)), probes=self._probes)

    def __enter__(self) -> SessionFigures:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._is_fresh:
            self._supervisor.close()

    def measure(self, source: str, *, probes: bool) -> dict[str, float]:
        """What the last line that ``source`` prints says. Raises TimeoutError, AssertionError where the cell fails."""
        self._probes = probes
        if self._is_fresh:
            self._is_fresh = False
            self._supervisor.start()
        else:
            self._supervisor.drain()
            self._supervisor.restart()
        deadline = time.monotonic() + PATIENCE
        output, asked = "", False
        while time.monotonic() < deadline:
            self._supervisor.wait(1.0)
            for event in self._supervisor.drain():
                if isinstance(event, SessionReady) and not asked:
                    asked = True
                    self._supervisor.run(RunCellRequest(cell=0, source=source))
                elif isinstance(event, StreamWritten) and event.name == "stdout":
                    output += event.text
                elif isinstance(event, CellFinished) and asked:
                    assert event.status == "ok", event.error
                    figures: dict[str, float] = json.loads(output.strip().splitlines()[-1])
                    return figures
        raise TimeoutError("the measuring cell did not finish")


def figures_of(source: str) -> Mapping[str, float]:
    """What one cell says, in a session with probes; see `SessionFigures.measure`."""
    with SessionFigures() as sessions:
        return sessions.measure(source, probes=True)

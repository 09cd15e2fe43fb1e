"""A supervisor on the shared server, and everything that it tells."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sessions import PATIENCE, WarmServer
from tflab.client.inbox import LabEvent
from tflab.client.session_source import Launcher
from tflab.client.supervisor import Supervisor
from tflab.protocol import lifecycle, server
from tflab.protocol.events import CellFinished, SessionReady, StreamWritten
from tflab.protocol.requests import RunCellRequest


class SupervisedLab:
    """A supervisor on the shared server, and everything that it told."""

    def __init__(self, source: WarmServer | Launcher, *, sandbox: bool = True, **limits: Any) -> None:
        """``limits`` are fields of `Permissions`."""
        self.scratches: list[Path] = []
        self.told: list[LabEvent] = []

        def make_spec(scratch: Path) -> server.SessionSpec:
            self.scratches.append(scratch)
            permissions = server.Permissions(scratch=str(scratch), sandbox=sandbox, **limits)
            return server.SessionSpec(permissions=permissions)

        launcher = source.launcher if isinstance(source, WarmServer) else source
        self.supervisor = Supervisor(make_spec, sample_devices=None, launcher=launcher)

    def run(self, source: str, *, cell: int = 0, timeout: float | None = None) -> None:
        self.supervisor.run(RunCellRequest(cell=cell, source=source), timeout)

    def wait_for(self, matches: Callable[[LabEvent], bool], timeout: float = PATIENCE) -> list[LabEvent]:
        """Everything new up to and including the first event that matches."""
        deadline = time.monotonic() + timeout
        seen: list[LabEvent] = []
        while True:
            if not self.told:
                if not self.supervisor.wait(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"only {seen}")
                self.told += self.supervisor.drain()
            seen.append(self.told.pop(0))
            if matches(seen[-1]):
                return seen

    def wait_for_kind(self, *kinds: type[LabEvent]) -> list[LabEvent]:
        return self.wait_for(lambda event: isinstance(event, kinds))

    def finished(self) -> CellFinished:
        """The end of the running cell."""
        event = self.wait_for_kind(CellFinished)[-1]
        assert isinstance(event, CellFinished)
        return event

    def ended(self) -> lifecycle.SessionEnded:
        """The end of the session."""
        event = self.wait_for_kind(lifecycle.SessionEnded)[-1]
        assert isinstance(event, lifecycle.SessionEnded)
        return event

    def pid(self) -> int:
        """The process of a session that is about to be ready."""
        event = self.wait_for_kind(SessionReady)[-1]
        assert isinstance(event, SessionReady)
        return event.pid

    def wait_for_text(self, text: str = "on\n") -> None:
        """Until ``text`` was written since this call, in however many pieces."""
        written = ""

        def matches(event: LabEvent) -> bool:
            nonlocal written
            if isinstance(event, StreamWritten):
                written += event.text
            return text in written

        self.wait_for(matches)

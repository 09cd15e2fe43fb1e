"""Where sessions come from, as the supervisor sees it: the fork server, or what stands in for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import IO, Protocol

from tflab.protocol.server import ServerEvent, SessionDescriptors, SessionSpec


class SessionSource(Protocol):
    """Starts and ends sessions: the fork server, or without a safe fork `tflab.client.spawn_source`."""

    def launch(self) -> None:
        """Begins; `ServerProgressed` and then `ServerReady` or `ServerFailed` follow. Raises OSError."""

    def fork(self, spec: SessionSpec, descriptors: SessionDescriptors) -> int:
        """Asks for a session with ``descriptors``; `SessionForked` or `ForkFailed` carries the returned id.

        Raises OSError where the source is gone.
        """

    def kill(self, pid: int) -> None:
        """SIGKILL to a session and what it started; `SessionExited` follows."""

    def close(self) -> None:
        """Ends the source and its sessions."""


OnServerEvent = Callable[[ServerEvent], None]
OnServerEnd = Callable[[int | None, str], None]
"""Exit status of the source (None where it has none), and the last line that it wrote."""
Launcher = Callable[[OnServerEvent, OnServerEnd], SessionSource]
"""Makes a source; the functions are called on its own thread, the second once and last."""


def interpreter(python: str) -> list[str]:
    """The command that starts ``python``; -P (3.11) keeps the working folder out of ``sys.path``."""
    return [python, "-P"] if sys.version_info >= (3, 11) and python == sys.executable else [python]


def last_line(output: IO[bytes]) -> str:
    """The last line that is not blank of what a process wrote outside the protocol."""
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - 4096))
    lines = output.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")

"""Where sessions come from, as the supervisor sees it: the fork server, or what stands in for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tflab.protocol.server import ServerEvent, SessionSpec


class SessionSource(Protocol):
    """Starts and ends sessions. On a system without a safe fork, starting processes anew would be another one."""

    def launch(self) -> None:
        """Begins; `ServerProgressed` and then `ServerReady` or `ServerFailed` follow. Raises OSError."""

    def fork(self, spec: SessionSpec, channel: int, raw_output: int) -> int:
        """Asks for a session with these descriptors; `SessionForked` or `ForkFailed` carries the returned id.

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

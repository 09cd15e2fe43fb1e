"""What the lab process itself knows of its session and says to the interface in the same stream as events.

These never travel: the client makes them, ``state`` and ``cli`` read them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

EndReason = Literal[
    "exited", "crashed", "restarted", "memory", "processes", "disk", "unresponsive", "server", "timeout"
]


class Lifecycle(msgspec.Struct, frozen=True, kw_only=True):
    """A turn in the life of a session, seen from outside."""


class SessionStarting(Lifecycle, frozen=True, kw_only=True):
    """A fresh session is being forked; `SessionReady` or `SessionEnded` follows."""


class SessionEnded(Lifecycle, frozen=True, kw_only=True):
    """A session process is gone. A cell that was running has got its `CellFinished` before this."""

    reason: EndReason
    status: int | None
    """Exit status, negative for the signal; None where it is not known."""
    message: str
    """One line for people, in the language in use."""


class InterruptOverdue(Lifecycle, frozen=True, kw_only=True):
    """An interrupt has had no effect for ``seconds``: a forced restart can be offered."""

    seconds: float


class CellsDropped(Lifecycle, frozen=True, kw_only=True):
    """Cells that waited their turn will not run: an interrupt, a restart or the end of the session came first."""

    cells: tuple[int, ...]

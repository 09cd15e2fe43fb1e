"""How far the loops of the running cell have come."""

from __future__ import annotations

from tflab.protocol.events import Event, Record


class LoopCount(Record, frozen=True, kw_only=True):
    """One ``for`` loop."""

    name: str
    """Its variable: ``epoch``."""
    done: int
    """Rounds that have ended."""
    total: int


class LoopProgressed(Event, frozen=True, kw_only=True):
    """The ``for`` loops that the running code is in and whose length is known, outermost first. Not a public event."""

    loops: tuple[LoopCount, ...]

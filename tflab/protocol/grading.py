"""What it takes to grade an exercise: made from a lesson, carried out by a throwaway session."""

from __future__ import annotations

from dataclasses import dataclass

from tflab.protocol.logical_devices import LogicalDevices


@dataclass(frozen=True)
class CellToRun:
    """A code cell of a lesson."""

    cell: int
    """0-based index, as in `RunCellRequest`."""
    source: str


@dataclass(frozen=True)
class CheckOrder:
    """One exercise to be graded."""

    exercise: str
    """Its name."""
    answer: CellToRun
    """The exercise's cell as the learner left it."""
    check: str
    """The check cell."""
    replay: tuple[CellToRun, ...] = ()
    """The earlier cells that the answer and the check build on, in order."""
    devices: LogicalDevices = ()
    """Logical devices that the session starts with."""

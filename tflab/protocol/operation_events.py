"""What the operation recorder saw of one run of a cell."""

from __future__ import annotations

from typing import Literal

from tflab.protocol.events import Event, Record, Site

NonFiniteKind = Literal["nan", "inf"]


class OperationRecord(Record, frozen=True, kw_only=True):
    """Operations of one kind, from one line, with tensors of the same shapes, on one device."""

    operation: str
    """``MatMul``; for a call of a tf.function its name and ``()``."""
    site: Site | None
    inputs: tuple[str, ...]
    """``float32 (32, 64)``."""
    outputs: tuple[str, ...]
    device: str
    """``CPU:0``; empty where it has no outputs."""
    count: int
    """How often it ran."""


class NonFiniteFound(Record, frozen=True, kw_only=True):
    """The first operation of a run that made a NaN or an infinity."""

    kind: NonFiniteKind
    operation: str
    site: Site | None
    function: str = ""
    """The tf.function that it is part of; empty in eager code."""
    is_gradient: bool = False
    """Whether it belongs to the way back, to the gradient of an operation on ``site``'s line."""
    came_in: bool = False
    """True where one of its inputs was not finite already and no operation of the run had made that: it came with
    the data or was left by an earlier run."""
    inputs: tuple[str, ...] = ()
    """What it was given: ``float32 (3,) from 0 to 2, 1 zero``."""
    output: str = ""


class OperationsRecorded(Event, frozen=True, kw_only=True):
    """All operations of a cell that was run with ``record``: sent once, at its end."""

    operations: tuple[OperationRecord, ...]
    """In the order in which they first ran."""
    total: int
    """How many ran, the operations inside of tf.functions not counted."""
    left_out: int = 0
    """Runs of operations beyond the longest list."""
    checked: int = 0
    """Operations inside of tf.functions whose results were looked at."""
    nan: NonFiniteFound | None = None
    inf: NonFiniteFound | None = None

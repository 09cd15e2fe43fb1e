"""Answers to what the lab asks about one tensor of the learner's namespace."""

from __future__ import annotations

from tflab.protocol.events import Event, TensorRecord

Element = float | int | bool | str | None
"""One element: strings and complex numbers as text; None where there is none (a shorter row, an empty place)."""


class TensorRead(Event, frozen=True, kw_only=True):
    """The answer to a `ReadTensorRequest`."""

    request_id: int
    name: str
    problem: str = ""
    """One line for people where there are no elements to show; else empty."""
    record: TensorRecord | None = None
    """What is known of it as a whole; its statistics may come from a sample."""
    lengths: tuple[int, ...] = ()
    """Of each axis; of a ragged one the longest in sight."""
    axes: tuple[int, ...] = ()
    """The axis that goes down and the one that goes across; one axis alone is folded into rows; none of a scalar."""
    at: tuple[int, ...] = ()
    """Index of the first element on each axis."""
    step: tuple[float, float] = (1.0, 1.0)
    """Elements down and across that one of ``elements`` stands for: more than 1 in an overview."""
    labels: tuple[int, ...] = ()
    """The index that each row begins with, where that is not what counting from ``at`` gives."""
    elements: tuple[tuple[Element, ...], ...] = ()
    """Row by row. In an overview each is the mean of its finite elements, or what is not finite among them."""
    sampled: bool = False
    """True where an overview has looked at some of its elements only."""
    details: tuple[str, ...] = ()
    """What else there is to say, a line each: the steps of a dataset, the entries of a table."""


class TensorMeasured(Event, frozen=True, kw_only=True):
    """The answer to a `MeasureTensorRequest`."""

    request_id: int
    name: str
    problem: str = ""
    """One line for people where nothing could be measured; else empty."""
    record: TensorRecord | None = None
    """Its statistics are those of all elements."""
    seconds: float = 0.0
    """What it took."""

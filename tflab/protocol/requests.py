"""What the lab asks of a session."""

from __future__ import annotations

from typing import Literal

import msgspec

from tflab.protocol.events import snake_case
from tflab.protocol.steering import LoopAction


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="request", tag=snake_case):
    """Something that the lab wants a session to do."""


class RunCellRequest(Request, frozen=True, kw_only=True):
    """Run a cell; answered by `CellStarted` ... `CellFinished`. Requests queue."""

    cell: int
    """0-based index; every event of the run carries it."""
    source: str
    filename: str = ""
    """The name in tracebacks: the file for a ``.py``, else empty and the session makes one (``cell 3``)."""
    first_line: int = 1
    """Line of ``filename`` that the source starts at, so that lines count in the file of a ``.py``."""
    record: bool = False
    """Record its operations: `OperationsRecorded` comes before `CellFinished`. It runs more slowly."""


class InterruptRequest(Request, frozen=True, kw_only=True):
    """Stop the running cell: TensorFlow's cancellation first, then SIGINT, again and again until it yields."""


class AnswerInputRequest(Request, frozen=True, kw_only=True):
    """The line typed for an `InputRequested`."""

    text: str
    end: bool = False
    """True where there is nothing to read any more: ``input()`` raises EOFError."""


class PingRequest(Request, frozen=True, kw_only=True):
    """Answered by `HeartbeatAnswered`, from the session's reader thread, also while a cell runs."""

    sequence: int


class CompleteRequest(Request, frozen=True, kw_only=True):
    """What could stand at ``position`` of ``source``; answered by `CompletionsOffered` while a cell runs, too."""

    request_id: int
    source: str
    position: int


class DescribeRequest(Request, frozen=True, kw_only=True):
    """What is at ``position`` of ``source``? Answered by `NameDescribed` while a cell runs, too."""

    request_id: int
    source: str
    position: int
    what: Literal["name", "call"] = "name"
    """The name at the cursor, or where there is none the call around it; or only the call."""


class ReadTensorRequest(Request, frozen=True, kw_only=True):
    """The elements of a tensor around one place; answered by `TensorRead` while a cell runs, too. Nothing is computed
    by TensorFlow, iterated over or used up, and no more is copied than what is answered."""

    request_id: int
    name: str
    """As in `TensorRecord.name`."""
    at: tuple[int, ...] = ()
    """The first element, an index for each axis; 0 for those that are missing. Too large ones are the last."""
    axes: tuple[int, ...] = ()
    """The axis that goes down and the one that goes across; the last two without them, but of an image those of its
    height and width."""
    rows: int = 16
    columns: int = 8
    overview: bool = False
    """Instead of single elements means over the whole plane, in this many rows and columns at most."""


class MeasureTensorRequest(Request, frozen=True, kw_only=True):
    """The statistics of all elements of a tensor, however large; answered by `TensorMeasured`."""

    request_id: int
    name: str


class CheckExerciseRequest(Request, frozen=True, kw_only=True):
    """Judge what the last cell left behind; answered by `CheckFinished`, then the session ends.

    Only a session made for it (``SessionSpec.grading``) does so, once.
    """

    cell: int
    """0-based index of the exercise's cell; the answer carries it."""
    exercise: str
    source: str
    """The check cell: claims about what the run showed."""
    token: str
    """A secret for the answer. It is not told before the learner's code has ended."""


class SteerLoopRequest(Request, frozen=True, kw_only=True):
    """Pause, resume, step or stop the training loop of the running cell, between two of its steps."""

    action: LoopAction


class TurnKnobRequest(Request, frozen=True, kw_only=True):
    """Give a knob another value before the next step; answered by `KnobTurned` or `KnobRefused`."""

    name: str
    value: float


class AbortCollectivesRequest(Request, frozen=True, kw_only=True):
    """Other workers of the cluster have ended: an operation that waits for them, and every later one, is to fail.

    Nothing happens before the program has met them, nor while it computes anything; what it does alone goes on.
    """

    message: str
    """What the error says."""


class ShutdownRequest(Request, frozen=True, kw_only=True):
    """End the session in good order."""


SessionRequest = (
    RunCellRequest
    | InterruptRequest
    | AnswerInputRequest
    | PingRequest
    | CompleteRequest
    | DescribeRequest
    | ReadTensorRequest
    | MeasureTensorRequest
    | CheckExerciseRequest
    | SteerLoopRequest
    | TurnKnobRequest
    | AbortCollectivesRequest
    | ShutdownRequest
)

"""What a real session once said, for screens to be drawn from; `tests.ui.record_run` records it anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from tests.ui.doubles import MemorySession
from tflab.client.grading import CheckOutcome, CheckProgress
from tflab.curriculum.document import Document
from tflab.curriculum.lesson import read_lesson
from tflab.protocol import codec
from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.events import CheckFinished, CompletionsOffered, Event
from tflab.protocol.grading import CheckOrder
from tflab.protocol.requests import CompleteRequest, DescribeRequest, MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.steering import LoopAction
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead

FOLDER: Final = Path(__file__).parent / "recordings"
RUN: Final = FOLDER / "run.frames"
ANSWERS: Final = FOLDER / "answers.frames"
CHECKS: Final = FOLDER / "checks.frames"
RECORDED_STEP: Final = 3
"""The step, 0-based, that runs with its operations recorded."""
E = TypeVar("E", bound=Event)


def recorded_lesson() -> Document:
    """The lesson that was run."""
    return read_lesson(FOLDER / "14_training_loops.md")


def events_in(file: Path) -> Iterator[Event]:
    """The events of a recording."""
    for body in codec.FrameReader().feed(file.read_bytes()):
        yield codec.decode_event(body)


def recorded(*cells: int) -> list[Event]:
    """What the session said while these cells ran (0-based), without arguments all of them; devices among it."""
    found: list[Event] = []
    now = -1
    for event in events_in(RUN):
        now = now if event.cell is None else event.cell
        if not cells or now in cells:
            found.append(event)
    return found


def answers(kind: type[E]) -> list[E]:
    """What the session answered to questions, of one type, in the order in which they were asked."""
    return [event for event in events_in(ANSWERS) if isinstance(event, kind)]


class RecordedSession(MemorySession):
    """Answers what it is asked about tensors and names as the recorded session did."""

    def ask_tensor(self, request: ReadTensorRequest | MeasureTensorRequest, /) -> None:
        """The recorded numbers around the place that was asked for; nothing of a tensor that was not recorded."""
        super().ask_tensor(request)
        if isinstance(request, MeasureTensorRequest):
            (measured,) = answers(TensorMeasured)
            self.put(msgspec.structs.replace(measured, request_id=request.request_id))
            return
        numbers, overview = answers(TensorRead)
        if request.name != numbers.name:
            return
        whole = overview if request.overview else numbers
        down, across = request.at if len(request.at) == 2 and not request.overview else (0, 0)
        part = tuple(row[across : across + request.columns] for row in whole.elements[down : down + request.rows])
        self.put(msgspec.structs.replace(whole, request_id=request.request_id, at=(down, across), elements=part))

    def complete(self, request: CompleteRequest, /) -> None:
        """The recorded names for the word that is typed."""
        super().complete(request)
        (offered,) = answers(CompletionsOffered)
        start = request.position
        while start and (request.source[start - 1].isalnum() or request.source[start - 1] == "_"):
            start -= 1
        self.put(msgspec.structs.replace(offered, request_id=request.request_id, start=start))

    def describe(self, request: DescribeRequest, /) -> None:
        """The recorded description."""
        super().describe(request)
        name, call = answers(NameDescribed)
        self.put(msgspec.structs.replace(call if request.what == "call" else name, request_id=request.request_id))


class RecordedProcess:
    """A watched process that said what the recorded session said."""

    def __init__(self) -> None:
        self.events: list[Any] = recorded()
        self.steered: list[LoopAction] = []

    def drain(self) -> Sequence[Any]:
        """As the protocol in `tflab.ui.screens.watch_screen.Watched`."""
        events, self.events = self.events, []
        return events

    def on_arrival(self, tell: Callable[[], object], /) -> None:
        """As above: all of it has come already."""

    def steer(self, action: LoopAction, /) -> None:
        """As above."""
        self.steered.append(action)

    def turn_knob(self, name: str, value: float, /) -> None:
        """As above."""

    def ask_tensor(self, request: ReadTensorRequest | MeasureTensorRequest, /) -> None:
        """As above: it is gone already, and does not answer."""


@dataclass
class RecordedCheck:
    """A check that is over with a recorded verdict once ``is_over`` is set."""

    finished: CheckFinished
    is_over: bool = False
    stopped: str = ""

    @property
    def progress(self) -> CheckProgress:
        """The second of three cells."""
        return CheckProgress("replaying", done=1, total=2, step=2)

    @property
    def outcome(self) -> CheckOutcome | None:
        """The verdict."""
        return CheckOutcome(self.finished, None, 1.25) if self.is_over else None

    def cancel(self) -> None:
        """As the protocol in `tflab.ui.exercise_desk.Check`."""


class RecordedGrader:
    """Grades the first answer as the starter was graded, the second as the solution."""

    def __init__(self) -> None:
        verdicts = [event for event in events_in(CHECKS) if isinstance(event, CheckFinished)]
        self.checks = [RecordedCheck(verdict) for verdict in verdicts]
        self.orders: list[CheckOrder] = []

    def start(self, order: CheckOrder, /) -> RecordedCheck:
        """As the protocol in `tflab.ui.exercise_desk.Grader`."""
        self.orders.append(order)
        return self.checks[len(self.orders) - 1]

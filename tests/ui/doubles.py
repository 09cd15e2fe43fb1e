"""A session and drafts in memory: what the lab is given in tests in place of a real process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tflab.curriculum.document import Document, Step
from tflab.curriculum.file_cells import FileCell
from tflab.protocol.events import (
    CellError,
    CellFinished,
    CellStarted,
    CellStatus,
    Device,
    Event,
    SessionReady,
    StreamWritten,
)
from tflab.protocol.requests import (
    CompleteRequest,
    DescribeRequest,
    MeasureTensorRequest,
    ReadTensorRequest,
    RunCellRequest,
)
from tflab.protocol.server import ServerReady

READY = SessionReady(
    tensorflow="2.21.0",
    keras="3.15.0",
    python="3.11.9",
    isolation="full",
    devices=(Device(name="CPU:0", kind="cpu"),),
)


class MemorySession:
    """Records what it is asked and hands out the events that a test puts in."""

    def __init__(self, *events: Any) -> None:
        self.events: list[Any] = list(events)
        self.requests: list[RunCellRequest] = []
        self.interrupts = 0
        self.restarts = 0
        self.answers: list[str | None] = []
        self.questions: list[CompleteRequest] = []
        self.looks: list[ReadTensorRequest | MeasureTensorRequest] = []
        self.descriptions: list[DescribeRequest] = []
        self.steered: list[str] = []
        self.turned: list[tuple[str, float]] = []
        self._tell: Callable[[], object] | None = None

    def put(self, *events: Any) -> None:
        """Happens next."""
        was_empty = not self.events
        self.events += events
        if was_empty and self._tell is not None:
            self._tell()

    def on_arrival(self, tell: Callable[[], object], /) -> None:
        """As the protocol in `tflab.ui.launch.Session`."""
        self._tell = tell

    def make_ready(self) -> None:
        """TensorFlow is loaded and a session can run cells."""
        self.put(ServerReady(tensorflow="2.21.0", keras="3.15.0", python="3.11.9", seconds=3.0), READY)

    def run(self, request: RunCellRequest, /) -> None:
        """As the protocol in `tflab.ui.launch.Session`."""
        self.requests.append(request)

    def interrupt(self) -> None:
        """As above."""
        self.interrupts += 1

    def restart(self) -> None:
        """As above."""
        self.restarts += 1

    def answer_input(self, text: str | None, /) -> None:
        """As above."""
        self.answers.append(text)

    def steer(self, action: str, /) -> None:
        """As above."""
        self.steered.append(action)

    def turn_knob(self, name: str, value: float, /) -> None:
        """As above."""
        self.turned.append((name, value))

    def complete(self, request: CompleteRequest, /) -> None:
        """As above."""
        self.questions.append(request)

    def ask_tensor(self, request: ReadTensorRequest | MeasureTensorRequest, /) -> None:
        """As above."""
        self.looks.append(request)

    def describe(self, request: DescribeRequest, /) -> None:
        """As above."""
        self.descriptions.append(request)

    def drain(self) -> list[Any]:
        """As above."""
        events, self.events = self.events, []
        return events


class MemoryDrafts:
    """Drafts in a dict."""

    def __init__(self, kept: dict[int, str] | None = None, cells: Sequence[FileCell] | None = None) -> None:
        self.trouble = ""
        self.kept = dict(kept or {})
        self.cells: tuple[FileCell, ...] | None = None if cells is None else tuple(cells)

    def load(self, document: Document, /) -> dict[int, str]:
        """As the protocol in `tflab.ui.launch.Drafts`."""
        return dict(self.kept)

    def save(self, document: Document, index: int, source: str, /) -> None:
        """As above."""
        self.kept[index] = source

    def load_cells(self, document: Document, /) -> tuple[FileCell, ...] | None:
        """As above."""
        return self.cells

    def save_cells(self, document: Document, cells: Sequence[FileCell] | None, /) -> None:
        """As above."""
        self.cells = None if cells is None else tuple(cells)


def lesson(*sources: str, panel: str = "") -> Document:
    """A lesson with a step for each source."""
    steps = tuple(
        Step(
            index=index,
            prose=f"## Part {index + 1}\n\nProse of part {index + 1}.",
            source=source,
            title=f"Part {index + 1}",
        )
        for index, source in enumerate(sources)
    )
    return Document(path=Path("14_training_loops.md"), kind="lesson", title="Training loops", steps=steps, panel=panel)


def started(cell: int, source: str = "") -> CellStarted:
    """A cell began at Unix second 1000."""
    return CellStarted(cell=cell, source=source, time=1000.0)


def finished(
    cell: int, status: CellStatus = "ok", error: CellError | None = None, seconds: float = 0.5
) -> CellFinished:
    """A cell ended."""
    return CellFinished(cell=cell, status=status, seconds=seconds, error=error)


def ran(cell: int, *between: Event) -> list[Event]:
    """A whole run of a cell."""
    return [started(cell), *between, finished(cell)]


def printed(text: str, cell: int = 0) -> StreamWritten:
    """Something on stdout."""
    return StreamWritten(cell=cell, name="stdout", text=text)

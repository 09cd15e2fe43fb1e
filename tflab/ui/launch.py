"""What the lab is opened with: the parts that a command hands to `tflab.ui.app.run_lab`.

The interface knows its surroundings only by these forms, so that tests can open it with parts of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tflab.ui.lesson_entry import LessonEntry

if TYPE_CHECKING:
    from pathlib import Path

    from tflab.curriculum.cell_outputs import ShownOutputs
    from tflab.curriculum.document import Document
    from tflab.curriculum.file_cells import FileCell
    from tflab.curriculum.kept_runs import KeptRuns
    from tflab.curriculum.preferences import Preferences as Choices
    from tflab.protocol.diagnostics import Diagnostic
    from tflab.protocol.requests import (
        CompleteRequest,
        DescribeRequest,
        MeasureTensorRequest,
        ReadTensorRequest,
        RunCellRequest,
    )
    from tflab.protocol.steering import LoopAction
    from tflab.ui.exercise_desk import Grader


class Session(Protocol):
    """What the lab needs of `tflab.client.supervisor.Supervisor`. No method may block for long."""

    def run(self, request: RunCellRequest, /) -> None:
        """Runs a cell as soon as a session is ready; cells run in order."""

    def interrupt(self) -> None:
        """Stops the running cell and drops the waiting ones."""

    def restart(self) -> None:
        """Kills the session and starts a fresh one; waiting cells are dropped."""

    def answer_input(self, text: str | None, /) -> None:
        """The line typed for an ``InputRequested``; None for the end of the input."""

    def steer(self, action: LoopAction, /) -> None:
        """Pauses, resumes, steps or stops the loop of the running cell; ``LoopPaused`` and ``LoopResumed`` tell."""

    def turn_knob(self, name: str, value: float, /) -> None:
        """Gives a number of the program another value; ``KnobTurned`` or ``KnobRefused`` answers."""

    def complete(self, request: CompleteRequest, /) -> None:
        """Asks for completions; a ``CompletionsOffered`` answers."""

    def ask_tensor(self, request: ReadTensorRequest | MeasureTensorRequest, /) -> None:
        """Asks about one tensor; a ``TensorRead`` or ``TensorMeasured`` answers."""

    def describe(self, request: DescribeRequest, /) -> None:
        """Asks what a name is; a ``NameDescribed`` answers."""

    def drain(self) -> list[Any]:
        """Everything that happened since the last call, in order: events, lifecycle and server events."""

    def on_arrival(self, tell: Callable[[], object], /) -> None:
        """From now on calls ``tell``, on some thread, when something has come and all before it had been drained."""


class StaticNames(Protocol):
    """Knows names of code that has not run; `tflab.client.static_names.StaticNamesProcess`. No method blocks."""

    def complete(self, request: CompleteRequest, /) -> None:
        """As `Session.complete`; the answer comes by `drain`, if it comes."""

    def describe(self, request: DescribeRequest, /) -> None:
        """As `Session.describe`."""

    def drain(self) -> list[Any]:
        """The answers since the last call."""


class Linter(Protocol):
    """Says what is wrong with code before it runs, and lays it out; `tflab.client.ruff.Ruff`. It may take a while."""

    def check(self, sources: Sequence[str], /) -> list[list[Diagnostic]]:
        """What is to be said of each step of a document."""

    def format_source(self, source: str, /) -> str:
        """The code of one step, laid out. Raises `Unformattable`."""


class Preferences(Protocol):
    """Remembers choices; `tflab.curriculum.preferences.PreferenceFile`."""

    now: Choices

    def change(self, **choices: Any) -> None:
        """Makes choices by their names."""


class Drafts(Protocol):
    """Keeps what was typed."""

    def load(self, document: Document, /) -> dict[int, str]:
        """Source by step index, for the steps that were edited."""

    def save(self, document: Document, index: int, source: str, /) -> None:
        """Keeps ``source`` for step ``index``, atomically and without making anyone wait."""

    def load_cells(self, document: Document, /) -> tuple[FileCell, ...] | None:
        """The cells of a file whose structure was edited; None where it was not."""

    def save_cells(self, document: Document, cells: Sequence[FileCell] | None, /) -> None:
        """Keeps them; None ends that draft."""

    @property
    def trouble(self) -> str:
        """One line for people where typing is not being kept; else empty."""


class Save(Protocol):
    """Writes cells into the file that they came from."""

    def __call__(
        self, document: Document, cells: Sequence[FileCell], outputs: Mapping[int, ShownOutputs], /
    ) -> Document:
        """The document as its file has it then. Raises `Unsaveable`."""


class SaveAs(Protocol):
    """Writes cells into a file of another name."""

    def __call__(
        self,
        cells: Sequence[FileCell],
        outputs: Mapping[int, ShownOutputs],
        target: Path,
        *,
        replace_it: bool = False,
    ) -> Document:
        """The document that the file holds then. Raises `AlreadyThere`, `Unsaveable`."""


@dataclass(frozen=True)
class Launch:
    """Everything that one run of the lab needs."""

    document: Document
    session: Session
    drafts: Drafts
    lessons: Sequence[LessonEntry] = ()
    open_document: Callable[[str], Document] | None = None
    """Opens a lesson of the list by its ``ref``; may raise ``UnreadableDocument``. None where there is no list."""
    notes: Sequence[str] = field(default=())
    """Lines to show once, at the top of the output: a folder that was not granted, say."""
    doors: Sequence[str] = ()
    """The flags that opened something in the sandbox: ``--allow-net``, ...; the status line shows them."""
    first_launch: bool = False
    """Shows the welcome."""
    opened: Callable[[Document], None] | None = None
    """Told of every document that the person opens, so that the next ``tflab`` begins there."""
    first_step: Callable[[Document], int] | None = None
    """The step of a document to begin at: where the person left off. The first where None."""
    step_shown: Callable[[Document, int], None] | None = None
    """Told of every step that comes into sight."""
    step_ran: Callable[[Document, int], None] | None = None
    """Told of every step that has run without an error."""
    grader: Grader | None = None
    """Checks exercises; None where none can be checked."""
    passed: Callable[[Document], Collection[str]] | None = None
    """Names of a document's exercises that have passed before."""
    exercise_passed: Callable[[Document, str], None] | None = None
    """Told of every exercise that passes, by its name."""
    summary: Callable[[], str] | None = None
    """The page that sums up the learner's way through the course, made anew; None where there is no course."""
    static_names: StaticNames | None = None
    """Completes names of code that has not run; None where nothing does."""
    preferences: Preferences | None = None
    """What the person has chosen about the interface; None where nothing is remembered."""
    linter: Linter | None = None
    """Checks code as it is typed; None where nothing does."""
    runs: KeptRuns | None = None
    save: Save | None = None
    """Puts edited cells into the document's file; raises `Unsaveable` (`tflab.curriculum.saving.save`)."""
    save_as: SaveAs | None = None
    """Writes cells into a new file (`tflab.curriculum.saving.save_as`)."""
    """Keeps the runs that draw curves; None where none are kept."""

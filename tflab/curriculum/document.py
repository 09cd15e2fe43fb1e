"""What the lab steps through: a lesson, a notebook or a script, all in one form.

A `Document` is a sequence of `Step`: the prose before a code cell, and the cell. ``curriculum.notebook`` and
``curriculum.lesson`` read files into this form; the interface and ``tflab run`` know no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tflab.protocol.logical_devices import LogicalDevices

if TYPE_CHECKING:
    from tflab.curriculum.file_cells import FileCell

DocumentKind = Literal["lesson", "notebook", "script"]


@dataclass(frozen=True)
class Step:
    """One step: prose, then code."""

    index: int
    """0-based index of the code cell; what ``cell`` is in events."""
    prose: str
    """Markdown; empty where a code cell follows another."""
    source: str
    """The code as the file holds it; a learner's draft is kept apart."""
    first_line: int = 1
    """1-based line of the file that ``source`` starts at, for a script; 1 otherwise."""
    title: str = ""
    """The first heading of the prose, without marks; else empty."""
    tags: frozenset[str] = frozenset()
    panel: str = ""
    """The panel that a lesson opens when this step is reached; empty to leave it as it is."""
    name: str = ""
    """What an exercise is called by; empty for other steps."""


@dataclass(frozen=True)
class Document:
    """A file that can be stepped through and run."""

    path: Path
    kind: DocumentKind
    title: str
    steps: tuple[Step, ...]
    filename: str = ""
    """What tracebacks call the code: the path of a script, empty for lessons and notebooks."""
    panel: str = ""
    """The panel that a lesson opens at its start; empty for the default."""
    devices: LogicalDevices = ()
    """Logical devices that its session starts with."""
    front_matter: dict[str, object] = field(default_factory=dict)
    cells: tuple[FileCell, ...] = ()
    """What the file holds, one for one; empty for a lesson, and for Markdown that cannot be written back."""
    is_untitled: bool = False
    """Whether it has no file yet: a scratch notebook. Its ``path`` is where the file would be."""


class UnreadableDocument(Exception):
    """A file that cannot be opened; the message is one line for people and says what to do."""

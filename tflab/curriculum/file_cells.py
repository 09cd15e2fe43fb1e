"""The cells of a file of one's own: what its structure is edited on.

`Document.steps` is what is stepped through; the cells below it are what the file holds, one for one: code, Markdown,
and what is neither and is only carried along. Each remembers its own piece of the file, so that what was not edited
is written back as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tflab.curriculum.cells import Cell, steps_from
from tflab.curriculum.document import Step

CellKind = Literal["code", "markdown", "other"]


@dataclass(frozen=True)
class TextPiece:
    """A cell's own lines in a file of text: its marker or fence, its options, the blank lines behind it."""

    lines: tuple[str, ...]
    start: int
    """The cell's text is ``lines[start:end]``."""
    end: int

    def with_text(self, lines: Sequence[str]) -> tuple[str, ...]:
        """The piece with other text in it."""
        return (*self.lines[: self.start], *lines, *self.lines[self.end :])


@dataclass(frozen=True)
class FileCell:
    """One cell of a file as it is being edited."""

    kind: CellKind
    source: str
    identity: int = -1
    """Stays with the cell whatever becomes of its text and place, for as long as the file is open."""
    origin: int | None = None
    """The index of the cell that it is in the file as it was read last; None for one that is not there."""
    piece: Any = None
    """The cell in its file's own form: an object of JSON, a `TextPiece`; None for a new one."""
    heading: str = ""
    """A title in the marker of a script's code cell: shown as prose, edited with the marker only."""
    tags: frozenset[str] = frozenset()
    first_line: int = 1
    """1-based line of the file that the text starts at, for a script; 1 otherwise."""
    attachments: Mapping[str, Any] = field(default_factory=dict)
    """Pictures that came with the text of another cell, by their names."""


def numbered(cells: Iterable[FileCell]) -> tuple[FileCell, ...]:
    """Cells just read from a file: each is named after its place."""
    return tuple(replace(cell, identity=index, origin=index) for index, cell in enumerate(cells))


def same_text(some: Sequence[FileCell], others: Sequence[FileCell]) -> bool:
    """Whether two files hold the same cells, whatever else is in them."""
    return [(cell.kind, cell.source) for cell in some] == [(cell.kind, cell.source) for cell in others]


def steps_of(cells: Iterable[FileCell]) -> tuple[Step, ...]:
    """The steps that cells make."""
    shown: list[Cell] = []
    for cell in cells:
        if cell.kind == "markdown":
            shown.append(Cell(kind="markdown", source=cell.source, tags=cell.tags))
        elif cell.kind == "code":
            if cell.heading:
                shown.append(Cell(kind="markdown", source=f"## {cell.heading}"))
            shown.append(Cell(kind="code", source=cell.source, first_line=cell.first_line, tags=cell.tags))
    return steps_from(shown)


def next_identity(cells: Iterable[FileCell]) -> int:
    """An identity that none of them has."""
    return max((cell.identity for cell in cells), default=-1) + 1

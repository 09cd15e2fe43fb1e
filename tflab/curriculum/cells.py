"""Cells, as every reader of a file gives them, and how they become steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tflab.curriculum.document import Step

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Cell:
    """A piece of a file: code or Markdown."""

    kind: Literal["code", "markdown"]
    source: str
    first_line: int = 1
    """1-based line of the file that a script's cell starts at; 1 otherwise."""
    tags: frozenset[str] = frozenset()
    name: str = ""
    """The cell's ``name`` option; what an exercise is called by."""
    panel: str = ""
    """The cell's ``panel`` option: what to look at while it runs."""
    expect: str = ""
    """The cell's ``expect`` option: what the evidence against a wrong answer has to say."""
    line: int = 0
    """1-based line of a lesson's file that the text starts at; 0 where the reader does not say."""


def steps_from(cells: Sequence[Cell]) -> tuple[Step, ...]:
    """The steps: every code cell with the Markdown before it.

    Markdown after the last code cell becomes a last step whose ``source`` is empty: there is nothing to run there.
    """
    steps: list[Step] = []
    prose: list[str] = []
    for cell in cells:
        if cell.kind == "markdown":
            prose.append(cell.source)
            continue
        steps.append(_step(len(steps), prose, cell))
        prose = []
    if any(part.strip() for part in prose):
        steps.append(_step(len(steps), prose, Cell(kind="code", source="")))
    return tuple(steps)


def _step(index: int, prose: Sequence[str], cell: Cell) -> Step:
    text = "\n\n".join(part.strip("\n") for part in prose if part.strip())
    return Step(
        index=index,
        prose=text,
        source=cell.source,
        first_line=cell.first_line,
        title=first_heading(text),
        tags=cell.tags,
        panel=cell.panel,
        name=cell.name,
    )


def first_heading(markdown: str) -> str:
    """The first heading outside any code fence, without its marks; empty where there is none."""
    fence = ""
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence and (heading := _HEADING.match(line)):
            return heading[1].strip().strip("*_`")
    return ""

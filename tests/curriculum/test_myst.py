"""Our reader of lessons gives what jupytext gives."""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.curriculum import myst
from tflab.curriculum.front_matter import split_front_matter
from tflab.lesson_files import lessons_folder

LESSONS = sorted(lessons_folder().glob("??/*.md"))

Comparable = list[tuple[str, str, frozenset[str]]]


def ours(text: str) -> Comparable:
    _, body, first_line = split_front_matter(text)
    return [(cell.kind, cell.source, cell.tags) for cell in myst.read_cells(body, first_line)]


def theirs(text: str) -> Comparable:
    cells = jupytext.reads(text, fmt="md:myst")["cells"]
    return [
        (cell["cell_type"], cell["source"], frozenset(cell["metadata"].get("tags", ())))
        for cell in cells
        if cell["source"].strip() or cell["cell_type"] == "code"
    ]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_lesson_is_the_same_notebook_in_jupytext(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ours(text) == theirs(text)


PIECES = [
    "# A heading\n\nSome prose.\n",
    "* a list\n* of two\n",
    "```python\nno = 'cell'\n```\n",
    "````markdown\n```{code-cell}\nnot = 'a cell'\n```\n````\n",
    "~~~\ntildes\n~~~\n",
    "```{code-cell}\nx = 1\n```\n",
    "```{code-cell} ipython3\n:tags: [exercise]\n:name: one\nx = 1\n\ny = 2\n```\n",
    "```{code-cell}\n---\ntags: [check, slow]\n---\nassert x\n```\n",
    "```{code-cell}\n```\n",
    '+++ {"tags": ["hint"]}\n\nA hint.\n',
    "+++\n\nAfter a break.\n",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6))
def test_any_mixture_of_pieces_reads_as_in_jupytext(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    assert ours(text) == theirs(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("text\n\n```{code-cell}\nx = 1\n", 3),
        ("text\n+++ {tags}\n", 2),
        ("+++ [1]\n", 1),
        ("```{code-cell}\n---\ntags: [a]\nx = 1\n```\n", 2),
        ("```{code-cell}\n---\ntags: [a\n---\nx = 1\n```\n", 3),
        ("```{code-cell}\n:tags: [a\nx = 1\n```\n", 2),
    ],
)
def test_what_is_broken_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(myst.BrokenMyst) as broken:
        myst.read_cells(text)
    assert broken.value.line == line

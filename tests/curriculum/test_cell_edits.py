"""Edits of a file's structure: whatever is done, saved and opened again is the same, and all of it can be undone."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.curriculum.test_saving import BOOK, MYST, PERCENT
from tflab.curriculum import cell_drafts
from tflab.curriculum.cell_history import CellHistory
from tflab.curriculum.document import Document
from tflab.curriculum.file_cells import FileCell, same_text
from tflab.curriculum.notebook import read_document
from tflab.curriculum.saving import Unsaveable, save, save_as

CELLS: list[Any] = BOOK["cells"]  # type: ignore[assignment]
NAMED = [{**cell, "id": f"cell-{index}"} for index, cell in enumerate(CELLS)]
FILES = {
    "a.ipynb": json.dumps(BOOK | {"cells": NAMED, "nbformat_minor": 5}, indent=1, ensure_ascii=False),
    "old.ipynb": json.dumps(BOOK, ensure_ascii=False),
    "a.py": PERCENT.replace("latin-1", "utf-8"),
    "plain.py": "#!/usr/bin/env python\n# coding: utf-8\nimport os\n\nx = 1\n\n",
    "short.py": "import os\n\nx = 1\n",
    "a.md": MYST.replace("```python\nnot_a_cell = 1\n```", "Only *prose*."),
}
# Texts that no form of file reads as something else than the text of one cell.
CODE = st.sampled_from(
    ["a = 1", "b = 2\n\nprint(b)", "# only a comment", "%time c", "d = [\n    1,\n]", "def f():\n    pass"]
)
TEXT = st.sampled_from(
    ["# A title", "Some *prose*.\n\nMore.", "%% not a cell", "\\alpha", "![](attachment:a.png)", "- é"]
)
NUMBER = st.integers(0, 50)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), NUMBER, CODE),
        st.tuples(st.just("insert_text"), NUMBER, TEXT),
        st.tuples(st.just("split"), NUMBER, NUMBER),
        st.tuples(st.just("join"), NUMBER, NUMBER),
        st.tuples(st.just("move"), NUMBER, NUMBER),
        st.tuples(st.just("delete"), NUMBER, NUMBER),
        st.tuples(st.just("convert"), NUMBER, NUMBER),
        st.tuples(st.just("type"), NUMBER, CODE),
    ),
    max_size=10,
)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def edit(history: CellHistory, name: str, at: int, argument: Any) -> None:
    """One edit at a place that is made to fit."""
    cells = history.cells
    cell = cells[at % len(cells)]
    if name == "insert":
        history.insert(at % (len(cells) + 1), "code", argument)
    elif name == "insert_text":
        history.insert(at % (len(cells) + 1), "markdown", argument)
    elif name == "move":
        history.move(at % len(cells), at % len(cells), argument % (len(cells) + 1))
    elif cell.kind == "other":
        return
    elif name == "split":
        history.split(cell.identity, argument % (len(cell.source) + 1))
    elif name == "join":
        later = [other for other in cells[at % len(cells) + 1 :] if other.kind == cell.kind]
        if later:
            history.join(cell.identity, later[argument % len(later)].identity)
    elif name == "delete":
        history.delete(cell.identity)
    elif name == "convert":
        history.convert(cell.identity, "markdown" if cell.kind == "code" else "code")
    elif name == "type" and cell.kind == "code":
        history.type(cell.identity, argument)


def opened(folder: Path, name: str) -> Document:
    path = folder / name
    path.write_text(FILES[name])
    return read_document(path)


def as_read(cells: Sequence[FileCell], suffix: str) -> list[tuple[str, str]]:
    """What can be read of cells: a file of text has no blank lines around a cell, a page of Markdown no empty text."""
    if suffix == ".ipynb":
        return [(cell.kind, cell.source) for cell in cells]
    return [
        (cell.kind, "\n".join(_without_blank_ends(cell.source.split("\n"))))
        for cell in cells
        if cell.kind != "markdown" or cell.source.strip() or suffix == ".py"
    ]


def _without_blank_ends(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


@pytest.mark.parametrize("name", [name for name in FILES if name != "plain.py"])
@quick
@given(edits=EDITS)
def test_what_is_saved_is_what_is_opened_again(name: str, edits: list[tuple[str, int, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = opened(Path(folder), name)
        history = CellHistory(document.cells)
        for each in edits:
            edit(history, *each)
        saved = save(document, history.cells)
        suffix = document.path.suffix
        again = read_document(document.path)
        assert same_text(saved.cells, again.cells)
        expected, found = as_read(history.cells, suffix), as_read(again.cells, suffix)
        assert found == expected
        if suffix == ".ipynb":
            notebook = nbformat.read(document.path, as_version=4)
            nbformat.validate(notebook)
            if name == "a.ipynb":
                identities = [cell["id"] for cell in notebook.cells]
                assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("name", FILES)
@quick
@given(edits=EDITS, more=EDITS)
def test_undoing_everything_gives_the_file_back(
    name: str, edits: list[tuple[str, int, Any]], more: list[tuple[str, int, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = opened(Path(folder), name)
        history = CellHistory(document.cells)
        structure = [each for each in (*edits, *more) if each[0] != "type"]
        for each in structure:
            edit(history, *each)
        changed = history.cells
        while history.undo():
            pass
        assert history.cells == document.cells
        save(document, history.cells)
        assert document.path.read_text() == FILES[name]
        while history.redo():
            pass
        assert [(cell.kind, cell.source) for cell in history.cells] == [(cell.kind, cell.source) for cell in changed]


@quick
@given(edits=EDITS, more=EDITS)
def test_a_notebook_is_what_it_was_also_when_it_was_saved_in_between(
    edits: list[tuple[str, int, Any]], more: list[tuple[str, int, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = opened(Path(folder), "a.ipynb")
        before = json.loads(document.path.read_text())
        history = CellHistory(document.cells)
        for part in (edits, more):
            for name, at, argument in part:
                if name != "type":
                    edit(history, name, at, argument)
            document = save(document, history.cells)
            history.keep(document.cells)
        while history.undo():
            pass
        save(document, history.cells)
        assert json.loads(document.path.read_text()) == before


@pytest.mark.parametrize("name", [name for name in FILES if name != "plain.py"])
@quick
@given(edits=EDITS)
def test_a_draft_holds_all_of_it(name: str, edits: list[tuple[str, int, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = opened(Path(folder), name)
        history = CellHistory(document.cells)
        for each in edits:
            edit(history, *each)
        kept = cell_drafts.decode(cell_drafts.encode(history.cells), document.cells)
        assert [(cell.kind, cell.source, cell.origin) for cell in kept] == [
            (cell.kind, cell.source, cell.origin) for cell in history.cells
        ]
        assert len({cell.identity for cell in kept}) == len(kept)
        save(document, kept)
        first = document.path.read_text()
        document.path.write_text(FILES[name])
        save(document, history.cells)
        if not name.endswith("a.ipynb"):
            # New cells of a notebook get other identities each time.
            assert document.path.read_text() == first


def test_what_was_typed_after_an_edit_is_not_lost_by_undoing_it(tmp_path: Path) -> None:
    document = opened(tmp_path, "plain.py")
    history = CellHistory(document.cells)
    first = history.cells[0]
    second = history.split(first.identity, first.source.index("x = 1"))
    history.type(second, "x = 2")
    history.undo()
    assert history.cells[0].source.endswith("import os\n\nx = 2")

    added = history.insert(1, "code")
    history.type(added, "typed = 1")
    history.undo()
    assert [cell.identity for cell in history.cells] == [first.identity]
    history.redo()
    assert [cell.source for cell in history.cells][1:] == ["typed = 1"]


def test_a_plain_script_gets_cells_and_keeps_its_own_text(tmp_path: Path) -> None:
    document = opened(tmp_path, "plain.py")
    history = CellHistory(document.cells)
    history.insert(1, "code", "y = 2")
    history.insert(1, "markdown", "Between.")
    save(document, history.cells)
    assert document.path.read_text() == FILES["plain.py"] + "# %% [markdown]\n# Between.\n\n# %%\ny = 2\n"


def test_a_script_whose_encoding_would_be_none_is_left_alone(tmp_path: Path) -> None:
    document = opened(tmp_path, "plain.py")
    history = CellHistory(document.cells)
    history.split(history.cells[0].identity, FILES["plain.py"].index("tf-8"))
    with pytest.raises(Unsaveable, match="unknown encoding: u"):
        save(document, history.cells)
    assert document.path.read_text() == FILES["plain.py"]


def test_the_encoding_stays_above_a_cell_that_is_put_first(tmp_path: Path) -> None:
    document = opened(tmp_path, "plain.py")
    history = CellHistory(document.cells)
    history.insert(0, "code", "first = 1")
    save(document, history.cells)
    assert document.path.read_text() == (
        "#!/usr/bin/env python\n# coding: utf-8\n\n# %%\nfirst = 1\n\n# %%\nimport os\n\nx = 1\n\n"
    )


def test_pictures_go_with_the_text_that_shows_them(tmp_path: Path) -> None:
    document = opened(tmp_path, "a.ipynb")
    history = CellHistory(document.cells)
    picture = next(cell for cell in history.cells if cell.kind == "markdown")
    history.type(picture.identity, "Before.\n![](attachment:a.png)")
    history.split(picture.identity, len("Before."))
    save(document, history.cells)
    cells = json.loads(document.path.read_text())["cells"]
    assert cells[2]["attachments"] == {"a.png": {"image/png": "aGk="}}
    nbformat.validate(nbformat.read(document.path, as_version=4))


def test_markdown_that_would_swallow_the_code_behind_it_is_not_saved(tmp_path: Path) -> None:
    document = opened(tmp_path, "a.md")
    history = CellHistory(document.cells)
    history.insert(0, "markdown", "```\nnever closed")
    with pytest.raises(Unsaveable, match="not closed"):
        save(document, history.cells)
    assert document.path.read_text() == FILES["a.md"]


@pytest.mark.parametrize("name", ["new.ipynb", "new.py", "new.md"])
def test_cells_of_no_file_are_saved_in_any_form(tmp_path: Path, name: str) -> None:
    cells = [
        FileCell("markdown", "# Title", identity=0),
        FileCell("code", "x = 1\nx", identity=1),
        FileCell("code", "y = 2", identity=2),
    ]
    saved = save_as(cells, {}, tmp_path / name)
    assert as_read(saved.cells, saved.path.suffix) == as_read(cells, saved.path.suffix)
    assert [cell.identity for cell in saved.cells] == [0, 1, 2]
    if name == "new.ipynb":
        nbformat.validate(nbformat.read(saved.path, as_version=4))
    with pytest.raises(Unsaveable, match="already"):
        save_as(cells, {}, tmp_path / name)
    save_as(cells[:2], {}, tmp_path / name, replace_it=True)
    assert len(read_document(tmp_path / name).cells) == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [("new.txt", "must end in"), ("none/new.py", "no folder"), (".", "must end in"), ("a.py/b.py", "no folder")],
)
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str, expected: str) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    with pytest.raises(Unsaveable, match=expected) as refused:
        save_as([FileCell("code", "x")], {}, tmp_path / name)
    assert "\n" not in str(refused.value)

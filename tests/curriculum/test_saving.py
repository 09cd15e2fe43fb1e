"""Saving: what was edited is in the file, and nothing else in it has changed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.curriculum.documents import lessons_folder, notebook
from tflab.curriculum import saving
from tflab.curriculum.document import Document
from tflab.curriculum.file_cells import FileCell, next_identity
from tflab.curriculum.lesson import read_lesson
from tflab.curriculum.notebook import read_document
from tflab.curriculum.saving import Unsaveable


def save(document: Document, sources: dict[int, str]) -> Document:
    """Saves other code, by index of the step; the step behind the last code cell gets a cell of its own."""
    code = [cell for cell in document.cells if cell.kind == "code"]
    typed = {id(cell): sources.get(step, cell.source) for step, cell in enumerate(code)}
    cells = [replace(cell, source=typed.get(id(cell), cell.source)) for cell in document.cells]
    if len(code) in sources:
        cells.append(FileCell("code", sources[len(code)], identity=next_identity(document.cells)))
    return saving.save(document, tuple(cells))


def opened(path: Path, content: str | bytes) -> Document:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path)


def test_a_plain_script(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    saved = save(opened(path, "x = 1\nprint(x)\n\n"), {0: "x = 2\ny = 3\nprint(x)"})
    assert path.read_text() == "x = 2\ny = 3\nprint(x)\n\n"
    assert saved.steps[0].source == "x = 2\ny = 3\nprint(x)"


PERCENT = """# -*- coding: latin-1 -*-
# Licence: none

# %% [markdown]
# # Title

# %% first

x = 1


# %%
# %% tags=["b"]
y = "é"
z = 3
# %% [raw]
raw
"""


def test_cells_of_a_script_with_its_markers_newlines_and_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    before = PERCENT.replace("\n", "\r\n").encode("latin-1")
    saved = save(opened(path, before), {0: "x = 10\nxx = 11", 1: "new = 1", 2: 'y = "ü"'})
    expected = PERCENT.replace("x = 1\n", "x = 10\nxx = 11\n").replace("# %%\n# %% tags", "# %%\nnew = 1\n# %% tags")
    expected = expected.replace('y = "é"\nz = 3', 'y = "ü"')
    assert path.read_bytes() == expected.replace("\n", "\r\n").encode("latin-1")
    assert [step.source for step in saved.steps] == ["x = 10\nxx = 11", "new = 1", 'y = "ü"']


MYST = """---
title: A page
kernelspec: {name: python3, display_name: Python}
---

# A page

```{code-cell} ipython3
:tags: [slow]

x = 1
```

```python
not_a_cell = 1
```

```{code-cell}
```

~~~{code-cell}
y = 2
~~~

The end.
"""


def test_cells_of_markdown(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    saved = save(opened(path, MYST), {0: "x = 10\nxx = 11", 2: "y = 20"})
    assert path.read_text() == MYST.replace("x = 1\n```\n\n```python", "x = 10\nxx = 11\n```\n\n```python").replace(
        "y = 2\n", "y = 20\n"
    )
    assert [step.source for step in saved.steps] == ["x = 10\nxx = 11", "", "y = 20", ""]


BOOK = {
    "cells": [
        {"cell_type": "raw", "metadata": {"format": "text/latex"}, "source": ["\\LaTeX"]},
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": ["![](attachment:a.png)"],
            "attachments": {"a.png": {"image/png": "aGk="}},
        },
        {
            "cell_type": "code",
            "execution_count": 7,
            "metadata": {"tags": ["mine"], "custom": {"a": [1, None, 0.1]}},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["ä\n"]}],
            "source": ["x = 1\n", "x"],
        },
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": "y = 'é'"},
    ],
    "metadata": {"kernelspec": {"name": "tf", "display_name": "TF"}, "mine": {"unknown": True}},
    "nbformat": 4,
    "nbformat_minor": 4,
}


@pytest.mark.parametrize("indent", [1, 4, None])
def test_a_notebook_keeps_what_it_did_not_understand(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "a.ipynb"
    before = json.dumps(BOOK, indent=indent) + "\n"
    document = opened(path, before)
    assert save(document, {0: "x = 1\nx", 1: "y = 'é'"}) == document
    assert path.read_text() == before, "nothing was edited, nothing is written"

    save(document, {0: "x = 2\nx + 1\n"})
    expected = json.loads(before)
    expected["cells"][2]["source"] = ["x = 2\n", "x + 1\n"]
    assert json.loads(path.read_text()) == expected
    assert ("\n" in path.read_text().strip()) == (indent is not None)
    save(read_document(path), {1: "y = 3"})
    expected["cells"][3]["source"] = "y = 3"
    assert json.loads(path.read_text()) == expected


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "a.py", tmp_path / "link.py"
    path.write_text("x = 1\n")
    path.chmod(0o755)
    link.symlink_to(path)
    save(read_document(link), {0: "x = 2"})
    assert link.is_symlink()
    assert path.read_text() == "x = 2\n"
    assert path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("name", ["a.py", "a.ipynb", "a.md"])
def test_a_file_that_was_changed_elsewhere_is_left_alone(tmp_path: Path, name: str) -> None:
    contents = {"a.py": "x = 1\n", "a.ipynb": notebook(("code", "x = 1")), "a.md": "```{code-cell}\nx = 1\n```\n"}
    document = opened(tmp_path / name, contents[name])
    (tmp_path / name).write_text(contents[name].replace("x = 1", "x = 5"))
    with pytest.raises(Unsaveable, match="changed elsewhere"):
        save(document, {0: "x = 2"})
    assert "x = 5" in (tmp_path / name).read_text()


def test_what_cannot_be_saved_says_so_and_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    document = opened(path, "# coding: ascii\nx = 1\n")
    with pytest.raises(Unsaveable, match="é"):
        save(document, {0: "# coding: ascii\nx = 'é'"})
    assert path.read_text() == "# coding: ascii\nx = 1\n"
    path.unlink()
    with pytest.raises(Unsaveable, match="No such file"):
        save(document, {0: "x = 2"})
    book = opened(tmp_path / "old.ipynb", json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"], "language": "python", "outputs": [], "metadata": {}}], "metadata": {}}]}))  # fmt: skip # noqa: E501
    with pytest.raises(Unsaveable, match="older format"):
        save(book, {0: "x = 2"})
    lesson = read_lesson(lessons_folder(tmp_path, "01_first") / "en" / "01_first.md")
    with pytest.raises(Unsaveable, match="lesson"):
        save(lesson, {0: "x = 2"})
    assert os.listdir(tmp_path / "lessons" / "en") == ["01_first.md"]

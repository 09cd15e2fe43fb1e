"""Opening files: every form, and every way in which a file can be no document."""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tests.curriculum.documents import notebook
from tflab.curriculum import notebook as reading
from tflab.curriculum.document import UnreadableDocument
from tflab.curriculum.notebook import read_document

# --- scripts -----------------------------------------------------------------------------------------------------


def test_a_plain_script_is_one_cell_that_starts_at_line_one(tmp_path: Path) -> None:
    path = tmp_path / "loop.py"
    path.write_text("#!/usr/bin/env python\n# a comment\n\nx = 1\nprint(x)\n")
    document = read_document(path)
    assert (document.kind, document.title, document.filename) == ("script", "loop.py", str(path))
    (step,) = document.steps
    assert (step.index, step.first_line, step.prose) == (0, 1, "")
    assert step.source == "#!/usr/bin/env python\n# a comment\n\nx = 1\nprint(x)"


PERCENT = '''\
# ---
# jupyter: {}
# ---
# Copyright: nobody

# %% [markdown]
# # Training
# Some *prose*.
#
# More.

# %%

import math


# %% tags=["exercise", "long"]
x = """
# %% this is text, no marker
"""
# %%time is a magic, no marker

#%% [markdown]
"""
In a string.
"""

# %% Plotting
plot = 1
# %% [raw]
nothing
# %% [markdown]
# The end.
'''


def test_a_percent_script_is_steps_whose_lines_count_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cells.py"
    path.write_text(PERCENT)
    document = read_document(path)
    lines = PERCENT.split("\n")
    first, second, third, last = document.steps
    assert (first.prose, first.source) == ("# Training\nSome *prose*.\n\nMore.", "import math")
    assert first.title == "Training"
    assert second.source.startswith('x = """\n# %% this is text')
    assert second.source.endswith("# %%time is a magic, no marker")
    assert second.tags == {"exercise", "long"}
    assert (third.prose, third.source, third.title) == ("In a string.\n\n## Plotting", "plot = 1", "Plotting")
    assert (last.prose, last.source, last.index) == ("The end.", "", 3)
    for step in document.steps[:3]:
        assert lines[step.first_line - 1] == step.source.split("\n")[0]


def test_code_above_the_first_marker_is_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "cells.py"
    path.write_text('"""What this does."""\nimport os\n# %%\nx = 1\n')
    first, second = read_document(path).steps
    assert (first.source, first.first_line) == ('"""What this does."""\nimport os', 1)
    assert (second.source, second.first_line) == ("x = 1", 4)


def test_a_script_that_does_not_parse_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text('x = """\n# %%\ny = (\n# %%\nz\n')
    assert len(read_document(path).steps) == 3


def test_other_line_ends_and_encodings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.py"
    path.write_bytes("# -*- coding: latin-1 -*-\r\n# %%\r\nname = 'Müller'\r\n".encode("latin-1"))
    assert read_document(path).steps[0].source == "name = 'Müller'"
    path.write_bytes(b"\xef\xbb\xbfx = 1\r\n")
    assert read_document(path).steps[0].source == "x = 1"


# --- notebooks ---------------------------------------------------------------------------------------------------


def test_a_notebook_is_steps_of_prose_and_code(tmp_path: Path) -> None:
    path = tmp_path / "book.ipynb"
    path.write_text(
        notebook(
            ("markdown", "# Title\n\nOne."), ("markdown", "Two."), ("code", "x = 1\nx"), ("raw", "no"), ("code", "y")
        )
    )
    document = read_document(path)
    assert (document.kind, document.title, document.filename) == ("notebook", "Title", "")
    first, second = document.steps
    assert (first.prose, first.source, first.title) == ("# Title\n\nOne.\n\nTwo.", "x = 1\nx", "Title")
    assert (second.prose, second.source, second.index) == ("", "y", 1)


def test_an_old_notebook_is_converted(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input="x = 1")])]
    )
    path.write_text(json.dumps(old))
    assert [step.source for step in read_document(path).steps] == ["x = 1"]


def test_damaged_cells_are_passed_over(tmp_path: Path) -> None:
    content = json.loads(notebook(("code", "x = 1")))
    content["cells"] += [None, 7, {"cell_type": "code"}, {"cell_type": "code", "source": 3}, {"source": "no kind"}]
    content["cells"][0]["metadata"] = {"tags": ["exercise", 4]}
    path = tmp_path / "book.ipynb"
    path.write_text(json.dumps(content))
    document = read_document(path)
    assert [step.source for step in document.steps] == ["x = 1", ""]
    assert document.steps[0].tags == {"exercise"}


def test_myst_markdown_opens_as_a_notebook(tmp_path: Path) -> None:
    path = tmp_path / "text.md"
    path.write_text("---\ntitle: By hand\n---\n\n# Top\n\n```{code-cell}\n:tags: [one]\nx = 1\n```\n\nThe end.\n")
    document = read_document(path)
    assert (document.kind, document.title) == ("notebook", "By hand")
    assert [(step.prose, step.source, step.tags) for step in document.steps] == [
        ("# Top", "x = 1", frozenset({"one"})),
        ("The end.", "", frozenset()),
    ]


# --- what cannot be opened ---------------------------------------------------------------------------------------


def _write(name: str, content: str | bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def _folder(folder: Path) -> Path:
    (folder / "loop.py").mkdir()
    return folder / "loop.py"


def _misspelt(folder: Path) -> Path:
    (folder / "training.py").write_text("x = 1")
    return folder / "trainning.py"


def _socket(folder: Path) -> Path:
    path = folder / "s.py"
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        # The name of a socket may not be long.
        os.chdir(folder)
        try:
            listener.bind("s.py")
        finally:
            os.chdir(before)
    return path


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda folder: folder / "none.py", "there is no such file"),
    "misspelt": (_misspelt, "did you mean"),
    "missing folder": (lambda folder: folder / "none" / "loop.py", "there is no such file"),
    "below a file": (lambda folder: _write("file", "x")(folder) / "loop.py", "there is no such file"),
    "folder": (_folder, "is a folder"),
    "no document": (_write("data.csv", "1,2"), "tflab opens .py, .ipynb and MyST .md"),
    "socket": (_socket, "not an ordinary file"),
    "null in the name": (lambda folder: Path("loop\0.py"), "there is no such file"),
    "name too long": (lambda folder: folder / ("x" * 300 + ".py"), "cannot be read"),
    "empty script": (_write("empty.py", ""), "is empty"),
    "blank script": (_write("blank.py", " \n\n"), "is empty"),
    "empty notebook": (_write("empty.ipynb", notebook()), "is empty"),
    "binary": (_write("pickled.py", b"\x80\x04\x00\x00x"), "is not text"),
    "not UTF-8 script": (_write("latin.py", "x = 'ü'".encode("latin-1")), "cannot be decoded"),
    "unknown encoding": (_write("cookie.py", "# coding: klingon\n"), "cannot be decoded"),
    "not UTF-8 notebook": (_write("latin.ipynb", "{'ü': 1}".encode("latin-1")), "not UTF-8"),
    "not UTF-8 Markdown": (_write("latin.md", "ü".encode("latin-1")), "not UTF-8"),
    "truncated notebook": (_write("cut.ipynb", notebook(("code", "x"))[:-20]), "its JSON breaks off at line 1"),
    "list": (_write("list.ipynb", "[1, 2]"), "is not a Jupyter notebook"),
    "other JSON": (_write("other.ipynb", '{"name": "package"}'), "is not a Jupyter notebook"),
    "no cells": (_write("cells.ipynb", '{"nbformat": 4}'), "is not a Jupyter notebook"),
    "deeply nested": (_write("deep.ipynb", "[" * 100_000), "is not a Jupyter notebook"),
    "broken old notebook": (_write("v2.ipynb", '{"nbformat": 2, "worksheets": 3}'), "is not a Jupyter notebook"),
    "future notebook": (_write("next.ipynb", '{"nbformat": 9, "cells": []}'), "format 9"),
    "notebook in R": (
        _write("r.ipynb", notebook(("code", "x <- 1"), kernelspec={"language": "R", "name": "ir"})),
        "for R; tflab runs Python",
    ),
    "Markdown without cells": (_write("readme.md", "# Hello\n\n```python\nx\n```\n"), "has no code cell"),
    "broken front matter": (_write("x.md", "---\na: [\n---\n```{code-cell}\nx\n```\n"), "not valid MyST"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, case: str) -> None:
    make, expected = BAD[case]
    with pytest.raises(UnreadableDocument) as refused:
        read_document(make(tmp_path))
    message = str(refused.value)
    assert expected in message
    assert "\n" not in message
    assert len(message) < 600


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.py"
    with path.open("wb") as file:
        file.truncate(reading.LARGEST[".py"] + 1)
    with pytest.raises(UnreadableDocument, match="more than the 8 MiB"):
        read_document(path)


def test_a_forbidden_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read everything, so the refusal itself is made here.
    def refuse(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableDocument, match="may not read"):
        read_document(_write("secret.py", "x = 1")(tmp_path))

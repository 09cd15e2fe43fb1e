"""What becomes of a document and the events of its run, with events as plain values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tflab.curriculum.executed_notebook import ExecutedNotebook
from tflab.curriculum.notebook import read_document
from tflab.protocol.events import (
    CellError,
    CellFinished,
    CellStarted,
    Event,
    OutputCleared,
    ResultShown,
    SessionReady,
    StreamWritten,
)

READY = SessionReady(tensorflow="2.21.0", keras="3.15.1", python="3.11.7", isolation="full")


def executed(path: Path, *events: Event) -> Any:
    """The notebook after these events; it is valid."""
    result = ExecutedNotebook(read_document(path))
    for event in (READY, *events):
        result.add(event)
    notebook = nbformat.reads(result.content().decode(), as_version=4)
    nbformat.validate(notebook)
    return json.loads(result.content())


def outputs(tmp_path: Path, *events: Event) -> Any:
    """The outputs of the one cell of a script."""
    path = tmp_path / "one.py"
    path.write_text("x = 1\n")
    return executed(path, CellStarted(cell=0, source="x = 1"), *events)["cells"][0]["outputs"]


def shown(text: str, **fields: Any) -> ResultShown:
    return ResultShown(cell=0, mime={"text/plain": text}, **fields)


def written(text: str, name: Any = "stdout") -> StreamWritten:
    return StreamWritten(cell=0, name=name, text=text)


def test_text_of_one_stream_is_one_output(tmp_path: Path) -> None:
    assert outputs(tmp_path, written("a\n"), written("b\n"), written("!", "stderr"), written("c")) == [
        {"output_type": "stream", "name": "stdout", "text": "a\nb\n"},
        {"output_type": "stream", "name": "stderr", "text": "!"},
        {"output_type": "stream", "name": "stdout", "text": "c"},
    ]


def test_a_result_has_its_count_and_a_display_has_none(tmp_path: Path) -> None:
    result = ResultShown(cell=0, mime={"text/plain": "7", "application/json": "[1]"}, is_result=True)
    assert outputs(tmp_path, shown("picture"), result) == [
        {"output_type": "display_data", "data": {"text/plain": "picture"}, "metadata": {}},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "7", "application/json": [1]},
            "metadata": {},
            "execution_count": 1,
        },
    ]


def test_a_display_is_updated_in_its_place(tmp_path: Path) -> None:
    found = outputs(
        tmp_path, shown("0 %", display_id="bar"), written("on\n"), shown("100 %", display_id="bar", update=True)
    )
    assert [output.get("data", output.get("text")) for output in found] == [{"text/plain": "100 %"}, "on\n"]


@pytest.mark.parametrize("wait", [False, True])
def test_what_was_cleared_is_gone(tmp_path: Path, wait: bool) -> None:
    cleared = OutputCleared(cell=0, wait=wait)
    assert [output["text"] for output in outputs(tmp_path, written("old"), cleared)] == (["old"] if wait else [])
    assert [output["text"] for output in outputs(tmp_path, written("old"), cleared, written("new"))] == ["new"]


def test_an_error_is_an_output(tmp_path: Path) -> None:
    error = CellError(name="ValueError", message="no", line=1, traceback="Traceback\n  line\nValueError: no\n")
    ended = CellFinished(cell=0, status="error", seconds=0.1, error=error)
    assert outputs(tmp_path, ended) == [
        {
            "output_type": "error",
            "ename": "ValueError",
            "evalue": "no",
            "traceback": ["Traceback", "  line", "ValueError: no"],
        }
    ]


def test_a_notebook_keeps_all_but_its_outputs(tmp_path: Path) -> None:
    raw: dict[str, Any] = {
        "cells": [
            {"cell_type": "raw", "metadata": {"format": "text/latex"}, "source": ["\\LaTeX"]},
            {
                "cell_type": "markdown",
                "metadata": {},
                "source": ["# One\n", "![](attachment:a.png)"],
                "attachments": {"a.png": {"image/png": "aGk="}},
            },
            {
                "cell_type": "code",
                "metadata": {"tags": ["mine"], "custom": {"a": 1}},
                "source": ["1\n", "2"],
                "outputs": [{"output_type": "stream", "name": "stdout", "text": ["old\n"]}],
                "execution_count": 7,
            },
            {"cell_type": "code", "metadata": {}, "source": "3", "outputs": [], "execution_count": None},
        ],
        "metadata": {"kernelspec": {"name": "tf", "display_name": "TF"}, "mine": [1, 2]},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path = tmp_path / "book.ipynb"
    path.write_text(json.dumps(raw))

    result = executed(path, CellStarted(cell=1, source="3"), StreamWritten(cell=1, name="stdout", text="hi\n"))

    raw["metadata"]["language_info"] = {"name": "python", "version": "3.11.7"}
    raw["cells"][2].update(outputs=[], execution_count=None)
    raw["cells"][3].update(outputs=[{"output_type": "stream", "name": "stdout", "text": "hi\n"}], execution_count=1)
    assert result == raw


def test_a_script_becomes_a_notebook_of_its_prose_and_code(tmp_path: Path) -> None:
    path = tmp_path / "cells.py"
    path.write_text("# %% [markdown]\n# # Title\n# %%\nx = 1\n# %%\nx\n# %% [markdown]\n# The end.\n")
    cells = executed(path)["cells"]
    assert [(cell["cell_type"], cell["source"]) for cell in cells] == [
        ("markdown", "# Title"),
        ("code", "x = 1"),
        ("code", "x"),
        ("markdown", "The end."),
    ]

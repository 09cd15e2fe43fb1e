"""Jupyter notebooks: the ``.ipynb`` form.

The current format is plain JSON and is read as such; nbformat, slow to import, is asked only to convert the formats
before version 4.
"""

from __future__ import annotations

import json
import secrets
import warnings
from collections.abc import Sequence
from typing import Any

from tflab.curriculum.document import UnreadableDocument
from tflab.curriculum.file_cells import FileCell
from tflab.messages import text

NEWEST = 4
"""The major version of the notebook format that is read."""


def read_cells(notebook: dict[str, Any]) -> list[FileCell]:
    """The cells of a loaded notebook, one for each of its entries, whatever they are."""
    return [_cell(raw) for raw in notebook["cells"]]


def write_cells(notebook: dict[str, Any], cells: Sequence[FileCell]) -> list[Any]:
    """The entries of a notebook that holds these cells; what it did not understand of them stays."""
    with_ids = (notebook.get("nbformat", 0), notebook.get("nbformat_minor", 0)) >= (4, 5)
    taken = {str(cell.piece.get("id")) for cell in cells if isinstance(cell.piece, dict)}
    written: list[Any] = []
    for cell in cells:
        entry = _entry(cell)
        if with_ids and isinstance(entry, dict) and "cell_type" in entry and "id" not in entry:
            identity = next(name for name in iter(lambda: secrets.token_hex(4), "") if name not in taken)
            taken.add(identity)
            entry = {"cell_type": entry["cell_type"], "id": identity, **entry}
        written.append(entry)
    return written


def version_of(content: bytes) -> object:
    """The major version of the format that a notebook says it has. Raises ValueError where it is no JSON."""
    notebook = json.loads(content.decode("utf-8-sig"))
    return notebook.get("nbformat") if isinstance(notebook, dict) else None


def new_notebook(python: str) -> dict[str, Any]:
    """A notebook without cells, for ``python`` (a version)."""
    return {
        "cells": [],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "version": python},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def load(content: str, shown: str) -> dict[str, Any]:
    """The notebook as its file holds it, in the current format; ``metadata`` and ``cells`` are there.

    Raises `UnreadableDocument`.
    """
    notebook: dict[str, Any]
    try:
        notebook = json.loads(content)
    except json.JSONDecodeError as error:
        raise UnreadableDocument(
            text("curriculum.file.broken_json", path=shown, line=error.lineno, column=error.colno)
        ) from None
    except RecursionError:
        raise UnreadableDocument(text("curriculum.file.not_a_notebook", path=shown)) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise UnreadableDocument(text("curriculum.file.not_a_notebook", path=shown))
    if notebook["nbformat"] > NEWEST:
        raise UnreadableDocument(
            text("curriculum.file.future_notebook", path=shown, version=notebook["nbformat"], newest=NEWEST)
        )
    if notebook["nbformat"] < NEWEST:
        notebook = _converted(content, shown)
    if not isinstance(notebook.get("metadata"), dict):
        notebook["metadata"] = {}
    language = _language(notebook["metadata"])
    if language and language.lower() not in ("python", "python3", "ipython", "ipython3"):
        raise UnreadableDocument(text("curriculum.file.other_language", path=shown, language=language))
    if not isinstance(notebook.get("cells"), list):
        raise UnreadableDocument(text("curriculum.file.not_a_notebook", path=shown))
    return notebook


def _converted(content: str, shown: str) -> dict[str, Any]:
    """A notebook of an older format in the current one."""
    import logging

    import nbformat

    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook: dict[str, Any] = json.loads(nbformat.writes(nbformat.reads(content, as_version=NEWEST)))
    # Whatever an old and damaged file makes of the converter, the answer is the same.
    except Exception:
        raise UnreadableDocument(text("curriculum.file.not_a_notebook", path=shown)) from None
    return notebook


def _language(metadata: dict[str, Any]) -> str:
    """The language that the notebook says it is in; empty where it does not say."""
    for block, key in (("language_info", "name"), ("kernelspec", "language")):
        entry = metadata.get(block)
        if isinstance(entry, dict) and isinstance(entry.get(key), str):
            return str(entry[key])
    return ""


def _cell(raw: Any) -> FileCell:
    """One cell; raw cells and what is no cell are only carried along."""
    if not isinstance(raw, dict) or raw.get("cell_type") not in ("code", "markdown"):
        return FileCell("other", "", piece=raw)
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return FileCell("other", "", piece=raw)
    metadata = raw.get("metadata")
    tags = metadata.get("tags", ()) if isinstance(metadata, dict) else ()
    return FileCell(
        kind="code" if raw["cell_type"] == "code" else "markdown",
        source=source.replace("\r\n", "\n"),
        piece=raw,
        tags=frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset(),
    )


def _entry(cell: FileCell) -> Any:
    """A cell as a notebook has it, made of what it was there."""
    if cell.kind == "other":
        return cell.piece
    before = cell.piece if isinstance(cell.piece, dict) else {}
    same = (before and _cell(before)) or None
    if same is not None and (same.kind, same.source) == (cell.kind, cell.source) and not cell.attachments:
        return before
    entry = {"cell_type": cell.kind, "metadata": {}, **before}
    entry["cell_type"] = cell.kind
    if cell.kind == "markdown":
        entry.pop("outputs", None)
        entry.pop("execution_count", None)
        shown = {name: picture for name, picture in cell.attachments.items() if f"attachment:{name}" in cell.source}
        if shown:
            entry["attachments"] = {**shown, **(before.get("attachments") or {})}
    else:
        entry.pop("attachments", None)
        entry.setdefault("execution_count", None)
        entry.setdefault("outputs", [])
    if same is None or same.source != cell.source or "source" not in before:
        as_list = isinstance(before.get("source", []), list)
        entry["source"] = cell.source.splitlines(keepends=True) if as_list else cell.source
    return entry

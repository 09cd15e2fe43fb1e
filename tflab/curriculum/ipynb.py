"""Jupyter notebooks: the ``.ipynb`` form.

The current format is plain JSON and is read as such; nbformat, slow to import, is asked only to convert the formats
before version 4.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

from tflab.curriculum.cells import Cell
from tflab.curriculum.document import UnreadableDocument
from tflab.messages import text

NEWEST = 4
"""The major version of the notebook format that is read."""


def read_cells(content: str, shown: str) -> tuple[list[Cell], str]:
    """The cells and the title of a notebook; ``shown`` is what messages call the file.

    Raises `UnreadableDocument`.
    """
    notebook = load(content, shown)
    title = notebook["metadata"].get("title")
    cells = [cell for raw in notebook["cells"] if (cell := _cell(raw)) is not None]
    return cells, title if isinstance(title, str) else ""


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


def is_code(raw: Any) -> bool:
    """Whether a cell of a loaded notebook is one of the code cells that `read_cells` gives."""
    cell = _cell(raw)
    return cell is not None and cell.kind == "code"


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


def _cell(raw: Any) -> Cell | None:
    """One cell; None for raw cells and for what is no cell."""
    if not isinstance(raw, dict) or raw.get("cell_type") not in ("code", "markdown"):
        return None
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return None
    metadata = raw.get("metadata")
    tags = metadata.get("tags", ()) if isinstance(metadata, dict) else ()
    return Cell(
        kind="code" if raw["cell_type"] == "code" else "markdown",
        source=source.replace("\r\n", "\n"),
        tags=frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset(),
    )

"""Writes edited steps back into the file they came from, and leaves everything else in it as it is."""

from __future__ import annotations

import io
import json
import os
import stat
import tokenize
from collections.abc import Mapping
from typing import Any

from tflab.curriculum import ipynb, myst
from tflab.curriculum.document import Document, UnreadableDocument
from tflab.curriculum.kept_files import write_atomically
from tflab.curriculum.notebook import STANDARD_INPUT, read_document
from tflab.messages import text


class Unsaveable(Exception):
    """The file is left as it was; the message is one line for people."""


def save(document: Document, sources: Mapping[int, str]) -> Document:
    """Puts ``sources``, by index of the step, into the document's file; the document as it is now.

    The file's newlines, encoding, permissions and, in a notebook, its metadata, outputs and attachments stay. Raises
    `Unsaveable`: for a lesson, for a file that is no longer what it was when it was opened, for one that cannot be
    written.
    """
    shown = str(document.path)
    if document.kind == "lesson" or document.filename == STANDARD_INPUT:
        raise Unsaveable(text("curriculum.save.lesson"))
    path = document.path.resolve()
    try:
        content = path.read_bytes()
        written = changed(document, content, sources)
        if written != content:
            write_atomically(path, written, mode=stat.S_IMODE(os.stat(path).st_mode))
        return read_document(document.path)
    except OSError as error:
        raise Unsaveable(text("curriculum.save.unwritable", path=shown, reason=error.strerror or str(error))) from None
    except UnreadableDocument as error:
        raise Unsaveable(str(error)) from None


def changed(document: Document, content: bytes, sources: Mapping[int, str]) -> bytes:
    """The file's ``content`` with the steps' ``sources`` in it. Raises `Unsaveable`."""
    edits = {index: source for index, source in sources.items() if source != document.steps[index].source}
    if not edits:
        return content
    suffix = document.path.suffix.lower()
    if suffix == ".ipynb":
        return _notebook(document, content, edits)
    encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    if suffix == ".py":
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    written = content.decode(encoding)
    newline = "\r\n" if "\r\n" in written else "\n"
    lines = written.replace("\r\n", "\n").split("\n")
    starts = _starts_in_script(document) if suffix == ".py" else _starts_in_markdown(document, lines)
    for index in sorted(edits, reverse=True):
        before = document.steps[index].source
        old = before.split("\n") if before else []
        start = starts[index]
        if lines[start : start + len(old)] != old:
            raise _Moved(document)
        lines[start : start + len(old)] = edits[index].split("\n")
    try:
        return newline.join(lines).encode(encoding)
    except UnicodeEncodeError as error:
        wrong = error.object[error.start : error.end]
        raise Unsaveable(
            text("curriculum.save.encoding", path=document.path, letters=wrong, encoding=encoding)
        ) from None


class _Moved(Unsaveable):
    def __init__(self, document: Document) -> None:
        super().__init__(text("curriculum.save.moved", path=document.path))


def _starts_in_script(document: Document) -> dict[int, int]:
    """0-based lines at which steps begin."""
    return {step.index: step.first_line - 1 for step in document.steps}


def _starts_in_markdown(document: Document, lines: list[str]) -> dict[int, int]:
    body = 0
    if lines[0].rstrip() == "---":
        body = next((number + 1 for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    try:
        cells = [cell for cell in myst.read_cells("\n".join(lines[body:]), body) if cell.kind == "code"]
    except myst.BrokenMyst:
        raise _Moved(document) from None
    # Prose behind the last cell is a step without code.
    if len(cells) not in (len(document.steps), len(document.steps) - 1):
        raise _Moved(document)
    return {step.index: cell.line - 1 for step, cell in zip(document.steps, cells, strict=False)}


def _notebook(document: Document, content: bytes, edits: Mapping[int, str]) -> bytes:
    written = content.decode("utf-8-sig")
    notebook: dict[str, Any] = json.loads(written)
    if notebook.get("nbformat") != ipynb.NEWEST:
        raise Unsaveable(text("curriculum.save.old_notebook", path=document.path))
    code = [cell for cell in notebook["cells"] if ipynb.is_code(cell)]
    for index, source in edits.items():
        if index >= len(code) or _source(code[index]) != document.steps[index].source:
            raise _Moved(document)
        as_list = isinstance(code[index]["source"], list)
        code[index]["source"] = source.splitlines(keepends=True) if as_list else source
    # As Jupyter lays it out; one that was written on a single line stays there.
    indent = 1 if "\n" in written.strip() else None
    ending = "\n" if written.endswith("\n") else ""
    return (json.dumps(notebook, indent=indent, ensure_ascii=False) + ending).encode("utf-8", "surrogatepass")


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    joined = "".join(source) if isinstance(source, list) else str(source)
    return joined.replace("\r\n", "\n")

"""Writes edited cells back into the file they came from, and leaves everything else in it as it is."""

from __future__ import annotations

import os
import platform
import stat
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tflab.curriculum import ipynb
from tflab.curriculum.cell_outputs import ShownOutputs
from tflab.curriculum.document import Document, UnreadableDocument
from tflab.curriculum.file_cells import FileCell, same_text
from tflab.curriculum.file_forms import OpenedFile, new_form, open_form
from tflab.curriculum.kept_files import write_atomically
from tflab.curriculum.myst import BrokenMyst
from tflab.curriculum.notebook import STANDARD_INPUT, SUFFIXES, parse_document
from tflab.messages import text

Outputs = Mapping[int, ShownOutputs]
"""What cells have shown, by their identities."""


class Unsaveable(Exception):
    """The file is left as it was; the message is one line for people."""


class AlreadyThere(Unsaveable):
    """Another file has that name."""


def save(document: Document, cells: Sequence[FileCell], outputs: Outputs | None = None) -> Document:
    """Puts ``cells`` in place of the document's; the document as it is in the file now.

    The file's newlines, encoding, permissions and, in a notebook, its metadata, attachments and the outputs of cells
    without new ``outputs`` stay. Raises `Unsaveable`: for a lesson, for a file that is no longer what it was when it
    was opened, for one that cannot be written.
    """
    if document.kind == "lesson" or document.filename == STANDARD_INPUT:
        raise Unsaveable(text("curriculum.save.lesson"))
    path = document.path.resolve()
    try:
        content = path.read_bytes()
        written = changed(document, content, cells, outputs or {})
        if written != content:
            write_atomically(path, written, mode=stat.S_IMODE(os.stat(path).st_mode))
        return _read_back(document.path, str(document.path), written, cells)
    except OSError as error:
        raise _unwritable(document.path, error) from None


def save_as(cells: Sequence[FileCell], outputs: Outputs, target: Path, *, replace_it: bool = False) -> Document:
    """Writes ``cells``, which came from no file, into a new one whose ending says its form.

    Raises `AlreadyThere` where there is one and it is not to be replaced, `Unsaveable` where none can be written.
    """
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise Unsaveable(text("curriculum.save.unknown_kind", path=target, kinds=" ".join(SUFFIXES)))
    form = new_form(suffix, platform.python_version())
    try:
        if target.is_dir():
            raise Unsaveable(text("curriculum.save.folder", path=target))
        if not target.parent.is_dir():
            raise Unsaveable(text("curriculum.save.no_folder", path=target, folder=target.parent))
        if target.exists() and not replace_it:
            raise AlreadyThere(text("curriculum.save.there", path=target))
        fresh = [replace(cell, piece=None, origin=None) for cell in cells if cell.kind != "other"]
        written = form.write(_with_outputs(fresh, outputs) if suffix == ".ipynb" else fresh)
        _check(target, suffix, written, fresh)
        umask = os.umask(0)
        os.umask(umask)
        write_atomically(target.resolve(), written, mode=0o666 & ~umask)
        return _read_back(target.absolute(), str(target), written, fresh)
    except ValueError:
        # A NUL in the name.
        raise Unsaveable(text("curriculum.save.no_name", path=repr(str(target)))) from None
    except OSError as error:
        raise _unwritable(target, error) from None


def changed(document: Document, content: bytes, cells: Sequence[FileCell], outputs: Outputs) -> bytes:
    """The file's ``content`` with ``cells`` in it. Raises `Unsaveable`."""
    suffix = document.path.suffix.lower()
    if not document.cells:
        raise Unsaveable(text("curriculum.save.laid_out", path=document.path))
    opened = _opened(document, suffix, content)
    if not same_text(opened.cells, document.cells):
        raise _moved(document)
    # What a cell is beside its text may have changed since: outputs of another Jupyter, say.
    current = [cell if cell.origin is None else replace(cell, piece=opened.cells[cell.origin].piece) for cell in cells]
    if suffix == ".ipynb":
        current = _with_outputs(current, outputs)
    in_place = [cell.origin for cell in current] == list(range(len(opened.cells)))
    new_outputs = suffix == ".ipynb" and any(cell.identity in outputs for cell in current)
    if in_place and same_text(current, opened.cells) and not new_outputs:
        return content
    try:
        written = opened.write(current)
    except UnicodeEncodeError as error:
        wrong = error.object[error.start : error.end]
        raise Unsaveable(
            text("curriculum.save.encoding", path=document.path, letters=wrong, encoding=error.encoding)
        ) from None
    _check(document.path, suffix, written, current)
    return written


def _opened(document: Document, suffix: str, content: bytes) -> OpenedFile:
    try:
        if suffix == ".ipynb" and ipynb.version_of(content) != ipynb.NEWEST:
            raise Unsaveable(text("curriculum.save.old_notebook", path=document.path))
        return open_form(suffix, content, str(document.path))
    except (UnreadableDocument, BrokenMyst, SyntaxError, LookupError, ValueError):
        raise _moved(document) from None


def _check(path: Path, suffix: str, written: bytes, cells: Sequence[FileCell]) -> None:
    """Raises `Unsaveable` for a file that could not be opened again, or be read as cells that were not meant."""
    if suffix == ".ipynb":
        return
    try:
        read = open_form(suffix, written, "").cells
    except BrokenMyst:
        read = ()
    except (SyntaxError, LookupError, UnicodeDecodeError) as error:
        # The line that names the encoding was changed to name none, or another.
        raise Unsaveable(text("curriculum.file.undecodable_script", path=path, reason=error)) from None
    if suffix == ".py":
        # A line that begins a cell means just that.
        return
    stripped = [replace(cell, source=cell.source.strip("\n")) for cell in cells]
    if not same_text(read, [cell for cell in stripped if cell.kind == "code" or cell.source.strip()]):
        raise Unsaveable(text("curriculum.save.reads_otherwise", path=path))


def _read_back(path: Path, shown: str, written: bytes, cells: Sequence[FileCell]) -> Document:
    """The document that the file is now; cells that are still one for one what they were keep their identities."""
    try:
        document = parse_document(path, shown, written)
    except UnreadableDocument as error:
        raise Unsaveable(str(error)) from None
    if [cell.kind for cell in document.cells] != [cell.kind for cell in cells]:
        return document
    kept = [replace(new, identity=old.identity) for new, old in zip(document.cells, cells, strict=True)]
    return replace(document, cells=tuple(kept))


def _with_outputs(cells: Sequence[FileCell], outputs: Outputs) -> list[FileCell]:
    """Cells that have run, with what they showed."""
    result: list[FileCell] = []
    for cell in cells:
        shown = outputs.get(cell.identity)
        if shown is not None and cell.kind == "code":
            before: dict[str, Any] = cell.piece if isinstance(cell.piece, dict) else {"cell_type": "code", "source": []}
            piece = {**before, "execution_count": shown.execution_count, "outputs": shown.outputs}
            cell = replace(cell, piece={"metadata": {}, **piece})
        result.append(cell)
    return result


def _moved(document: Document) -> Unsaveable:
    return Unsaveable(text("curriculum.save.moved", path=document.path))


def _unwritable(path: Path, error: OSError) -> Unsaveable:
    return Unsaveable(text("curriculum.save.unwritable", path=path, reason=error.strerror or str(error)))

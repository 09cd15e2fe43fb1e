"""Opens a file as a `Document`: a notebook, a script, or MyST Markdown."""

from __future__ import annotations

import difflib
import errno
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from tflab.curriculum.cells import Cell, first_heading, steps_from
from tflab.curriculum.document import Document, Step, UnreadableDocument
from tflab.curriculum.file_cells import FileCell, numbered, steps_of
from tflab.curriculum.file_forms import open_form, plain_lines
from tflab.messages import text

SUFFIXES: Final = (".py", ".ipynb", ".md")
STANDARD_INPUT: Final = "<stdin>"
"""What tracebacks call a script that came through standard input; it has no file."""
LARGEST: Final = {".py": 8 << 20, ".ipynb": 256 << 20, ".md": 8 << 20}
"""Bytes; a notebook carries its pictures."""


def read_document(path: str | Path) -> Document:
    """The file's steps. Raises `UnreadableDocument` for anything that cannot be opened."""
    path = Path(path)
    shown = str(path)
    content = _read_bytes(path, shown, path.suffix.lower())
    document = parse_document(path.absolute(), shown, content)
    if path.suffix.lower() == ".ipynb" and not any(cell.kind != "other" for cell in document.cells):
        raise UnreadableDocument(text("curriculum.file.empty", path=shown))
    return document


def parse_document(path: Path, shown: str, content: bytes) -> Document:
    """The steps of a file that holds ``content``; ``shown`` is what messages call it. Raises `UnreadableDocument`."""
    readers: dict[str, Callable[[Path, str, bytes], Document]] = {
        ".py": _read_script,
        ".ipynb": _read_notebook,
        ".md": _read_markdown,
    }
    return readers[path.suffix.lower()](path, shown, content)


def untitled_document(folder: Path) -> Document:
    """A notebook that has no file yet, with one empty cell; ``folder`` is where its code runs."""
    cells = numbered([FileCell("code", "")])
    document = notebook_of(folder / "untitled.ipynb", cells, text("curriculum.kept.untitled"))
    return replace(document, is_untitled=True)


def read_standard_input(stream: BinaryIO) -> Document:
    """The script that ``stream`` holds, as `python -` would take it. Raises `UnreadableDocument`."""
    content = stream.read()
    if not content.strip():
        raise UnreadableDocument(text("curriculum.file.empty", path=STANDARD_INPUT))
    document = _read_script(Path.cwd() / "-", STANDARD_INPUT, content)
    return replace(document, title=STANDARD_INPUT, filename=STANDARD_INPUT)


# --- the three forms ---------------------------------------------------------------------------------------------


def _read_script(path: Path, shown: str, content: bytes) -> Document:
    try:
        cells = open_form(".py", content, shown).cells
    except (SyntaxError, LookupError, UnicodeDecodeError) as error:
        raise UnreadableDocument(text("curriculum.file.undecodable_script", path=shown, reason=error)) from None
    steps = steps_of(cells)
    return Document(path=path, kind="script", title=path.name, steps=steps, filename=str(path), cells=cells)


def _read_notebook(path: Path, shown: str, content: bytes) -> Document:
    _utf8(content, shown)
    opened = open_form(".ipynb", content, shown)
    return notebook_of(path, opened.cells, opened.title)


def _read_markdown(path: Path, shown: str, content: bytes) -> Document:
    from tflab.curriculum import myst

    source = plain_lines(_utf8(content, shown))
    if not myst.has_code_cells(source):
        raise UnreadableDocument(text("curriculum.file.no_code_cells", path=shown))
    if _is_lesson(path):
        from tflab.curriculum.lesson import read_lesson

        return read_lesson(path)
    import jupytext

    try:
        notebook = jupytext.reads(source, fmt="md:myst")
    # jupytext lets the errors of its YAML and Markdown libraries through.
    except Exception as error:
        reason = " ".join(str(error).split())[:120]
        raise UnreadableDocument(text("curriculum.file.broken_myst", path=shown, reason=reason)) from None
    cells = [
        Cell(
            kind="code" if cell["cell_type"] == "code" else "markdown",
            source=cell["source"],
            tags=frozenset(str(tag) for tag in cell["metadata"].get("tags", ())),
        )
        for cell in notebook["cells"]
        if cell["cell_type"] in ("code", "markdown")
    ]
    title = notebook["metadata"].get("title", "")
    document = notebook_of(path, (), title if isinstance(title, str) else "", steps_from(cells))
    return replace(document, cells=_pieces(content, shown, document))


def _pieces(content: bytes, shown: str, document: Document) -> tuple[FileCell, ...]:
    """The cells of a page as they can be written back; none where jupytext reads its code otherwise."""
    from tflab.curriculum.myst import BrokenMyst

    try:
        cells = open_form(".md", content, shown).cells
    except BrokenMyst:
        return ()
    read = [(step.prose, step.source) for step in document.steps]
    return cells if [(step.prose, step.source) for step in steps_of(cells)] == read else ()


def _is_lesson(path: Path) -> bool:
    from tflab.lesson_files import lessons_folder

    return path.resolve().parent.parent == lessons_folder()


def notebook_of(
    path: Path, cells: tuple[FileCell, ...], title: str = "", steps: tuple[Step, ...] | None = None
) -> Document:
    """A notebook of these cells; its title is the first heading where it has none, else the file's name."""
    steps = steps_of(cells) if steps is None else steps
    headings = (first_heading(step.prose) for step in steps)
    title = title or next((heading for heading in headings if heading), "") or path.stem
    return Document(path=path, kind="notebook", title=title, steps=steps, cells=cells)


# --- the bytes ---------------------------------------------------------------------------------------------------


def _read_bytes(path: Path, shown: str, suffix: str) -> bytes:
    """The file's content, once everything that can be wrong before reading it is excluded."""
    try:
        information = path.stat()
    except OSError as error:
        raise UnreadableDocument(_why_not(path, shown, error)) from None
    except ValueError:
        # A NUL in the name.
        raise UnreadableDocument(text("curriculum.file.missing", path=repr(shown))) from None
    if stat.S_ISDIR(information.st_mode):
        raise UnreadableDocument(text("curriculum.file.folder", path=shown))
    if suffix not in SUFFIXES:
        raise UnreadableDocument(text("curriculum.file.unknown_kind", path=shown))
    if not stat.S_ISREG(information.st_mode):
        raise UnreadableDocument(text("curriculum.file.not_a_file", path=shown))
    if information.st_size > LARGEST[suffix]:
        raise UnreadableDocument(
            text(
                "curriculum.file.too_large",
                path=shown,
                size=f"{information.st_size / 2**20:,.0f}",
                largest=LARGEST[suffix] >> 20,
            )
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(_why_not(path, shown, error)) from None
    if not content.strip():
        raise UnreadableDocument(text("curriculum.file.empty", path=shown))
    if b"\0" in content:
        raise UnreadableDocument(text("curriculum.file.binary", path=shown))
    return content


def _why_not(path: Path, shown: str, error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return text("curriculum.file.forbidden", path=shown)
    if error.errno not in (errno.ENOENT, errno.ENOTDIR):
        return text("curriculum.file.not_readable", path=shown, reason=error.strerror or type(error).__name__)
    close = _close_name(path)
    if close:
        return text("curriculum.file.missing_but", path=shown, other=str(path.parent / close))
    return text("curriculum.file.missing", path=shown)


def _close_name(path: Path) -> str:
    """A file of the same folder that may have been meant."""
    try:
        names = [name for name in os.listdir(path.parent) if name.lower().endswith(SUFFIXES)]
    except OSError:
        return ""
    return next(iter(difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)), "")


def _utf8(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument(text("curriculum.file.not_utf8", path=shown, offset=error.start)) from None

"""The forms that files come in, each as its cells and a way to write other cells in their place."""

from __future__ import annotations

import io
import json
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from tflab.curriculum import ipynb, myst_page, percent
from tflab.curriculum.file_cells import FileCell, TextPiece, numbered

_LineWriter = Callable[[Sequence[str], Sequence[FileCell], int], list[str]]

NEW_PAGE: Final = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---

"""
"""What a page of MyST begins with, so that Jupyter takes it for a notebook."""


@dataclass(frozen=True)
class OpenedFile:
    """A file's cells, and how the file looks with others."""

    cells: tuple[FileCell, ...]
    write: Callable[[Sequence[FileCell]], bytes]
    """Gives the file's content; raises UnicodeEncodeError where its encoding lacks a letter."""
    title: str = ""


def open_form(suffix: str, content: bytes, shown: str) -> OpenedFile:
    """Reads a ``.py``, ``.ipynb`` or ``.md`` file.

    ``shown`` is what messages call it. Raises `UnreadableDocument`, `myst.BrokenMyst`, and what Python raises where the
    text cannot be decoded.
    """
    if suffix == ".ipynb":
        return _notebook(content.decode("utf-8-sig"), shown)
    encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    if suffix == ".py":
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    written = content.decode(encoding)
    newline = "\r\n" if "\r\n" in written else "\n" if "\n" in written or "\r" not in written else "\r"
    text = plain_lines(written)
    writer: _LineWriter
    if suffix == ".py":
        (header, cells), writer = percent.read_script(text), percent.write_script
    else:
        (header, cells), writer = myst_page.read_page(text), myst_page.write_page
    return OpenedFile(numbered(cells), partial(_written, writer, header, len(cells), newline, encoding))


def new_form(suffix: str, python: str) -> OpenedFile:
    """A file that does not exist yet, without cells; a notebook names the version ``python``."""
    if suffix == ".ipynb":
        return _notebook(json.dumps(ipynb.new_notebook(python), indent=1) + "\n", "")
    if suffix == ".py":
        return OpenedFile((), partial(_written, percent.write_script, (), 0, "\n", "utf-8"))
    header = tuple(NEW_PAGE.split("\n")[:-1])
    return OpenedFile((), partial(_written, myst_page.write_page, header, 0, "\n", "utf-8"))


def first_lines(saved: Sequence[FileCell], cells: Sequence[FileCell]) -> list[int]:
    """The 1-based lines at which the code cells of a script that holds ``saved`` would begin, were these in it."""
    header = 0
    if saved and isinstance(saved[0].piece, TextPiece) and saved[0].kind == "code":
        header = max(0, saved[0].first_line - 1 - saved[0].piece.start)
    lines = percent.write_script(["#"] * header, cells, len(saved))
    return [cell.first_line for cell in percent.read_script("\n".join(lines))[1] if cell.kind == "code"]


def plain_lines(source: str) -> str:
    """Text whose lines end in ``\\n``, without a mark of its byte order."""
    return source.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def _written(
    writer: _LineWriter, header: Sequence[str], count: int, newline: str, encoding: str, cells: Sequence[FileCell]
) -> bytes:
    return newline.join(writer(header, cells, count)).encode(encoding)


def _notebook(written: str, shown: str) -> OpenedFile:
    notebook = ipynb.load(written, shown)
    cells = numbered(ipynb.read_cells(notebook))
    title = notebook["metadata"].get("title")

    def write(changed: Sequence[FileCell]) -> bytes:
        # As Jupyter lays it out; one that was written on a single line stays there.
        indent = 1 if "\n" in written.strip() else None
        ending = "\n" if written.endswith("\n") else ""
        whole = {**notebook, "cells": ipynb.write_cells(notebook, changed)}
        return (json.dumps(whole, indent=indent, ensure_ascii=False) + ending).encode("utf-8", "surrogatepass")

    return OpenedFile(cells, write, title if isinstance(title, str) else "")

"""A page of MyST Markdown with code cells, as pieces that can be changed, moved and put back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from tflab.curriculum import myst
from tflab.curriculum.file_cells import FileCell, TextPiece
from tflab.curriculum.percent import set_apart

_BREAK: Final = "+++"
_OPENING: Final = re.compile(r"^( {0,3})(`{3,}|~{3,})([ \t]*\{code-cell\}.*)$")


def read_page(text: str) -> tuple[tuple[str, ...], list[FileCell]]:
    """The lines above the cells (the front matter) and the cells of a page. Raises `myst.BrokenMyst`."""
    lines = text.split("\n")
    body = _body(lines)
    cells: list[FileCell] = []
    begun = body
    """The first line that belongs to no cell yet."""
    for cell in myst.read_cells("\n".join(lines[body:]), body):
        own = begun
        count = cell.source.count("\n") + 1 if cell.source else 0
        start = cell.line - 1
        if cell.kind == "code":
            closing = start + count
            while not myst.is_closing(lines[closing]):
                closing += 1
            begun = closing + 1
        else:
            begun = start + count
        while begun < len(lines) and not lines[begun].strip():
            begun += 1
        piece = TextPiece(tuple(lines[own:begun]), start - own, start - own + count)
        cells.append(FileCell(cell.kind, cell.source, piece=piece, tags=cell.tags))
    if cells and begun < len(lines):
        # A break with nothing behind it.
        last = cells[-1]
        piece = TextPiece((*last.piece.lines, *lines[begun:]), last.piece.start, last.piece.end)
        cells[-1] = FileCell(last.kind, last.source, piece=piece, tags=last.tags)
    return tuple(lines[:body]), cells


def write_page(header: Sequence[str], cells: Sequence[FileCell], count: int) -> list[str]:
    """The lines of a page with these cells; ``count`` is how many the file has had. Untouched pieces stay."""
    opening = next((line for cell in cells for line in _opening_of(cell)), "```{code-cell}")
    written = list(header)
    for position, cell in enumerate(cells):
        piece = list(_piece(cell, opening))
        before = cells[position - 1] if position else None
        apart = before is not None and (before.origin is None or cell.origin != before.origin + 1)
        begins_with_break = next((line for line in piece if line.strip()), "").startswith(_BREAK)
        if before is not None and before.kind == cell.kind == "markdown" and not begins_with_break:
            piece = [_BREAK, "", *piece]
        if written and (apart or position == 0) and piece[0].strip():
            set_apart(written, was_last=before is not None and before.origin == count - 1)
        written += piece
    if written and written[-1].strip() and (not cells or cells[-1].origin != count - 1):
        written.append("")
    return written


def _body(lines: Sequence[str]) -> int:
    """The line behind the front matter, and behind the blank lines below it."""
    body = 0
    if lines[0].rstrip() == "---":
        body = next((number + 1 for number, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), 0)
    while body < len(lines) and not lines[body].strip():
        body += 1
    return body


def _opening_of(cell: FileCell) -> list[str]:
    """The line that opens a code cell that was in the file, as a fence of the usual length."""
    if cell.kind == "code" and isinstance(cell.piece, TextPiece):
        for line in cell.piece.lines[: cell.piece.start]:
            if opening := _OPENING.match(line):
                return ["```" + opening[3].rstrip()]
    return []


def _piece(cell: FileCell, opening: str) -> Sequence[str]:
    """A cell's own lines as they are now."""
    lines = cell.source.split("\n") if cell.source else []
    piece = cell.piece if isinstance(cell.piece, TextPiece) else None
    settings: Mapping[str, object] = {}
    if piece is not None:
        was_code = any(_OPENING.match(line) for line in piece.lines[: piece.start])
        if was_code == (cell.kind == "code"):
            if list(piece.lines[piece.start : piece.end]) == lines:
                return piece.lines
            return _fenced(piece.with_text(lines), piece.start, lines) if was_code else piece.with_text(lines)
        settings = myst.settings_of(piece.lines[: piece.start])
    if cell.kind == "markdown":
        return [*([f"{_BREAK} {json.dumps(settings)}", ""] if settings else []), *lines, ""]
    options = [f":{key}: {_value(value)}" for key, value in settings.items()]
    whole = [opening, *options, *([""] if options else []), *lines, "```", ""]
    return _fenced(whole, len(whole) - len(lines) - 2, lines)


def _value(value: object) -> str:
    if isinstance(value, list) and all(isinstance(item, str) and re.fullmatch(r"[\w.-]+", item) for item in value):
        return f"[{', '.join(value)}]"
    return json.dumps(value)


def _fenced(piece: Sequence[str], start: int, source: Sequence[str]) -> list[str]:
    """A code cell's lines with a fence that nothing in its ``source`` closes, and nothing there read as an option."""
    first = next(number for number, line in enumerate(piece) if _OPENING.match(line))
    opening = _OPENING.match(piece[first])
    if opening is None:
        return list(piece)
    result = list(piece)
    end = next(number for number in range(start + len(source), len(piece)) if myst.is_closing(piece[number]))
    mark = opening[2]
    fences = (re.match(rf" {{0,3}}({re.escape(mark[0])}{{3,}})", line) for line in source)
    longest = max((len(fence[1]) for fence in fences if fence), default=0)
    if longest >= len(mark):
        mark = mark[0] * (longest + 1)
        result[first] = f"{opening[1]}{mark}{opening[3]}"
        result[end] = f"{opening[1]}{mark}"
    if source and (source[0].startswith(":") or source[0].rstrip() == "---") and piece[start - 1].strip():
        result.insert(start, "")
    return result

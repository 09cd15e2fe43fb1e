"""Python scripts: one cell, or several where lines say ``# %%``."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Sequence
from dataclasses import replace

from tflab.curriculum.file_cells import CellKind, FileCell, TextPiece

_MARKER = re.compile(r"^#[ \t]*%%+(?![A-Za-z%])(?P<rest>.*)$")
_MARKDOWN = re.compile(r"\[(markdown|md)\]")
_RAW = re.compile(r"\[raw\]")
_TAGS = re.compile(r"""tags=\[([^\]]*)\]""")
_COMMENT_OR_BLANK = re.compile(r"^\s*(#.*)?$")
_DECLARATION = re.compile(r"^#!|^[ \t\f]*#.*?coding[:=]")
_QUOTES = ('r"""', '"""', "r'''", "'''")


def read_script(text: str) -> tuple[tuple[str, ...], list[FileCell]]:
    """The lines above the cells and the cells of a script whose lines end in ``\\n``; without markers it is one cell.

    Comments above the first marker (a licence, jupytext's header) belong to no cell; code there is a cell.
    """
    lines = text.split("\n")
    markers = _marker_lines(text, lines)
    if not markers:
        source = text.rstrip("\n")
        return (), [FileCell("code", source, piece=TextPiece(tuple(lines), 0, source.count("\n") + 1))]
    header: tuple[str, ...] = tuple(lines[: markers[0]])
    cells: list[FileCell] = []
    if any(not _COMMENT_OR_BLANK.match(line) for line in header):
        cells.append(_code_cell(lines, 0, 0, markers[0]))
        header = ()
    for start, end in zip(markers, [*markers[1:], len(lines)], strict=True):
        marker = _MARKER.match(lines[start])
        rest = marker["rest"] if marker else ""
        if _RAW.search(rest) or _MARKDOWN.search(rest):
            body = start + 1, _end_of_text(lines, start + 1, end)
            piece = TextPiece(tuple(lines[start:end]), 1, body[1] - start)
            kind: CellKind = "other" if _RAW.search(rest) else "markdown"
            cells.append(FileCell(kind, _prose(lines[slice(*body)]), piece=piece))
        else:
            cell = _code_cell(lines, start, start + 1, end)
            cells.append(replace(cell, heading=_heading(rest), tags=_tags(rest)))
    return header, cells


def write_script(header: Sequence[str], cells: Sequence[FileCell], count: int) -> list[str]:
    """The lines of a script with these cells; ``count`` is how many the file has had.

    The pieces of cells that were not edited stay as they are; between two that did not follow each other before is at
    least one blank line.
    """
    if [cell.kind for cell in cells] == ["code"] and cells[0].piece is None and cells[0].source:
        return [*header, *cells[0].source.split("\n"), ""]
    written = list(header)
    for position, cell in enumerate(cells):
        piece = list(_piece(cell))
        if not (piece and _MARKER.match(piece[0])) and (len(cells) > 1 or not cell.source.strip()):
            # Without a marker a cell may only stand at the beginning, and only code does; an empty file is none.
            own, rest = _declarations(piece)
            if position == 0 and not written and any(not _COMMENT_OR_BLANK.match(line) for line in rest):
                own, rest = [], piece
            else:
                written[len(header) : len(header)] = [*own, ""] if own else []
                rest = ["# %%", *rest]
            piece = rest
        previous = cells[position - 1].origin if position else None
        apart = position > 0 and (previous is None or cell.origin != previous + 1)
        if written and apart:
            set_apart(written, was_last=previous == count - 1)
        written += piece
    if written and written[-1].strip() and cells[-1].origin != count - 1:
        written.append("")
    return written


def set_apart(written: list[str], *, was_last: bool) -> None:
    """Has a blank line at the end of what is written; the file's own last line break is none, where it was that."""
    if written[-1].strip():
        written.append("")
    elif was_last and len(written) > 1 and not written[-2].strip():
        written.pop()


def _piece(cell: FileCell) -> Sequence[str]:
    """A cell's own lines as they are now."""
    piece = cell.piece if isinstance(cell.piece, TextPiece) else None
    lines = cell.source.split("\n") if cell.source else []
    if piece is None:
        marker = "# %% [markdown]" if cell.kind == "markdown" else "# %%"
        return [marker, *(_commented(lines) if cell.kind == "markdown" else lines), ""]
    marker = piece.lines[0]
    is_markdown = _MARKER.match(marker) is not None and _MARKDOWN.search(marker) is not None
    if cell.kind == "other":
        return piece.lines
    if is_markdown != (cell.kind == "markdown"):
        # From the one kind to the other: what else the marker says stays.
        if is_markdown:
            marker = re.sub(r"[ \t]*\[(markdown|md)\]", "", marker, count=1)
        elif _MARKER.match(marker):
            marker = re.sub(r"^(#[ \t]*%%+)", r"\1 [markdown]", marker, count=1)
        else:
            marker = "# %% [markdown]"
        return [marker, *(_commented(lines) if cell.kind == "markdown" else lines), ""]
    before = piece.lines[piece.start : piece.end]
    if cell.kind == "code":
        return piece.lines if "\n".join(before) == cell.source else piece.with_text(lines)
    if _prose(before) == cell.source:
        return piece.lines
    quote = next((quote for quote in _QUOTES if before and before[0].lstrip().startswith(quote)), "")
    if quote and quote.lstrip("r") not in cell.source and "\\" not in cell.source:
        return piece.with_text([quote, *lines, quote.lstrip("r")])
    return piece.with_text(_commented(lines))


def _commented(lines: Sequence[str]) -> list[str]:
    """Markdown as comments; as a string where a comment would begin a cell."""
    commented = [f"# {line}" if line else "#" for line in lines]
    if any(_MARKER.match(line) for line in commented) and not any('"""' in line or "\\" in line for line in lines):
        return ['"""', *lines, '"""']
    return commented


def _declarations(lines: list[str]) -> tuple[list[str], list[str]]:
    """What must stand in a file's first two lines (an interpreter, an encoding), and the rest."""
    taken = 0
    while taken < min(2, len(lines)) and _DECLARATION.match(lines[taken]):
        taken += 1
    return lines[:taken], lines[taken:]


def _marker_lines(text: str, lines: list[str]) -> list[int]:
    """0-based lines of the markers; a ``# %%`` inside a string is none."""
    candidates = [number for number, line in enumerate(lines) if _MARKER.match(line)]
    if not candidates or ('"""' not in text and "'''" not in text):
        return candidates
    comments: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and token.start[1] == 0:
                comments.add(token.start[0] - 1)
    except (tokenize.TokenError, SyntaxError):
        # A file that does not parse can still be opened and mended; its lines are all there is to go by.
        return candidates
    return [number for number in candidates if number in comments]


def _code_cell(lines: list[str], first: int, start: int, end: int) -> FileCell:
    """The code of lines ``start`` to ``end``, without blank lines around it; its own lines begin at ``first``."""
    whole = tuple(lines[first:end])
    while start < end and not lines[start].strip():
        start += 1
    end = _end_of_text(lines, start, end)
    piece = TextPiece(whole, start - first, end - first)
    return FileCell("code", "\n".join(lines[start:end]), first_line=start + 1, piece=piece)


def _end_of_text(lines: list[str], start: int, end: int) -> int:
    """Behind the last line with anything in it."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def _prose(lines: Sequence[str]) -> str:
    """The Markdown of a cell written as comments, or as one string."""
    text = "\n".join(lines).strip("\n")
    for quote in _QUOTES:
        mark = quote.lstrip("r")
        if text.startswith(quote) and text.rstrip().endswith(mark) and len(text) >= len(quote) + len(mark):
            return text.rstrip()[len(quote) : -len(mark)].strip("\n")
    return "\n".join(re.sub(r"^#( |$)|^#(?=\S)", "", line) for line in text.split("\n")).strip("\n")


def _heading(rest: str) -> str:
    """The title that stands behind a marker, without its options."""
    return re.split(r"\s\w+=|\[", f" {rest}", maxsplit=1)[0].strip()


def _tags(rest: str) -> frozenset[str]:
    found = _TAGS.search(rest)
    return frozenset(re.findall(r"""["']([^"']+)["']""", found[1])) if found else frozenset()

"""Python scripts: one cell, or several where lines say ``# %%``."""

from __future__ import annotations

import io
import re
import tokenize

from tflab.curriculum.cells import Cell

_MARKER = re.compile(r"^#[ \t]*%%+(?![A-Za-z%])(?P<rest>.*)$")
_MARKDOWN = re.compile(r"\[(markdown|md)\]")
_RAW = re.compile(r"\[raw\]")
_TAGS = re.compile(r"""tags=\[([^\]]*)\]""")
_COMMENT_OR_BLANK = re.compile(r"^\s*(#.*)?$")
_QUOTES = ('r"""', '"""', "r'''", "'''")


def read_cells(text: str) -> list[Cell]:
    """The cells of a script whose lines end in ``\\n``; without markers one cell that is the whole file.

    Comments above the first marker (a licence, jupytext's header) belong to no cell; code there is a cell.
    """
    lines = text.split("\n")
    markers = _marker_lines(text, lines)
    if not markers:
        return [Cell(kind="code", source=text.rstrip("\n"))]
    cells: list[Cell] = []
    if any(not _COMMENT_OR_BLANK.match(line) for line in lines[: markers[0]]):
        cells.append(_code(lines, 0, markers[0], frozenset()))
    for position, start in enumerate(markers):
        end = markers[position + 1] if position + 1 < len(markers) else len(lines)
        marker = _MARKER.match(lines[start])
        rest = marker["rest"] if marker else ""
        if _RAW.search(rest):
            continue
        if _MARKDOWN.search(rest):
            cells.append(Cell(kind="markdown", source=_prose(lines[start + 1 : end])))
            continue
        heading = _heading(rest)
        if heading:
            cells.append(Cell(kind="markdown", source=f"## {heading}"))
        cells.append(_code(lines, start + 1, end, _tags(rest)))
    return cells


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


def _code(lines: list[str], start: int, end: int, tags: frozenset[str]) -> Cell:
    """The code of lines ``start`` to ``end``, without blank lines around it."""
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return Cell(kind="code", source="\n".join(lines[start:end]), first_line=start + 1, tags=tags)


def _prose(lines: list[str]) -> str:
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

"""MyST Markdown with code cells, read without a Markdown library.

What lessons are written in: ``{code-cell}`` fences with ``:key: value`` options, ``+++ {"tags": [...]}`` between
Markdown cells. Opening a lesson is on the way to the first full screen, and jupytext takes longer to import than
that may last; a test holds this reader to jupytext's result on every lesson.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from tflab.curriculum.cells import Cell
from tflab.curriculum.front_matter import BrokenFrontMatter, Value, parse_entries, parse_value
from tflab.messages import text as sentence

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*(.*?)[ \t]*$")
_CODE_CELL = re.compile(r"^\{code-cell\}(?:[ \t]+\S+)?$")
_OPTION = re.compile(r"^:([\w-]+):(?:[ \t]+(.*))?$")


class BrokenMyst(ValueError):
    """MyST that cannot be read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        """1-based, in the file."""
        self.reason = reason


def has_code_cells(text: str) -> bool:
    """Whether the text is MyST with at least one code cell."""
    return re.search(r"^ {0,3}(`{3,}|~{3,})[ \t]*\{code-cell\}", text, re.MULTILINE) is not None


def read_cells(body: str, first_line: int = 0) -> list[Cell]:
    """The cells of a file's text after its front matter.

    ``first_line`` is the 0-based line of the file that ``body`` starts at, for error messages. Raises `BrokenMyst`.
    """
    lines = body.split("\n")
    cells: list[Cell] = []
    prose: list[str] = []
    settings: dict[str, object] = {}
    number = 0

    def close_prose(next_line: int) -> None:
        text = "\n".join(prose)
        if text.strip():
            first = first_line + next_line - len(prose) + _blank_before(prose) + 1
            cells.append(_cell("markdown", text.strip("\n"), settings, first))
        prose.clear()
        settings.clear()

    while number < len(lines):
        line = lines[number]
        fence = _FENCE.match(line)
        if fence is not None and (fence[1][0] == "~" or "`" not in fence[2]):
            end = _closing(lines, number, fence[1])
            if _CODE_CELL.match(fence[2]):
                # A second cell inside the first: the closing line between them is missing.
                if end is None or any(_is_code_cell(inner) for inner in lines[number + 1 : end]):
                    raise BrokenMyst(first_line + number + 1, sentence("curriculum.myst.open_cell"))
                close_prose(number)
                options, source = _options(lines[number + 1 : end], first_line + number + 1)
                first = first_line + end - len(source) + _blank_before(source) + 1
                cells.append(_cell("code", "\n".join(source).strip("\n"), options, first))
            else:
                prose.extend(lines[number : (len(lines) if end is None else end + 1)])
            number = len(lines) if end is None else end + 1
            continue
        if line.startswith("+++"):
            close_prose(number)
            settings.update(_block_settings(line[3:].strip(), first_line + number + 1))
        else:
            prose.append(line)
        number += 1
    close_prose(number)
    return cells


def is_closing(line: str) -> bool:
    """Whether a line can close a fence."""
    fence = _FENCE.match(line)
    return fence is not None and not fence[2]


def settings_of(lines: Sequence[str]) -> dict[str, object]:
    """What the lines above a cell's own text say of it: the options of a code cell, the JSON of a break."""
    settings: dict[str, object] = {}
    for number, line in enumerate(lines):
        if _is_code_cell(line):
            return _options(list(lines[number + 1 :]), number + 1)[0]
        if line.startswith("+++"):
            settings = _block_settings(line[3:].strip(), number + 1)
    return settings


def _blank_before(lines: list[str]) -> int:
    """How many lines before the first with anything on it."""
    return next((number for number, line in enumerate(lines) if line), 0)


def _is_code_cell(line: str) -> bool:
    fence = _FENCE.match(line)
    return fence is not None and _CODE_CELL.match(fence[2]) is not None


def _closing(lines: list[str], opening: int, mark: str) -> int | None:
    """The line that closes the fence opened at ``opening``."""
    for number in range(opening + 1, len(lines)):
        fence = _FENCE.match(lines[number])
        if fence is not None and fence[1].startswith(mark) and not fence[2]:
            return number
    return None


def _options(lines: list[str], line_above: int) -> tuple[dict[str, object], list[str]]:
    """A code cell's options and its source lines."""
    options: dict[str, object] = {}
    if lines and lines[0].rstrip() == "---":
        for end in range(1, len(lines)):
            if lines[end].rstrip() == "---":
                try:
                    options.update(parse_entries(lines[1:end], line_above + 2))
                except BrokenFrontMatter as error:
                    raise BrokenMyst(error.line, error.reason) from None
                return options, lines[end + 1 :]
        raise BrokenMyst(line_above + 1, sentence("curriculum.myst.open_options"))
    taken = 0
    for taken, line in enumerate(lines):
        option = _OPTION.match(line.rstrip())
        if option is None:
            return options, lines[taken:]
        try:
            options[option[1]] = parse_value(option[2] or "")
        except ValueError as error:
            raise BrokenMyst(line_above + taken + 1, str(error)) from None
    return options, []


def _block_settings(text: str, line: int) -> dict[str, object]:
    """The JSON after ``+++``."""
    if not text:
        return {}
    try:
        settings = json.loads(text)
    except ValueError:
        raise BrokenMyst(line, sentence("curriculum.myst.bad_break")) from None
    if not isinstance(settings, dict):
        raise BrokenMyst(line, sentence("curriculum.myst.bad_break"))
    return settings


def _cell(kind: str, source: str, settings: dict[str, object], line: int) -> Cell:
    def word(key: str) -> str:
        value = settings.get(key, "")
        return value if isinstance(value, str) else ""

    return Cell(
        kind="code" if kind == "code" else "markdown",
        source=source,
        tags=_tags(settings.get("tags", ())),
        name=word("name"),
        panel=word("panel"),
        expect=word("expect"),
        line=line,
    )


def _tags(value: object | Value) -> frozenset[str]:
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if isinstance(value, (list, tuple)):
        return frozenset(tag for tag in value if isinstance(tag, str))
    return frozenset()

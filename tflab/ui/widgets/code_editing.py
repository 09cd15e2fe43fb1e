"""What an editor for Python does beyond inserting a character, as functions on lines and positions.

A position is (row, column), 0-based. Each function answers with an `Edit`, or None where the plain behaviour is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

Position: TypeAlias = tuple[int, int]
INDENT: Final = 4
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
_CLOSING: Final = frozenset(_PAIRS.values())
_LEAVES_BLOCK = re.compile(r"\s*(return|pass|break|continue|raise)\b")
_OPENS_BLOCK = re.compile(r"[^#]*:\s*(#.*)?$")


@dataclass(frozen=True)
class Edit:
    """Replace the text from ``start`` to ``end`` by ``text``, then select from ``anchor`` to ``cursor``."""

    text: str
    start: Position
    end: Position
    anchor: Position
    cursor: Position


def indentation(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def offset_of(lines: Sequence[str], at: Position) -> int:
    """How many characters, line breaks counted as one, lie before a position."""
    return sum(len(line) + 1 for line in lines[: at[0]]) + at[1]


def position_of(lines: Sequence[str], offset: int) -> Position:
    """The position before which ``offset`` characters lie; the end where there are fewer."""
    for row, line in enumerate(lines):
        if offset <= len(line):
            return (row, offset)
        offset -= len(line) + 1
    return (max(0, len(lines) - 1), len(lines[-1]) if lines else 0)


def new_line(lines: list[str], start: Position, end: Position) -> Edit:
    """Enter: the next line is indented as Python wants it."""
    row, column = start
    before, after = lines[row][:column], lines[end[0]][end[1] :]
    own = indentation(before)
    indent = own
    if _OPENS_BLOCK.match(before) or before.rstrip()[-1:] in ("(", "[", "{"):
        indent += " " * INDENT
    elif _LEAVES_BLOCK.match(before) and not after.strip():
        indent = indent[:-INDENT]
    if before.rstrip()[-1:] in ("(", "[", "{") and after[:1] in (")", "]", "}") and after:
        cursor = (row + 1, len(indent))
        return Edit(f"\n{indent}\n{own}", start, end, cursor, cursor)
    cursor = (row + 1, len(indent))
    return Edit("\n" + indent, start, end, cursor, cursor)


def typed(character: str, lines: list[str], start: Position, end: Position) -> Edit | None:
    """A bracket or quote: its partner comes too, a selection is put between, a closing one is stepped over."""
    row, column = start
    line = lines[row]
    following = lines[end[0]][end[1] : end[1] + 1]
    if start != end:
        if character not in _PAIRS or start[0] != end[0]:
            return None
        inner = line[column : end[1]]
        return Edit(
            character + inner + _PAIRS[character], start, end, (row, column + 1), (row, column + 1 + len(inner))
        )
    if character in _CLOSING and following == character:
        return Edit("", start, end, (row, column + 1), (row, column + 1))
    if character not in _PAIRS:
        return None
    if character in "\"'":
        before = line[column - 1 : column]
        if (before.isalnum() and before not in "fFrRbBuU") or before == character or line.count(character) % 2:
            return None
    if following.isalnum() or following in ("_", "(", "[", "{", '"', "'", "."):
        return None if following else Edit(*_pair(character, start))
    return Edit(*_pair(character, start))


def _pair(character: str, at: Position) -> tuple[str, Position, Position, Position, Position]:
    inside = (at[0], at[1] + 1)
    return character + _PAIRS[character], at, at, inside, inside


def backspace(lines: list[str], at: Position) -> Edit | None:
    """Between an empty pair both go; in leading white space, back to the tab stop before."""
    row, column = at
    line = lines[row]
    if column and _PAIRS.get(line[column - 1]) == line[column : column + 1]:
        left = (row, column - 1)
        return Edit("", left, (row, column + 1), left, left)
    if column > 1 and not line[:column].strip(" "):
        left = (row, (column - 1) // INDENT * INDENT)
        return Edit("", left, at, left, left)
    return None


def _rows(start: Position, end: Position) -> tuple[int, int]:
    """First and last row that a selection touches; a selection that ends before a row's first character does not."""
    first, last = min(start, end), max(start, end)
    return first[0], last[0] - 1 if last[0] > first[0] and last[1] == 0 else last[0]


def toggle_comment(lines: list[str], start: Position, end: Position) -> Edit:
    """Comments the rows out, or back in where all of them are comments."""
    first, last = _rows(start, end)
    chosen = lines[first : last + 1]
    filled = [line for line in chosen if line.strip()]
    if filled and all(line.lstrip().startswith("#") for line in filled):
        changed = [re.sub(r"^(\s*)# ?", r"\1", line, count=1) for line in chosen]
    else:
        depth = min((len(indentation(line)) for line in filled), default=0)
        changed = [line[:depth] + "# " + line[depth:] if line.strip() or not filled else line for line in chosen]

    def moved(at: Position) -> Position:
        if not first <= at[0] <= last:
            return at
        return at[0], max(0, at[1] + len(changed[at[0] - first]) - len(lines[at[0]]))

    return Edit("\n".join(changed), (first, 0), (last, len(lines[last])), moved(start), moved(end))


def shift_rows(lines: list[str], start: Position, end: Position, deeper: bool) -> Edit:
    """Indents or dedents the rows by one tab stop."""
    first, last = _rows(start, end)
    changed = []
    for line in lines[first : last + 1]:
        if deeper:
            changed.append(" " * INDENT + line if line.strip() else line)
        else:
            changed.append(line[min(INDENT, len(line) - len(line.lstrip(" "))) :])

    def moved(at: Position) -> Position:
        if not first <= at[0] <= last:
            return at
        return at[0], max(0, at[1] + len(changed[at[0] - first]) - len(lines[at[0]]))

    return Edit("\n".join(changed), (first, 0), (last, len(lines[last])), moved(start), moved(end))


def move_rows(lines: list[str], start: Position, end: Position, down: bool) -> Edit | None:
    """Swaps the rows with the one below or above; None at the end of the text."""
    first, last = _rows(start, end)
    if (down and last + 1 >= len(lines)) or (not down and first == 0):
        return None
    chosen = lines[first : last + 1]
    step = 1 if down else -1
    if down:
        text = "\n".join([lines[last + 1], *chosen])
        span = ((first, 0), (last + 1, len(lines[last + 1])))
    else:
        text = "\n".join([*chosen, lines[first - 1]])
        span = ((first - 1, 0), (last, len(lines[last])))
    return Edit(text, *span, (start[0] + step, start[1]), (end[0] + step, end[1]))


def duplicate_rows(lines: list[str], start: Position, end: Position) -> Edit:
    """The rows once more below."""
    first, last = _rows(start, end)
    chosen = lines[first : last + 1]
    at = (last, len(lines[last]))
    count = len(chosen)
    return Edit("\n" + "\n".join(chosen), at, at, (start[0] + count, start[1]), (end[0] + count, end[1]))

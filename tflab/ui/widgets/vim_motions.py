"""Where vim's motions and text objects lead, as functions on lines and positions (row, column; 0-based)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tflab.ui.widgets.code_editing import Position, indentation

Kind = Literal["exclusive", "inclusive", "line"]
Lines = Sequence[str]


@dataclass(frozen=True)
class Span:
    """What an operator works on: from ``start`` to ``end``, which belongs to it where ``inclusive``, or whole rows."""

    start: Position
    end: Position
    kind: Kind


def motion(key: str, lines: Lines, at: Position, count: int, given: bool) -> tuple[Position, Kind] | None:
    """Where ``key`` leads from ``at``; ``given`` is whether the count was typed. None for what is no motion."""
    row, column = at
    last = len(lines) - 1
    match key:
        case "h":
            return (row, max(0, column - count)), "exclusive"
        case "l" | " ":
            return (row, min(len(lines[row]), column + count)), "exclusive"
        case "j":
            return (min(last, row + count), column), "line"
        case "k":
            return (max(0, row - count), column), "line"
        case "0":
            return (row, 0), "exclusive"
        case "^":
            return (row, len(indentation(lines[row]))), "exclusive"
        case "$":
            row = min(last, row + count - 1)
            return (row, max(0, len(lines[row]) - 1)), "inclusive"
        case "G":
            row = min(last, count - 1) if given else last
            return (row, len(indentation(lines[row]))), "line"
        case "gg":
            row = min(last, count - 1) if given else 0
            return (row, len(indentation(lines[row]))), "line"
        case "w" | "b" | "e":
            for _ in range(count):
                at = {"w": _next_word, "b": _word_before, "e": _end_of_word}[key](lines, at)
            return at, "inclusive" if key == "e" else "exclusive"
        case "{" | "}":
            for _ in range(count):
                at = (_paragraph(lines, at[0], -1 if key == "{" else 1), 0)
            return at, "exclusive"
    return None


def to_character(key: str, character: str, line: str, column: int, count: int) -> tuple[int, Kind] | None:
    """Where ``f``, ``t``, ``F`` or ``T`` and a character lead in the line; None where it is not there."""
    forwards = key in "ft"
    place = column
    for _ in range(count):
        place = line.find(character, place + 1) if forwards else line.rfind(character, 0, max(0, place))
        if place < 0:
            return None
    if key in "tT":
        place += -1 if forwards else 1
    return place, "inclusive" if forwards else "exclusive"


def text_object(which: str, key: str, lines: Lines, at: Position) -> Span | None:
    """``iw``, ``a(`` and the like around ``at``; None where there is none."""
    if key == "w":
        return _word_around(which, lines[at[0]], at)
    if key in "\"'":
        return _quoted(which, key, lines[at[0]], at)
    pair = {"b": "()", "B": "{}"}.get(key) or next((pair for pair in ("()", "[]", "{}") if key in pair), "")
    return _bracketed(which, pair, lines, at) if pair else None


def _class_of(character: str) -> int:
    return 0 if character.isspace() or not character else 1 if character.isalnum() or character == "_" else 2


def _at(lines: Lines, at: Position) -> str:
    return lines[at[0]][at[1] : at[1] + 1]


def _step(lines: Lines, at: Position, by: int) -> Position | None:
    """The next place in the text; behind the last character of a line there is one more."""
    row, column = at[0], at[1] + by
    if 0 <= column <= len(lines[row]):
        return row, column
    row += by
    if not 0 <= row < len(lines):
        return None
    return row, 0 if by > 0 else len(lines[row])


def _next_word(lines: Lines, at: Position) -> Position:
    kind = _class_of(_at(lines, at))
    place: Position | None = at
    while place is not None and kind and _class_of(_at(lines, place)) == kind:
        at, place = place, _step(lines, place, 1)
    while place is not None and not _class_of(_at(lines, place)):
        if place[0] != at[0] and not lines[place[0]]:
            return place
        at, place = place, _step(lines, place, 1)
    return place if place is not None else (len(lines) - 1, len(lines[-1]))


def _word_before(lines: Lines, at: Position) -> Position:
    place = _step(lines, at, -1)
    while place is not None and not _class_of(_at(lines, place)):
        place = _step(lines, place, -1)
    if place is None:
        return 0, 0
    kind = _class_of(_at(lines, place))
    while place[1] > 0 and _class_of(lines[place[0]][place[1] - 1]) == kind:
        place = (place[0], place[1] - 1)
    return place


def _end_of_word(lines: Lines, at: Position) -> Position:
    place = _step(lines, at, 1)
    while place is not None and not _class_of(_at(lines, place)):
        place = _step(lines, place, 1)
    if place is None:
        return len(lines) - 1, max(0, len(lines[-1]) - 1)
    line, kind = lines[place[0]], _class_of(_at(lines, place))
    while place[1] + 1 < len(line) and _class_of(line[place[1] + 1]) == kind:
        place = (place[0], place[1] + 1)
    return place


def _paragraph(lines: Lines, row: int, by: int) -> int:
    row += by
    while 0 < row < len(lines) - 1 and lines[row].strip():
        row += by
    return max(0, min(row, len(lines) - 1))


def _word_around(which: str, line: str, at: Position) -> Span | None:
    row, column = at
    if column >= len(line):
        return None
    kind = _class_of(line[column])
    start = end = column
    while start and _class_of(line[start - 1]) == kind:
        start -= 1
    while end < len(line) and _class_of(line[end]) == kind:
        end += 1
    if which == "a":
        behind = len(line[end:]) - len(line[end:].lstrip(" "))
        end += behind
        if not behind:
            start = len(line[:start].rstrip(" "))
    return Span((row, start), (row, end), "exclusive")


def _quoted(which: str, quote: str, line: str, at: Position) -> Span | None:
    row, column = at
    places = [index for index, character in enumerate(line) if character == quote and line[index - 1 : index] != "\\"]
    for first, second in zip(places[::2], places[1::2], strict=False):
        if column <= second:
            inner = which == "i"
            return Span((row, first + inner), (row, second + (not inner)), "exclusive")
    return None


def _bracketed(which: str, pair: str, lines: Lines, at: Position) -> Span | None:
    opening, closing = pair[0], pair[1]
    start = _matching(lines, at, opening, closing, -1)
    if start is None:
        return None
    end = _matching(lines, (start[0], start[1] + 1), closing, opening, 1)
    if end is None:
        return None
    if which == "a":
        return Span(start, (end[0], end[1] + 1), "exclusive")
    return Span((start[0], start[1] + 1), end, "exclusive")


_FARTHEST: Final = 20_000


def _matching(lines: Lines, at: Position, wanted: str, other: str, by: int) -> Position | None:
    depth = 0
    place: Position | None = at
    for number in range(_FARTHEST):
        if place is None:
            return None
        character = _at(lines, place)
        if character == wanted and depth == 0:
            return place
        if character == wanted:
            depth -= 1
        elif character == other and (number or by > 0):
            depth += 1
        place = _step(lines, place, by)
    return None

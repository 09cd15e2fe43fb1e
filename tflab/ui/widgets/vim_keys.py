"""Vim's keys for an editor: modes, counts, operators with motions and text objects, a register.

What there is: ``h j k l 0 ^ $ w b e G gg { } f t F T``, ``i a I A o O``, ``d c y > <`` with those, with ``iw aw i( a(``
and the like or doubled, ``D C x X s S r J ~ p P u U v V / n N``. ``U`` does again what ``u`` has undone, since
``Ctrl+R`` runs the step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tflab.ui.widgets import code_editing
from tflab.ui.widgets.code_editing import Edit, Position
from tflab.ui.widgets.vim_motions import Kind, Span, motion, text_object, to_character

Mode = Literal["normal", "insert", "visual", "visual-line"]
_NAMES = {"enter": "j", "backspace": "h", "up": "k", "down": "j", "left": "h", "right": "l", "home": "0", "end": "$"}


@dataclass(frozen=True)
class Outcome:
    """What a key does: an edit, or another selection, and then what the editor itself can do (``undo``)."""

    edit: Edit | None = None
    selection: tuple[Position, Position] | None = None
    action: str = ""
    copied: str = ""
    """Text for the clipboard."""


@dataclass
class VimKeys:
    """The state of one editor."""

    mode: Mode = "normal"
    register: tuple[str, bool] = ("", False)
    """What was deleted or yanked last, and whether it is whole lines."""
    _count: str = ""
    _operator: str = ""
    _pending: str = ""
    """A key that waits for the next: ``g``, ``f``, ``r``, ``i`` of a text object."""

    def press(
        self, key: str, character: str | None, lines: Sequence[str], anchor: Position, cursor: Position
    ) -> Outcome | None:
        """What a key does; None where it means what it always does."""
        if key == "escape":
            return self._escape(lines, cursor)
        if self.mode == "insert":
            return None
        sign = _NAMES.get(key) or (character if character and character.isprintable() else "")
        if not sign:
            return Outcome() if key in ("tab", "shift+tab", "delete") else None
        if key.startswith(("ctrl+", "alt+", "f")) and len(key) > 1 and not (character and len(character) == 1):
            return None
        return self._sign(sign, list(lines), anchor, cursor)

    # --- modes --------------------------------------------------------------------------------------------------

    def _escape(self, lines: Sequence[str], cursor: Position) -> Outcome | None:
        waiting = bool(self._count or self._operator or self._pending)
        self._forget()
        if self.mode == "normal":
            return Outcome() if waiting else None
        back = 1 if self.mode == "insert" else 0
        self.mode = "normal"
        return _go(lines, (cursor[0], cursor[1] - back))

    def _forget(self) -> None:
        self._count = self._operator = self._pending = ""

    def _insert(self, edit: Edit | None = None, at: Position | None = None) -> Outcome:
        self._forget()
        self.mode = "insert"
        return Outcome(edit=edit, selection=None if at is None else (at, at))

    # --- one sign -----------------------------------------------------------------------------------------------

    def _sign(self, sign: str, lines: list[str], anchor: Position, cursor: Position) -> Outcome:
        if not self._pending and (sign.isdecimal() and (sign != "0" or self._count)):
            self._count += sign
            return Outcome()
        given = bool(self._count)
        count = min(int(self._count or 1), 99_999)
        if self._pending:
            return self._second(sign, lines, anchor, cursor, count, given)
        visual = self.mode != "normal"
        if sign in "gftFT" or (sign == "r" and not self._operator):
            self._pending = sign
            return Outcome()
        if sign in "ia" and (self._operator or visual):
            self._pending = sign
            return Outcome()
        if self._operator and sign == self._operator:
            end = (min(len(lines) - 1, cursor[0] + count - 1), 0)
            return self._operate(Span(cursor, end, "line"), lines, cursor)
        found = motion(sign, lines, cursor, count, given)
        if found is not None:
            return self._moved(*found, lines, anchor, cursor)
        if sign in "dcy<>" and not self._operator:
            self._operator = sign
            return self._operate(self._selected(anchor, cursor), lines, cursor) if visual else Outcome()
        self._operator = ""
        return self._command(sign, lines, anchor, cursor, count)

    def _second(
        self, sign: str, lines: list[str], anchor: Position, cursor: Position, count: int, given: bool
    ) -> Outcome:
        """The key that the one before waited for."""
        first, self._pending = self._pending, ""
        if first == "g":
            found = motion("gg", lines, cursor, count, given) if sign == "g" else None
            if found is not None:
                return self._moved(*found, lines, anchor, cursor)
        elif first in "ftFT":
            place = to_character(first, sign, lines[cursor[0]], cursor[1], count)
            if place is not None:
                return self._moved((cursor[0], place[0]), place[1], lines, anchor, cursor)
        elif first == "r":
            self._forget()
            line = lines[cursor[0]]
            if cursor[1] + count <= len(line):
                end = (cursor[0], cursor[1] + count)
                return Outcome(edit=Edit(sign * count, cursor, end, (end[0], end[1] - 1), (end[0], end[1] - 1)))
        else:
            span = text_object(first, sign, lines, cursor)
            if span is not None and self._operator:
                return self._operate(span, lines, cursor)
            if span is not None:
                self._forget()
                return Outcome(selection=(span.start, span.end))
        self._forget()
        return Outcome()

    def _moved(self, to: Position, kind: Kind, lines: list[str], anchor: Position, cursor: Position) -> Outcome:
        if self._operator:
            start, end = min(cursor, to), max(cursor, to)
            # `cw` leaves the space behind the word, as vim does.
            if self._operator == "c" and kind == "exclusive" and start[0] == end[0]:
                text = lines[start[0]][start[1] : end[1]]
                end = (end[0], start[1] + len(text.rstrip())) if text.strip() else end
            elif kind == "exclusive" and end[0] > start[0] and not lines[end[0]][: end[1]].strip():
                end = (end[0] - 1, len(lines[end[0] - 1]))
            return self._operate(Span(start, end, kind), lines, cursor)
        self._forget()
        if self.mode == "normal":
            return _go(lines, to)
        to = (to[0], min(to[1] + (kind == "inclusive"), len(lines[to[0]])))
        if self.mode == "visual-line":
            return Outcome(selection=_rows_selected(lines, anchor, to))
        return Outcome(selection=(anchor, to))

    # --- operators ----------------------------------------------------------------------------------------------

    def _selected(self, anchor: Position, cursor: Position) -> Span:
        start, end = min(anchor, cursor), max(anchor, cursor)
        return Span(start, end, "line" if self.mode == "visual-line" else "exclusive")

    def _operate(self, span: Span, lines: list[str], cursor: Position) -> Outcome:
        operator, visual = self._operator, self.mode != "normal"
        self._forget()
        self.mode = "normal"
        start, end = min(span.start, span.end), max(span.start, span.end)
        if span.kind == "inclusive":
            end = (end[0], min(len(lines[end[0]]), end[1] + 1))
        if operator in "<>":
            last = end if end[1] or end[0] == start[0] or not visual else (end[0] - 1, 0)
            edit = code_editing.shift_rows(lines, (start[0], 0), (last[0], 1), deeper=operator == ">")
            at = (start[0], _beginning(edit.text))
            return Outcome(edit=Edit(edit.text, edit.start, edit.end, at, at))
        if span.kind == "line":
            return self._operate_on_rows(operator, start[0], end[0], lines, cursor)
        taken = _text(lines, start, end)
        self.register = (taken, False)
        if operator == "y":
            return Outcome(selection=(start, start), copied=taken)
        edit = Edit("", start, end, start, start)
        return self._insert(edit) if operator == "c" else Outcome(edit=edit, copied=taken)

    def _operate_on_rows(self, operator: str, first: int, last: int, lines: list[str], cursor: Position) -> Outcome:
        taken = "\n".join(lines[first : last + 1])
        self.register = (taken, True)
        if operator == "y":
            at = (first, min(cursor[1], len(lines[first])))
            return Outcome(selection=(at, at), copied=taken + "\n")
        if operator == "c":
            indent = code_editing.indentation(lines[first])
            at = (first, len(indent))
            return self._insert(Edit(indent, (first, 0), (last, len(lines[last])), at, at))
        if last + 1 < len(lines):
            start, end = (first, 0), (last + 1, 0)
        elif first:
            start, end = (first - 1, len(lines[first - 1])), (last, len(lines[last]))
        else:
            start, end = (0, 0), (last, len(lines[last]))
        rest = [*lines[:first], *lines[last + 1 :]] or [""]
        row = min(first, len(rest) - 1)
        at = (row, len(code_editing.indentation(rest[row])))
        return Outcome(edit=Edit("", start, end, at, at), copied=taken + "\n")

    # --- commands -----------------------------------------------------------------------------------------------

    def _command(self, sign: str, lines: list[str], anchor: Position, cursor: Position, count: int) -> Outcome:
        row, column = cursor
        line = lines[row]
        visual = self.mode != "normal"
        self._forget()
        match sign:
            case "v" | "V":
                wanted: Mode = "visual" if sign == "v" else "visual-line"
                self.mode = "normal" if self.mode == wanted else wanted
                if self.mode == "visual-line":
                    return Outcome(selection=_rows_selected(lines, cursor, cursor))
                behind = column if self.mode == "normal" else min(column + 1, len(line))
                return Outcome(selection=(cursor, (row, behind)))
            case "x" | "D" | "C" | "s" | "X" | "S" if visual:
                self._operator = "c" if sign in "CsS" else "d"
                return self._operate(self._selected(anchor, cursor), lines, cursor)
            case "x" | "s":
                self._operator = "d" if sign == "x" else "c"
                return self._operate(Span(cursor, (row, min(len(line), column + count)), "exclusive"), lines, cursor)
            case "X":
                self._operator = "d"
                return self._operate(Span((row, max(0, column - count)), cursor, "exclusive"), lines, cursor)
            case "D" | "C":
                self._operator = "d" if sign == "D" else "c"
                return self._operate(Span(cursor, (row, len(line)), "exclusive"), lines, cursor)
            case "S":
                self._operator = "c"
                return self._operate(Span(cursor, (min(len(lines) - 1, row + count - 1), 0), "line"), lines, cursor)
            case "i":
                return self._insert()
            case "a":
                return self._insert(at=(row, min(len(line), column + 1)))
            case "I":
                return self._insert(at=(row, len(code_editing.indentation(line))))
            case "A":
                return self._insert(at=(row, len(line)))
            case "o":
                return self._insert(code_editing.new_line(lines, (row, len(line)), (row, len(line))))
            case "O":
                indent = code_editing.indentation(line)
                return self._insert(Edit(indent + "\n", (row, 0), (row, 0), (row, len(indent)), (row, len(indent))))
            case "p" | "P":
                return self._put(sign == "P", lines, cursor, count)
            case "J" if row + 1 < len(lines):
                below = lines[row + 1].lstrip()
                gap = " " if line.strip() and below else ""
                at = (row, len(line))
                return Outcome(edit=Edit(gap + below, at, (row + 1, len(lines[row + 1])), at, at))
            case "~" if line[column : column + count]:
                end = (row, min(len(line), column + count))
                at = (row, min(max(0, len(line) - 1), end[1]))
                return Outcome(edit=Edit(line[column : end[1]].swapcase(), cursor, end, at, at))
        actions = {"u": "undo", "U": "redo", "/": "find", "n": "find_next", "N": "find_previous"}
        return Outcome(action=actions.get(sign, ""))

    def _put(self, before: bool, lines: list[str], cursor: Position, count: int) -> Outcome:
        taken, whole = self.register
        row, column = cursor
        self.mode = "normal"
        if not taken and not whole:
            return Outcome()
        if whole:
            text = "\n".join([taken] * count)
            indent = _beginning(taken)
            if before:
                return Outcome(edit=Edit(text + "\n", (row, 0), (row, 0), (row, indent), (row, indent)))
            at = (row, len(lines[row]))
            return Outcome(edit=Edit("\n" + text, at, at, (row + 1, indent), (row + 1, indent)))
        text = taken * count
        at = (row, column if before else min(len(lines[row]), column + 1))
        rows = text.split("\n")
        end = (row + len(rows) - 1, (at[1] if len(rows) == 1 else 0) + len(rows[-1]))
        last = (end[0], max(0, end[1] - 1))
        return Outcome(edit=Edit(text, at, at, last, last))


def _go(lines: Sequence[str], to: Position) -> Outcome:
    """The cursor on a character, as far as the line has any."""
    row = max(0, min(to[0], len(lines) - 1))
    at = (row, max(0, min(to[1], len(lines[row]) - 1)))
    return Outcome(selection=(at, at))


def _beginning(rows: str) -> int:
    """The column at which the first row has something else than white space."""
    return len(code_editing.indentation(rows.partition("\n")[0]))


def _rows_selected(lines: Sequence[str], anchor: Position, to: Position) -> tuple[Position, Position]:
    if to[0] >= anchor[0]:
        return (anchor[0], 0), (to[0], len(lines[to[0]]))
    return (anchor[0], len(lines[anchor[0]])), (to[0], 0)


def _text(lines: Sequence[str], start: Position, end: Position) -> str:
    if start[0] == end[0]:
        return lines[start[0]][start[1] : end[1]]
    return "\n".join([lines[start[0]][start[1] :], *lines[start[0] + 1 : end[0]], lines[end[0]][: end[1]]])

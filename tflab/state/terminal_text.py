"""Makes lines of plain text with colours out of whatever a program writes to its terminal.

A learner's program may write anything; the lab's own terminal must never see it. What survives is printable text
and colour: carriage returns, backspaces and erasures are carried out on the line (progress bars overwrite
themselves), tabs become spaces, and every other control sequence (titles, clipboard writes, cursor moves, mode
switches) is dropped.

A finished line is a str in which the only control characters are SGR sequences ``ESC [ params m``, each of which
gives the whole look of what follows: ``ESC [ m`` is plain text, ``ESC [ 1;31 m`` bold red, whatever came before.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final

LONGEST_LINE: Final = 4096
"""Characters of a line that are kept; the rest is dropped and the line ends in an ellipsis."""

_UNFINISHED_LIMIT: Final = 256
_TAB: Final = 8

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_TOKEN = re.compile(
    r"""
      \x1b\[ (?P<sgr> [0-9;:]* ) m
    | \x1b\[ (?P<erase> [012]? ) K
    | \x1b\[ [0-?]* [ -/]* [@-~]
    | \x1b (?P<string> [\]PX^_] )
    | \x1b (?: [ -/]+ [0-~] | [0-OQ-WYZ\\`-~] )
    | (?P<control> [\x00-\x1a\x1c-\x1f\x7f-\x9f] )
    | (?P<text> [^\x00-\x1f\x7f-\x9f]+ )
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(r"\x1b(\[[0-?]*[ -/]*|[ -/]*)?\Z")
# Such a string has no line breaks; ending it there keeps stray bytes from swallowing all that follows.
_STRING_END = re.compile(r"\x07|\x1b\\|\x9c|(?=\n)")

_SWITCHES = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_ENDS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}
_CODES = {name: str(code) for code, name in _SWITCHES.items()}


class Look:
    """The look of text as SGR sequences change it; ``params`` is its one canonical form, empty when plain."""

    def __init__(self) -> None:
        self._parts: dict[str, str] = {}
        self.params = ""

    def change(self, params: str) -> None:
        """Applies the parameters of one SGR sequence; what is not known or malformed is ignored."""
        codes = [int(code) if code.isdigit() and len(code) < 6 else 0 for code in params.replace(":", ";").split(";")]
        parts = self._parts
        at = 0
        while at < len(codes):
            code = codes[at]
            at += 1
            if code == 0:
                parts.clear()
            elif code in _SWITCHES:
                parts[_SWITCHES[code]] = _CODES[_SWITCHES[code]]
            elif code in _ENDS:
                for name in _ENDS[code]:
                    parts.pop(name, None)
            elif code in (38, 48):
                name = "colour" if code == 38 else "ground"
                if at + 1 < len(codes) and codes[at] == 5:
                    parts[name] = f"{code};5;{min(codes[at + 1], 255)}"
                    at += 2
                elif at + 3 < len(codes) and codes[at] == 2:
                    red, green, blue = (min(level, 255) for level in codes[at + 1 : at + 4])
                    parts[name] = f"{code};2;{red};{green};{blue}"
                    at += 4
                else:
                    break
            elif 30 <= code <= 37 or 90 <= code <= 97:
                parts["colour"] = str(code)
            elif 40 <= code <= 47 or 100 <= code <= 107:
                parts["ground"] = str(code)
            elif code == 39:
                parts.pop("colour", None)
            elif code == 49:
                parts.pop("ground", None)
        self.params = ";".join(parts[name] for name in sorted(parts))


class TerminalText:
    """Takes a stream of text as it was written, gives lines."""

    def __init__(self) -> None:
        self._look = Look()
        self._characters: list[str] = []
        self._looks: list[str] = []
        self._column = 0
        self._clipped = False
        self._unfinished = ""
        self._in_string = False

    def feed(self, text: str) -> list[str]:
        """Adds ``text``; the lines that it finished."""
        underway = self._characters or self._column or self._look.params or self._unfinished or self._in_string
        if not underway and not _CONTROL.search(text):  # by far the most output is plain lines
            *lines, rest = text.split("\n")
            self._write(rest)
            return [clip(line) for line in lines]
        return self._interpret(text)

    @property
    def is_open(self) -> bool:
        """Whether a line is being written."""
        return bool(self._characters)

    @property
    def open_line(self) -> str:
        """The line that is being written; empty where the last one was finished."""
        return self._render()

    def finish(self) -> str | None:
        """Ends the line that is being written and returns it; None where there is none."""
        self._unfinished = ""
        self._in_string = False
        if not self._characters:
            return None
        return self._end_line()

    def _interpret(self, text: str) -> list[str]:
        text = self._unfinished + text
        self._unfinished = ""
        lines: list[str] = []
        at = 0
        while at < len(text):
            if self._in_string:
                end = _STRING_END.search(text, at)
                if end is None:
                    self._unfinished = "\x1b" if text.endswith("\x1b") else ""
                    return lines
                self._in_string = False
                at = end.end()
                continue
            token = _TOKEN.match(text, at)
            if token is None:  # an escape that is unfinished, or means nothing
                if len(text) - at <= _UNFINISHED_LIMIT and _UNFINISHED.match(text, at):
                    self._unfinished = text[at:]
                    return lines
                at += 1
                continue
            at = token.end()
            self._token(token, lines)
        return lines

    def _token(self, token: re.Match[str], lines: list[str]) -> None:
        written = token["text"]
        if written is not None:
            self._write(written)
        elif token["sgr"] is not None:
            self._look.change(token["sgr"])
        elif token["erase"] is not None:
            self._erase(token["erase"])
        elif token["string"] is not None:
            self._in_string = True
        elif token["control"] == "\n":
            lines.append(self._end_line())
        elif token["control"] == "\r":
            self._column = 0
        elif token["control"] == "\b":
            self._column = max(0, self._column - 1)
        elif token["control"] == "\t":
            self._write(" " * (_TAB - self._column % _TAB))

    def _write(self, text: str) -> None:
        column, characters = self._column, self._characters
        room = LONGEST_LINE - column
        if len(text) > room:
            text = text[:room]
            self._clipped = True
        if column > len(characters):
            self._looks += [""] * (column - len(characters))
            characters += " " * (column - len(characters))
        end = column + len(text)
        characters[column:end] = text
        self._looks[column:end] = [self._look.params] * len(text)
        self._column = end

    def _erase(self, which: str) -> None:
        if which in ("", "0"):
            del self._characters[self._column :], self._looks[self._column :]
        elif which == "1":
            count = min(self._column + 1, len(self._characters))
            self._characters[:count] = " " * count
            self._looks[:count] = [""] * count
        else:
            self._characters.clear()
            self._looks.clear()

    def _end_line(self) -> str:
        line = self._render()
        self._characters.clear()
        self._looks.clear()
        self._column = 0
        self._clipped = False
        return line

    def _render(self) -> str:
        end = "…" if self._clipped else ""
        if not any(self._looks):
            return "".join(self._characters) + end
        line = ""
        at = 0
        for look, group in groupby(self._looks):
            count = sum(1 for _ in group)
            line += ("" if at == 0 and not look else f"\x1b[{look}m") + "".join(self._characters[at : at + count])
            at += count
        return line + ("\x1b[m" if self._looks[-1] else "") + end


def clip(line: str) -> str:
    """``line``, cut to `LONGEST_LINE` characters with an ellipsis."""
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…"


def plain(text: str) -> str:
    """``text`` on one line without any control sequence: for names, messages and prompts that a session sends."""
    reader = TerminalText()
    lines = [*reader.feed(text), reader.finish() or ""]
    return re.sub(r"\x1b\[[0-9;]*m", "", " ".join(lines)).strip()

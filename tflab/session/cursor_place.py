"""Where in Python source a cursor stands: in a string, a comment, a call. The source need not be valid.

Strings inside the braces of an f-string are taken for parts of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_TOKEN = re.compile(r"""#[^\n]*|'''|\"\"\"|'|"|[()\[\]{},=\n]""")
_CALLEE = re.compile(r"(?<![\w.)\]}\"'])([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*$")
_DEFINED = re.compile(r"\b(?:def|class)\s+$")
_KEYWORD = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*$")
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}
LONGEST: Final = 40_000
"""Characters before the cursor that are looked at."""


@dataclass
class Call:
    """A call that the cursor is in the brackets of."""

    callee: str
    """A chain of plain names."""
    index: int = 0
    """How many arguments stand before the one at the cursor."""
    keyword: str = ""
    """The keyword of the argument at the cursor; empty where it has none."""
    given: set[str] = field(default_factory=set)
    """All keywords before the cursor."""


@dataclass(frozen=True)
class Place:
    """What is known of a position."""

    call: Call | None = None
    """The innermost call around it."""
    string: str | None = None
    """What is written of the string that it is in; None outside strings."""
    subscripted: str = ""
    """The chain of names that the string is a key for: ``digits`` in ``digits["im``."""
    comment: bool = False


@dataclass
class _Bracket:
    kind: str
    before: str
    """The chain of names that it follows; empty for none."""
    call: Call | None


def place_at(source: str, position: int) -> Place:
    """Looks at what is before ``position``."""
    text = source[max(0, position - LONGEST) : position]
    open_brackets: list[_Bracket] = []
    at = 0
    while (token := _TOKEN.search(text, at)) is not None:
        sign = token[0]
        at = token.end()
        if sign.startswith("#"):
            if at == len(text):
                return Place(_innermost(open_brackets), comment=True)
        elif sign[0] in "'\"":
            end = _end_of_string(text, at, sign)
            if end is None:
                inside = open_brackets[-1] if open_brackets else None
                key = inside.before if inside is not None and inside.kind == "[" else ""
                only = key and text[: token.start()].rstrip().endswith("[")
                return Place(_innermost(open_brackets), string=text[at:], subscripted=key if only else "")
            at = end
        elif sign in "([{":
            open_brackets.append(_opened(text, token.start(), sign))
        elif sign in _CLOSES:
            if open_brackets and open_brackets[-1].kind == _CLOSES[sign]:
                open_brackets.pop()
        elif open_brackets and (call := open_brackets[-1].call) is not None:
            if sign == ",":
                call.index, call.keyword = call.index + 1, ""
            elif sign == "=" and text[at : at + 1] != "=" and (name := _KEYWORD.search(text, 0, token.start())):
                call.keyword = name[1]
                call.given.add(name[1])
    return Place(_innermost(open_brackets))


def _opened(text: str, start: int, kind: str) -> _Bracket:
    before = text[max(0, start - 300) : start]
    found = _CALLEE.search(before)
    name = found[1] if found is not None and not _DEFINED.search(before[: found.start()]) else ""
    return _Bracket(kind, name, Call(name) if kind == "(" and name else None)


def _innermost(brackets: list[_Bracket]) -> Call | None:
    return next((bracket.call for bracket in reversed(brackets) if bracket.call is not None), None)


def _end_of_string(text: str, start: int, quote: str) -> int | None:
    """Where a string goes on after its closing quote; None where it is open at the end of ``text``.

    A string of one line ends with the line, so that a quote that is still missing does not turn the rest over.
    """
    at = start
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(quote, at):
            return at + len(quote)
        elif text[at] == "\n" and len(quote) == 1:
            return at
        else:
            at += 1
    return None

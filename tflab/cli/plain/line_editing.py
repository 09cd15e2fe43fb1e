"""Changes to code by the numbers of its lines."""

from __future__ import annotations

from dataclasses import dataclass

from tflab.messages import text


class NoSuchLine(Exception):
    """A number that the code has no line for; ``str`` says so."""


@dataclass(frozen=True)
class LineChange:
    """``set`` a line, ``insert`` one before it, or ``delete`` it and those up to ``last``. Numbers count from 1."""

    kind: str
    line: int
    text: str = ""
    last: int = 0


def changed(source: str, change: LineChange) -> str:
    """The code after a change. Raises `NoSuchLine`."""
    lines = source.split("\n")
    last = max(change.line, change.last)
    # A new line may stand behind the last one.
    if not 1 <= change.line <= last <= len(lines) + (change.kind == "insert"):
        missing = change.line if change.line > len(lines) else last
        raise NoSuchLine(text("plain.no_line", line=missing, count=len(lines)))
    if change.kind == "set":
        lines[change.line - 1] = change.text
    elif change.kind == "insert":
        lines.insert(change.line - 1, change.text)
    else:
        del lines[change.line - 1 : last]
    return "\n".join(lines)


def numbered(source: str, first_line: int = 1) -> list[str]:
    """The code with its line numbers, ``3: x = 1``."""
    return [f"{number}: {line}" for number, line in enumerate(source.split("\n"), start=first_line)]

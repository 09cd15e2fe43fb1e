"""Finding and replacing in lines of text; a match never spans two lines.

A query is plain text: without capitals it is found in any case. Between slashes (``/loss\\d+/``) it is a regular
expression of Python's, and a replacement may then name its groups (``\\1``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Query:
    """What is looked for."""

    pattern: re.Pattern[str]
    is_expression: bool

    @classmethod
    def parse(cls, written: str) -> Query | None:
        """The query as it was typed; None for an empty one and for an expression that is not finished."""
        is_expression = len(written) > 2 and written[0] == written[-1] == "/"
        if not written or (written[0] == "/" and not is_expression and len(written) < 2):
            return None
        source = written[1:-1] if is_expression else re.escape(written)
        any_case = not is_expression and written == written.lower()
        try:
            pattern = re.compile(source, re.IGNORECASE if any_case else 0)
        except re.error:
            return None
        return cls(pattern, is_expression)

    def replacement(self, match: re.Match[str], written: str) -> str:
        """What takes the place of ``match``; as written where it names groups that there are not."""
        if not self.is_expression:
            return written
        try:
            return match.expand(written)
        except (re.error, IndexError):
            return written


Found = tuple[int, int, int]
"""Row, first column and the column behind the last."""


def matches(lines: Sequence[str], query: Query) -> list[Found]:
    """Every place in order; empty matches are none."""
    return [
        (row, match.start(), match.end())
        for row, line in enumerate(lines)
        for match in query.pattern.finditer(line)
        if match.end() > match.start()
    ]


def nearest(found: Sequence[Found], at: tuple[int, int], backwards: bool = False) -> int | None:
    """Index of the first match at or after a position (before it, going backwards), around the ends."""
    if not found:
        return None
    if backwards:
        before = [index for index, (row, start, _) in enumerate(found) if (row, start) < at]
        return before[-1] if before else len(found) - 1
    return next((index for index, (row, start, _) in enumerate(found) if (row, start) >= at), 0)


def replaced(line: str, query: Query, written: str) -> str:
    """The line with every match replaced."""
    return query.pattern.sub(
        lambda match: query.replacement(match, written) if match.end() > match.start() else match[0], line
    )

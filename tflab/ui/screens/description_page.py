"""What is known of a name, as rows of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from tflab.messages import text
from tflab.protocol.editing_help import NameDescribed
from tflab.state.terminal_text import plain
from tflab.ui.widgets.rows import Row, wrap

_PROSE: Final = re.compile(r" *[A-Za-z`(\"'][^|]*\Z")
"""A line of words: no example, list, table, heading's rule or empty line."""


def description_rows(described: NameDescribed, width: int) -> list[Row]:
    """Name and kind, a row for each parameter where they do not fit in one, then the documentation."""
    rows: list[Row] = [[(plain(described.name), "strong"), ("  " + plain(described.detail), "muted")], []]
    if described.parameters is not None:
        rows = [*_signature(described, width), []]
    documentation = described.documentation.strip("\n")
    if not documentation:
        return [*rows, [(text("ui.describe.undocumented"), "muted")]]
    for line in _flowing(documentation.expandtabs().split("\n"), width):
        indent = len(line) - len(line.lstrip(" "))
        rows += wrap([(" " * indent + plain(line), "")], width, indent=indent)
    return rows


def _flowing(lines: Sequence[str], width: int) -> Iterator[str]:
    """The lines; those of a paragraph of prose that is too wide become one, for they were broken for another width."""
    for _, group in groupby(lines, lambda line: (len(line) - len(line.lstrip(" ")), bool(_PROSE.match(line)))):
        paragraph = list(group)
        is_prose = all(map(_PROSE.match, paragraph))
        if is_prose and max(map(len, paragraph)) > width:
            indent = " " * (len(paragraph[0]) - len(paragraph[0].lstrip(" ")))
            yield indent + " ".join(line.strip() for line in paragraph)
        else:
            yield from paragraph


def _signature(described: NameDescribed, width: int) -> list[Row]:
    name, parameters = plain(described.name), [plain(each) for each in described.parameters or ()]
    detail = "  " + plain(described.detail) if described.detail else ""
    roles = ["accent" if number == described.active else "" for number in range(len(parameters))]
    inline = f"{name}({', '.join(parameters)})"
    if len(inline) + len(detail) <= width:
        row: Row = [(name, "strong"), ("(", "muted")]
        for number, (parameter, role) in enumerate(zip(parameters, roles, strict=True)):
            row += [(", ", "muted")] * bool(number) + [(parameter, role)]
        return [[*row, (")", "muted"), (detail, "muted")]]
    return [
        [(name, "strong"), ("(", "muted"), (detail, "muted")],
        *([("    " + parameter, role), (",", "muted")] for parameter, role in zip(parameters, roles, strict=True)),
        [(")", "muted")],
    ]

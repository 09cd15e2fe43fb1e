"""What is known of a name, as rows of a page."""

from __future__ import annotations

from tflab.messages import text
from tflab.protocol.editing_help import NameDescribed
from tflab.state.terminal_text import plain
from tflab.ui.widgets.rows import Row, wrap


def description_rows(described: NameDescribed, width: int) -> list[Row]:
    """Name and kind, a row for each parameter where they do not fit in one, then the documentation."""
    rows: list[Row] = [[(plain(described.name), "strong"), ("  " + plain(described.detail), "muted")], []]
    if described.parameters is not None:
        rows = [*_signature(described, width), []]
    documentation = described.documentation.strip("\n")
    if not documentation:
        return [*rows, [(text("ui.describe.undocumented"), "muted")]]
    for line in documentation.expandtabs().split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        rows += wrap([(" " * indent + plain(line), "")], width, indent=indent)
    return rows


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

"""The operations of a recorded cell, and where NaN began."""

from __future__ import annotations

from typing import Final

from tflab.messages import text
from tflab.protocol.events import Site
from tflab.protocol.operation_events import NonFiniteFound, OperationRecord
from tflab.state.operations import Operations
from tflab.state.places import place_of, step_number
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Cell, Column, Row, spread, table, wrap

_MOST_INPUTS: Final = 3


class OperationsPanel(LinesView):
    """Shows `Operations`."""

    def show_operations(self, operations: Operations, disabled: str | None) -> None:
        """Shows these; ``disabled`` is why there can be none."""
        self.show_page(lambda width: operations_page(operations, disabled, width))


def operations_page(operations: Operations, disabled: str | None, width: int) -> Page:
    """How many ran where, the first that made a NaN, then a line for each kind and place."""
    recorded = operations.recorded
    if recorded is None:
        return empty_page(text("ui.operations.empty"), text("ui.operations.hint"), width, disabled)
    devices = "  ".join(f"{plain(name)} {count:,}" for name, count in operations.by_device().items())
    summary: Row = [(text("ui.operations.total", count=f"{recorded.total:,}"), "strong")]
    if recorded.checked:
        summary.append(("  " + text("ui.operations.checked", count=f"{recorded.checked:,}"), "muted"))
    rows: list[Row] = []
    for found in (recorded.inf, recorded.nan):
        if found is not None:
            rows += [*_found_rows(found, width), []]
    if recorded.nan is None and recorded.inf is None:
        rows += [[("✓ ", "good"), (text("ui.operations.finite"), "good")], []]
    columns = [
        Column(text("ui.operations.count"), "right", importance=6),
        Column(text("ui.operations.operation"), importance=9, smallest=12),
        Column(text("ui.operations.place"), importance=8),
        Column(text("ui.operations.result"), importance=7, smallest=20),
        Column(text("ui.operations.device"), importance=5),
        Column(text("ui.operations.inputs"), importance=4, smallest=24),
    ]
    heading, table_rows = table(columns, [_cells(operation) for operation in recorded.operations], width)
    rows += [heading, *table_rows]
    if recorded.left_out:
        rows.append([(text("ui.operations.left_out", count=f"{recorded.left_out:,}"), "muted")])
    return Page([spread(summary, [(devices, "muted")], width)], rows).fitted(width)


def _found_rows(found: NonFiniteFound, width: int) -> list[Row]:
    name = plain(found.operation)
    key = "came_in" if found.came_in else "gradient" if found.is_gradient else "made"
    what = text("ui.operations.kind." + found.kind)
    sentence = text(f"ui.operations.found.{key}", what=what, operation=name)
    head: Row = [("⚠ ", "bad"), (_place(found.site), "accent"), ("  ", ""), (sentence, "strong")]
    rows = wrap(head, width, indent=2)
    if found.function:
        rows += wrap([("  " + text("ui.operations.inside", function=plain(found.function)), "muted")], width, indent=2)
    for index, given in enumerate(found.inputs[:_MOST_INPUTS]):
        label = "  " + text("ui.operations.input", number=index + 1) + "  "
        rows += wrap([(label, "muted"), (plain(given), "")], width, indent=len(label))
    return rows


def _cells(operation: OperationRecord) -> list[Cell]:
    return [
        (f"{operation.count:,}", ""),
        (plain(operation.operation), "strong" if operation.operation.endswith("()") else ""),
        (_place(operation.site), "muted"),
        (plain(", ".join(operation.outputs)), ""),
        (plain(operation.device), "muted"),
        (plain(", ".join(operation.inputs)), "muted"),
    ]


def _place(site: Site | None) -> str:
    """``step 3 line 4``, or ``line 4`` of a script."""
    if site is None:
        return ""
    number = step_number(place_of(site))
    line = text("ui.line", line=site.line)
    return line if number is None else f"{text('ui.output.step', step=number)} {line}"

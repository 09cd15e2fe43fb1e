"""A traced function as three columns that go together by line: the learner's code, AutoGraph's, the operations."""

from __future__ import annotations

from dataclasses import dataclass

from tflab.messages import text
from tflab.protocol.events import SideEffect, Site
from tflab.protocol.trace_events import GraphOperation, TracedStatement
from tflab.state.graphs import CodeLine, FunctionGraph
from tflab.state.places import place_of
from tflab.state.terminal_text import plain
from tflab.ui.panels.gradients_panel import place_name
from tflab.ui.widgets.rows import Row, cut, fit, pad, spread, width_of, wrap

_THREE_COLUMNS = 130
_TWO_COLUMNS = 64
_SMALLEST_SOURCE = 30
_MOST_NOTES = 4


@dataclass(frozen=True)
class GraphLook:
    """What of a graph is looked at."""

    line: int = 0
    """Index of the chosen line of code."""
    generated: bool = False
    """Whether AutoGraph's code has the place of the operations, where there is no room for both."""
    everything: bool = False
    """Whether all operations are listed, not those of the chosen line alone."""


def graph_rows(
    graph: FunctionGraph, position: tuple[int, int], look: GraphLook, width: int, height: int
) -> tuple[list[Row], int]:
    """The panel, and how many rows of it come before the first line of code. ``position`` is the number of the graph
    and how many there are."""
    heading = [_title(graph, position, width)]
    notes = _notes(graph, width)
    room = max(3, height - len(heading) - 1 - len(notes))
    if width < _TWO_COLUMNS:
        upper = max(2, room // 2)
        code = _source_rows(graph, look, width, upper)
        rest = room - upper - 1
        right = _right(graph, look, width, rest)
        rows = [*heading, *code, [("─" * width, "faint")], *right[:rest], *notes]
        return [fit(row, width) for row in rows[:height]], len(heading)
    columns = [_column_title("ui.graph.source")]
    left = max(_SMALLEST_SOURCE, min(_longest(graph) + 25, width * (40 if width >= _THREE_COLUMNS else 55) // 100))
    rest = width - left - 3
    if width >= _THREE_COLUMNS:
        middle = rest * 11 // 20
        parts = [
            (left, _source_rows(graph, look, left, room)),
            (middle, _generated_rows(graph, look, middle, room)),
            (rest - middle - 3, _operation_rows(graph, look, rest - middle - 3, room)),
        ]
        columns += [_column_title("ui.graph.generated"), _operations_title(graph, look)]
    else:
        parts = [(left, _source_rows(graph, look, left, room)), (rest, _right(graph, look, rest, room))]
        columns.append(_column_title("ui.graph.generated") if look.generated else _operations_title(graph, look))
    titles = _beside([(size, [title]) for (size, _), title in zip(parts, columns, strict=True)], 1)
    rows = [*heading, *titles, *_beside(parts, room), *notes]
    return [fit(row, width) for row in rows[:height]], len(heading) + 1


def first_line_shown(graph: FunctionGraph, look: GraphLook, room: int) -> int:
    """The line of code at the top of its column: the chosen one is kept in sight, a third down."""
    return max(0, min(look.line - room // 3, len(graph.lines) - room))


def _title(graph: FunctionGraph, position: tuple[int, int], width: int) -> Row:
    event = graph.event
    left: Row = [(plain(event.function), "strong"), (f" #{event.ordinal}", "muted")]
    if event.line is not None:
        left += [("  " + text("ui.line", line=event.line), "muted")]
    left += [("  " + place_name(graph.key[1]), "muted")]
    count = len(event.operations) + event.omitted
    right: Row = [(text("ui.traces.operations", count=f"{count:,}"), "muted")]
    if position[1] > 1:
        right += [("   ", ""), (f"◂ {position[0] + 1}/{position[1]} ▸", "accent")]
    return spread(left, right, width)


def _column_title(key: str) -> Row:
    return [(text(key), "muted")]


def _operations_title(graph: FunctionGraph, look: GraphLook) -> Row:
    if look.everything:
        return [(text("ui.graph.all_operations"), "muted")]
    return [(text("ui.graph.operations", line=_chosen(graph, look).place.line), "muted")]


def _chosen(graph: FunctionGraph, look: GraphLook) -> CodeLine:
    return graph.lines[max(0, min(look.line, len(graph.lines) - 1))]


def _longest(graph: FunctionGraph) -> int:
    return max((len(line.text) for line in graph.lines), default=0)


def _beside(parts: list[tuple[int, list[Row]]], height: int) -> list[Row]:
    rows: list[Row] = []
    for number in range(height):
        row: Row = []
        for index, (size, cells) in enumerate(parts):
            cell = fit(cells[number], size) if number < len(cells) else []
            row += [*cell, (" " * (size - width_of(cell)), "")]
            if index < len(parts) - 1:
                row.append((" │ ", "faint"))
        rows.append(row)
    return rows


# --- the learner's code ---------------------------------------------------------------------------------------------


def _source_rows(graph: FunctionGraph, look: GraphLook, width: int, room: int) -> list[Row]:
    first = first_line_shown(graph, look, room)
    marked = {place_of_effect(effect) for effect in graph.effects}
    rows: list[Row] = []
    for index, line in enumerate(graph.lines[first : first + room], first):
        is_chosen = index == look.line
        role = "chosen" if is_chosen else ""
        if line.source < 0:
            name = f"{place_name(line.place)} {text('ui.line', line=line.place.line)}"
            rows.append(spread([("  ", role), (name, role or "muted")], [_count(line)], width))
            continue
        sign = "⚑" if (line.place.file, line.place.line) in marked else " "
        left: Row = [
            (f"{line.place.line:>4}", role or "muted"),
            (sign, "warning-strong" if sign != " " else ""),
            (_code(line.text) or " ", role or ("strong" if line.statement else "")),
        ]
        right: Row = [*_fate(line.statement, graph, line), (" ", ""), _count(line)]
        rows.append(spread(left, right, width))
    return rows


def place_of_effect(effect: SideEffect) -> tuple[str, int | None]:
    """Where it happened, as lines of code name their places."""
    return place_of(Site(file=effect.file, line=effect.line or 0)).file, effect.line


def _code(line: str) -> str:
    """A line of code that can do no harm to the terminal, as far in as it was."""
    code = line.expandtabs(4)
    return " " * (len(code) - len(code.lstrip())) + plain(code.lstrip())


def _count(line: CodeLine) -> tuple[str, str]:
    return (f"{len(line.operations) or '·':>4}", "muted")


def _fate(statement: TracedStatement | None, graph: FunctionGraph, line: CodeLine) -> Row:
    """What became of a statement: built into the graph, or run by Python."""
    if statement is None:
        return []
    if statement.graph and not statement.python:
        return [(text("ui.graph.in_graph"), "good")]
    if graph.generated(line) is None:
        return [(text("ui.graph.as_is"), "warning")]
    if not statement.graph and not statement.python:
        return [(text("ui.graph.not_run"), "muted")]
    if statement.kind == "if":
        told = text("ui.graph.python_if", taken=statement.taken, times=statement.python)
    else:
        told = text("ui.graph.python_loop", times=statement.iterations)
    row: Row = [(told, "warning")]
    return [(text("ui.graph.in_graph") + " + ", "good"), *row] if statement.graph else row


# --- AutoGraph's code and the operations ----------------------------------------------------------------------------


def _right(graph: FunctionGraph, look: GraphLook, width: int, room: int) -> list[Row]:
    rows = _generated_rows if look.generated else _operation_rows
    return rows(graph, look, width, room)


def _generated_rows(graph: FunctionGraph, look: GraphLook, width: int, room: int) -> list[Row]:
    chosen = _chosen(graph, look)
    source = graph.generated(chosen)
    if source is None:
        return wrap([(text("ui.graph.not_converted"), "muted")], width)
    lines = source.generated.splitlines()
    linked = [index for index, origin in enumerate(source.origins) if origin == chosen.place.line]
    # The line that does the work comes last; what AutoGraph needs around it comes before.
    first = max(0, min((linked[0] if linked else 0) - room // 4, len(lines) - room))
    if linked and linked[-1] >= first + room:
        first = max(first, min(linked[-1] - room + 1, linked[0]))
    return [
        [
            (("▌" if index in linked else " "), "accent"),
            (cut(_code(line), width - 1), "" if index in linked else "muted"),
        ]
        for index, line in enumerate(lines[first : first + room], first)
    ]


def _operation_rows(graph: FunctionGraph, look: GraphLook, width: int, room: int) -> list[Row]:
    chosen = _chosen(graph, look)
    mine = set(chosen.operations)
    shown = range(len(graph.event.operations)) if look.everything else chosen.operations
    if not shown:
        key = "ui.graph.only_python" if chosen.source >= 0 and chosen.text.strip() else "ui.graph.nothing"
        return wrap([(text(key), "muted")], width)
    rows: list[Row] = []
    first_of_mine: int | None = None
    within = None
    for index in shown:
        operation = graph.event.operations[index]
        if operation.within != within:
            within = operation.within
            if within or rows:
                rows.append([("  " + (_within(within) if within else text("ui.graph.outermost")), "accent")])
        if index in mine and first_of_mine is None:
            first_of_mine = len(rows)
        rows.append(_operation(operation, index in mine and look.everything, width))
    if look.everything:
        if graph.event.omitted:
            rows.append([(text("ui.graph.omitted", count=f"{graph.event.omitted:,}"), "muted")])
        start = max(0, min((first_of_mine or 0) - room // 4, len(rows) - room))
        return rows[start : start + room]
    if len(rows) > room:
        more = len(rows) - room + 1
        rows = [*rows[: room - 1], [(text("ui.graph.more", count=f"{more:,}"), "muted")]]
    return rows


def _within(within: str) -> str:
    """``while:body/while/cond:then`` as ``while:body › while/cond:then``."""
    return plain(within).replace(":body/", ":body › ").replace(":then/", ":then › ").replace(":else/", ":else › ")


def _operation(operation: GraphOperation, is_linked: bool, width: int) -> Row:
    name_width = min(24, max(11, width // 3))
    row: Row = [
        ("▌" if is_linked else " ", "accent"),
        (pad(plain(operation.type), name_width), "strong"),
        (" ", ""),
        (plain(operation.output), ""),
    ]
    if operation.inputs and width >= 40:
        row.append(("  ← " + plain(", ".join(operation.inputs)), "muted"))
    return fit(row, width)


# --- what happened only while tracing -------------------------------------------------------------------------------


def _notes(graph: FunctionGraph, width: int) -> list[Row]:
    rows: list[Row] = []
    for effect in graph.effects[:_MOST_NOTES]:
        where = "" if effect.line is None else text("ui.line", line=effect.line) + ": "
        told = text(f"ui.effect.{effect.kind}", name=plain(effect.name), detail=plain(effect.detail))
        rows.append(fit([("⚑ ", "warning-strong"), (where, "muted"), (told, "warning")], width))
    if len(graph.effects) > _MOST_NOTES:
        rows.append([(text("ui.graph.more_effects", count=len(graph.effects) - _MOST_NOTES), "muted")])
    return rows

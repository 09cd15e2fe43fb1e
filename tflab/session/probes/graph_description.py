"""What a trace made, as plain data: the learner's source, AutoGraph's, and the operations of the graph by line."""

from __future__ import annotations

import ast
import linecache
import textwrap
from collections.abc import Iterator
from types import CodeType
from typing import Any, Final

from tensorflow.python.autograph.pyct import origin_info
from tensorflow.python.framework.func_graph import FuncGraph

from tflab.protocol.events import Site
from tflab.protocol.trace_events import GraphOperation, StatementKind, TracedSource, TracedStatement
from tflab.session.probes import user_site
from tflab.session.probes.added_operations import is_added
from tflab.session.probes.cell_runs import CellRuns
from tflab.session.probes.function_code import definition, source_of
from tflab.session.probes.ring import is_ring
from tflab.session.probes.trace_log import StatementCounts, TraceLog
from tflab.session.probes.trace_signature import shape_text

_MOST_OPERATIONS: Final = 1500
_MOST_SOURCES: Final = 24
_MOST_INPUTS: Final = 8
_LONGEST_SOURCE: Final = 60_000
_DEEPEST: Final = 6
_PARTS: Final = {
    "then_branch": "then",
    "else_branch": "else",
    "body": "body",
    "cond": "condition",
    "f": "",
}
"""The attributes under which an operation holds other graphs, and what those are called."""

_NODES: Final[dict[type[ast.AST], StatementKind]] = {
    ast.If: "if",
    ast.IfExp: "if",
    ast.For: "for",
    ast.While: "while",
}


def sources_of(code: CodeType, log: TraceLog, name: str, cells: CellRuns) -> tuple[TracedSource, ...]:
    """The traced function with ``code``, then the learner's functions that AutoGraph converted on the way."""
    codes = {code: name}
    for other, conversion in log.conversions.items():
        codes.setdefault(other, getattr(conversion.function, "__qualname__", other.co_name))
    sources = [_source(each, told, log, cells) for each, told in list(codes.items())[:_MOST_SOURCES]]
    return tuple(source for source in sources if source is not None)


def _source(code: CodeType, name: str, log: TraceLog, cells: CellRuns) -> TracedSource | None:
    found = source_of(code)
    if found is None:
        return None
    first, source = found
    generated, origins = _generated(code, log)
    return TracedSource(
        name=name,
        file=cells.name(code.co_filename),
        line=first,
        source=textwrap.dedent(source)[:_LONGEST_SOURCE],
        generated=generated,
        origins=origins,
        statements=_statements(code, log),
    )


def _generated(code: CodeType, log: TraceLog) -> tuple[str, tuple[int, ...]]:
    """AutoGraph's code without the factories around it, and the learner's line of each of its lines."""
    conversion = log.conversions.get(code)
    if conversion is None:
        return "", ()
    file = conversion.converted.ag_module.__file__
    lines = linecache.getlines(file)
    inner = [number for number, line in enumerate(lines) if line.startswith(_WITHIN_FACTORIES) and line.strip()]
    # Up to the line with which the inner factory returns the function.
    shown = range(inner[0], inner[-1]) if len(inner) > 1 else range(len(lines))
    source_map = conversion.converted.ag_source_map
    origins = [source_map.get(origin_info.LineLocation(file, number + 1)) for number in shown]
    text = textwrap.dedent("".join(lines[number] for number in shown))
    if len(text) > _LONGEST_SOURCE:
        return "", ()
    return text, tuple(0 if origin is None else origin.loc.lineno for origin in origins)


_WITHIN_FACTORIES: Final = " " * 8


def _statements(code: CodeType, log: TraceLog) -> tuple[TracedStatement, ...]:
    node = definition(code)
    if node is None:
        return ()
    found: dict[tuple[int, StatementKind], TracedStatement] = {}
    file = conversion.function.__code__.co_filename if (conversion := log.conversions.get(code)) else code.co_filename
    for child in ast.walk(node):
        kind = _NODES.get(type(child))
        if kind is None or not isinstance(child, (ast.stmt, ast.expr)):
            continue
        counts = log.statements.get((file, child.lineno, kind)) or StatementCounts()
        found[(child.lineno, kind)] = TracedStatement(
            line=child.lineno,
            kind=kind,
            graph=counts.graph,
            python=counts.python,
            iterations=counts.iterations,
            taken=counts.taken,
        )
    return tuple(found[key] for key in sorted(found))


def operations_of(graph: Any, call: Site | None, cells: CellRuns) -> tuple[tuple[GraphOperation, ...], int]:
    """The operations of ``graph`` without the probes' own, and how many more there are than can be told. ``call`` is
    where the function was called: its arguments and results have no line in it."""
    told: list[GraphOperation] = []
    more = 0
    for within, operation in _walk(graph, "", 0):
        if len(told) < _MOST_OPERATIONS:
            told.append(_operation(operation, within, call, cells))
        else:
            more += 1
    return tuple(told), more


def _walk(graph: Any, within: str, depth: int, rings: frozenset[int] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Every operation with the part of the graph that it is in; ``rings`` are the ids of tensors of the graph around
    that lead to the probes' own resources."""
    handles = [inside for outside, inside in graph.captures if is_ring(outside) or id(outside) in rings]
    hidden = {handle.op.name for handle in handles}
    rings = frozenset(map(id, handles))
    for operation in graph.get_operations():
        if operation.name in hidden or is_added(graph, operation):
            continue
        yield within, operation
        if depth < _DEEPEST:
            for part, inner in _held(graph, operation):
                path = f"{operation.name}:{part}" if part else operation.name
                yield from _walk(inner, f"{within}/{path}" if within else path, depth + 1, rings)


def _held(graph: Any, operation: Any) -> Iterator[tuple[str, Any]]:
    if not any(name in operation.node_def.attr for name in _PARTS):
        return
    for attribute, part in _PARTS.items():
        value = operation.node_def.attr.get(attribute)
        if value is None or not value.HasField("func"):
            continue
        inner = getattr(graph._functions.get(value.func.name), "graph", None)
        if isinstance(inner, FuncGraph):
            yield part, inner


def _operation(operation: Any, within: str, call: Site | None, cells: CellRuns) -> GraphOperation:
    place = _place(operation)
    site = None if place is None else cells.traced_place(*place).site
    if site is not None and call is not None and (site.file, site.line) == (call.file, call.line):
        site = None
    inputs = [tensor.op.name for tensor in operation.inputs][: _MOST_INPUTS + 1]
    if len(inputs) > _MOST_INPUTS:
        inputs[-1] = "…"
    return GraphOperation(
        name=operation.name,
        type=operation.type,
        inputs=tuple(inputs),
        output=", ".join(f"{tensor.dtype.name} {shape_text(tensor.shape)}" for tensor in operation.outputs[:4]),
        device=operation.device,
        within=within,
        file="" if site is None else site.file,
        line=None if site is None else site.line,
    )


def _place(operation: Any) -> tuple[str, int] | None:
    traceback = operation.traceback
    if traceback is None:
        # Made outside Python, when a function was rewritten.
        return None
    for frame in reversed(list(traceback.get_user_frames())):
        if user_site.is_learners(frame.filename):
            return frame.filename, frame.lineno
    return None

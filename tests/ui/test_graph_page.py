"""A graph beside the code that it came from, by plain values: state in, rows out."""

from __future__ import annotations

import pytest

from tflab.protocol.events import FunctionTraced, SideEffect
from tflab.protocol.trace_events import GraphBuilt, GraphOperation, TracedSource, TracedStatement
from tflab.state.graphs import MOST_GRAPHS, FunctionGraph, Graphs
from tflab.ui.panels.graph_page import GraphLook, graph_rows
from tflab.ui.widgets.rows import text_of, width_of

SOURCE = """@tf.function
def f(x):
    print("x")
    for i in range(3):
        x = x * 2.0
    if tf.reduce_sum(x) > 0:
        x = -x
    return x
"""
GENERATED = "def tf__f(x):\n    ag__.for_stmt(...)\n    x = ag__.ld(x) * 2.0\n"
TRACED = FunctionTraced(
    function="f", file="<cell 2>", line=3, ordinal=1, cause="first", reason="", fix="", signature="", milliseconds=5.0,
    operations=4, effects=(SideEffect(kind="print", name="", detail="x", file="<cell 2>", line=4),),
)  # fmt: skip


def graph_built(name: str = "f") -> GraphBuilt:
    operation = GraphOperation
    return GraphBuilt(
        function=name, file="<cell 2>", line=3, ordinal=1, omitted=7,
        sources=(
            TracedSource(
                name=name, file="<cell 2>", line=2, source=SOURCE, generated=GENERATED, origins=(3, 5, 6),
                statements=(
                    TracedStatement(line=5, kind="for", python=1, iterations=3),
                    TracedStatement(line=7, kind="if", graph=1),
                ),
            ),
        ),
        operations=(
            operation(name="x", type="Placeholder", output="float32 (2,)"),
            operation(name="mul", type="Mul", inputs=("x", "y"), output="float32 (2,)", file="<cell 2, run 3>", line=6),
            operation(name="cond", type="StatelessIf", output="float32 (2,)", file="<cell 2>", line=7),
            operation(name="n", type="Neg", output="float32 (2,)", within="cond:then", file="<cell 2>", line=8),
            operation(name="d", type="MatMul", output="float32 (2,)", file="/home/me/model.py", line=40),
        ),
    )  # fmt: skip


@pytest.fixture
def graph() -> FunctionGraph:
    graphs = Graphs()
    graphs.note_trace(TRACED)
    graphs.record(graph_built())
    return next(iter(graphs))


def written(graph: FunctionGraph, look: GraphLook, width: int, height: int = 24) -> str:
    rows, _ = graph_rows(graph, (0, 1), look, width, height)
    assert len(rows) <= height
    for row in rows:
        assert width_of(row) <= width, text_of(row)
    return "\n".join(text_of(row).rstrip() for row in rows)


def test_operations_go_with_their_lines(graph: FunctionGraph) -> None:
    by_line = {line.place: [operation.type for operation in graph.operations(line)] for line in graph.lines}
    assert {place.line: types for place, types in by_line.items() if types and place.file == "<cell 2>"} == {
        3: ["Placeholder"],
        6: ["Mul"],
        7: ["StatelessIf"],
        8: ["Neg"],
    }
    # Other code that made operations comes last.
    assert graph.lines[-1].place.line == 40
    assert [operation.type for operation in graph.operations(graph.lines[-1])] == ["MatMul"]


@pytest.mark.parametrize("width", [24, 40, 78, 128, 200])
@pytest.mark.parametrize("height", [6, 12, 40])
def test_it_fits(graph: FunctionGraph, width: int, height: int) -> None:
    for generated in (False, True):
        for everything in (False, True):
            for line in range(len(graph.lines)):
                assert written(graph, GraphLook(line, generated, everything), width, height)


def test_each_statement_says_what_became_of_it(graph: FunctionGraph) -> None:
    page = written(graph, GraphLook(), 200)
    [loop] = [line for line in page.splitlines() if "for i in range" in line]
    [condition] = [line for line in page.splitlines() if "if tf.reduce_sum" in line]
    assert "Python ×3" in loop
    assert "graph" in condition
    assert "        x = x * 2.0" in page, "code stays as far in as it was"


def test_three_columns_where_there_is_room(graph: FunctionGraph) -> None:
    page = written(graph, GraphLook(line=4), 200)
    assert "operations of line 6" in page
    assert "Mul" in page
    assert "← x, y" in page
    assert "Neg" not in page
    assert "▌    x = ag__.ld(x) * 2.0" in page
    assert "▌    ag__.for_stmt" not in page


def test_two_columns_and_one_turn_to_autographs_code(graph: FunctionGraph) -> None:
    for width in (40, 100):
        assert "StatelessIf" in written(graph, GraphLook(line=5), width)
        assert "ag__" not in written(graph, GraphLook(line=5), width)
        assert "ag__.for_stmt" in written(graph, GraphLook(line=5, generated=True), width)


def test_all_operations_with_those_of_the_line_marked(graph: FunctionGraph) -> None:
    page = written(graph, GraphLook(line=6, everything=True), 100)
    assert "▌Neg" in page
    assert " Mul" in page
    assert "cond:then" in page
    assert "7 more" in page


def test_what_happened_only_while_tracing(graph: FunctionGraph) -> None:
    page = written(graph, GraphLook(line=2), 100)
    assert "⚑" in next(line for line in page.splitlines() if "print(" in line)
    assert "line 4: printed only while tracing: x" in page
    assert "Python does once, while tracing" in " ".join(page.split())


def test_the_graph_built_last_comes_first_and_takes_the_place_of_the_one_before() -> None:
    graphs = Graphs()
    for name in ("f", "g", "f"):
        graphs.record(graph_built(name))
    assert [graph.event.function for graph in graphs] == ["f", "g"]
    for number in range(2 * MOST_GRAPHS):
        graphs.record(graph_built(f"h{number}"))
    assert len(graphs) == MOST_GRAPHS

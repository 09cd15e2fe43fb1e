"""What traces cost, by function, and what went on with old values, by plain values."""

from __future__ import annotations

import pytest

from tflab.protocol.events import FunctionTraced, SideEffect
from tflab.protocol.trace_events import CallsCounted, CaptureOutdated, FunctionCalls
from tflab.state.run_state import RunState
from tflab.state.timeline import Timeline
from tflab.ui.panels.traces_panel import traces_page
from tflab.ui.widgets.rows import text_of, width_of


def traced(function: str, milliseconds: float, ordinal: int = 1, cause: str = "first") -> FunctionTraced:
    return FunctionTraced(
        function=function, file="<cell 1>", line=3, ordinal=ordinal, cause=cause, reason="Why.", fix="Fix.",
        signature="x", milliseconds=milliseconds, operations=9,
        effects=(SideEffect(kind="added", name="history", detail="0 → 1", file="<cell 1>", line=4),),
    )  # fmt: skip


@pytest.fixture
def timeline() -> Timeline:
    state = RunState()
    for event in (
        traced("cheap", 4.0),
        traced("dear", 300.0),
        traced("dear", 500.0, 2, "shape"),
        CallsCounted(functions=(FunctionCalls(function="dear", file="<cell 1, run 2>", line=3, calls=50, hits=48),)),
        CaptureOutdated(function="dear", file="<cell 1>", line=3, name="rate", traced="0.1", current="0.2"),
        CaptureOutdated(function="dear", file="<cell 1>", line=3, name="model", traced="Model", current="Model"),
    ):
        state.apply(event)
    return state.timeline


def written(timeline: Timeline, width: int) -> str:
    page = traces_page(timeline, None, None, width)
    rows = [*page.heading, *page.rows]
    assert all(width_of(row) <= width for row in rows)
    return "\n".join(text_of(row) for row in rows)


def test_the_dearest_function_comes_first_with_its_calls(timeline: Timeline) -> None:
    assert [totals.function for totals in timeline.dearest()] == ["dear", "cheap"]
    lines = written(timeline, 120).splitlines()
    dear = next(line for line in lines if line.startswith("dear"))
    assert dear.split() == ["dear", "step", "1", "line", "3", "2", "800", "ms", "100", "%", "9", "50", "96", "%"]
    assert lines.index(dear) < next(index for index, line in enumerate(lines) if line.startswith("cheap"))


def test_old_values_and_what_happened_only_while_tracing(timeline: Timeline) -> None:
    page = " ".join(written(timeline, 120).split())
    assert "`rate` = 0.1, as it was when traced; it is 0.2 now" in page
    assert "the `model` (Model) that it was traced with" in page
    assert "⚑ line 4: `history` grew only while tracing: 0 → 1 items" in page


@pytest.mark.parametrize("width", [24, 40, 78, 200])
def test_it_fits(timeline: Timeline, width: int) -> None:
    assert "dear" in written(timeline, width)


def test_a_function_made_anew_at_each_call_stands_out() -> None:
    timeline = Timeline()
    timeline.record(traced("inner", 5.0, 1, "new_function"))
    page = written(timeline, 100)
    assert "↻ inner" in page
    assert "Why." in page

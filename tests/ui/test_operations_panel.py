"""A recorded run: asked for by a key, shown with where NaN began."""

from __future__ import annotations

import pytest

from tests.ui.doubles import ran
from tests.ui.lab_driver import lab
from tflab.protocol.events import Site
from tflab.protocol.operation_events import NonFiniteFound, OperationRecord, OperationsRecorded
from tflab.state.operations import Operations
from tflab.ui.panels.operations_panel import operations_page
from tflab.ui.widgets.rows import text_of, width_of

LOG = NonFiniteFound(
    kind="inf", operation="Log", site=Site(file="<cell 3>", line=4), function="step",
    inputs=("float32 (3,) from 0 to 2, 1 zero",), output="float32 (3,)",
)  # fmt: skip
RECORDED = OperationsRecorded(
    cell=0,
    operations=(
        OperationRecord(
            operation="MatMul", site=Site(file="<cell 3>", line=2), inputs=("float32 (2, 3)",),
            outputs=("float32 (2, 2)",), device="GPU:0", count=30,
        ),
        OperationRecord(operation="step()", site=None, inputs=(), outputs=("float32 ()",), device="CPU:0", count=3),
    ),
    total=33,
    checked=12,
    left_out=5,
    inf=LOG,
)  # fmt: skip


def written(recorded: OperationsRecorded | None, width: int = 110) -> str:
    """The page as text, checked to fit."""
    operations = Operations()
    if recorded is not None:
        operations.record(recorded)
    page = operations_page(operations, None, width)
    rows = [*page.heading, *page.rows]
    assert all(width_of(row) <= width for row in rows)
    return "\n".join(text_of(row).rstrip() for row in rows)


@pytest.mark.parametrize("width", [24, 40, 78, 200])
def test_it_fits(width: int) -> None:
    assert "MatMul" in written(RECORDED, width)


def test_how_many_ran_where_and_what_made_an_infinity() -> None:
    text = written(RECORDED)
    assert text.startswith("33 operations  12 checked inside tf.functions")
    assert "GPU:0 30  CPU:0 3" in text
    assert "⚠ step 3 line 4  Log was the first to make an infinity" in text
    assert "inside the tf.function step" in text
    assert "input 1  float32 (3,) from 0 to 2, 1 zero" in text
    assert "and 5 more" in text


def test_nothing_to_find_and_nothing_recorded() -> None:
    assert "✓ Every result was finite." in written(OperationsRecorded(operations=(), total=0))
    assert "Alt+Z" in written(None)


def test_what_came_with_the_data_is_told_as_that() -> None:
    found = NonFiniteFound(kind="nan", operation="Mean", site=None, came_in=True)
    assert "NaN was there already when Mean was given it" in written(
        OperationsRecorded(operations=(), total=1, nan=found)
    )


async def test_a_key_runs_and_records_the_step_once() -> None:
    async with lab() as running:
        await running.press("alt+z")
        assert [request.record for request in running.session.requests] == [True]
        await running.sees("No operations recorded.")
        await running.happens(*ran(0, RECORDED))
        await running.sees("33 operations", "Log was the first")
        await running.press("ctrl+r")
        assert [request.record for request in running.session.requests] == [True, False]

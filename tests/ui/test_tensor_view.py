"""A look into one tensor: what is asked of the session, and how the answer is drawn."""

from __future__ import annotations

import math
from functools import partial

import pytest

from tests.ui.doubles import ran
from tests.ui.lab_driver import Lab, lab
from tflab.protocol.events import TensorRecord, TensorsRecorded
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.tensor_looks import TensorMeasured, TensorRead
from tflab.state.tensors import Tensors
from tflab.ui.panels.tensor_page import Look, Seen, cell_width, tensor_rows, window_size
from tflab.ui.widgets.heat_map import heat_map, legend, shade_map
from tflab.ui.widgets.rows import text_of, width_of

CUBE = TensorRecord(
    name="cube", kind="tensor", shape=(3, 4, 5), dtype="float32", device="CPU:0", bytes=240, min=-1.0, max=59.0,
    mean=29.5, std=17.3, nan=1, inf=0, zeros=1, negative=2, negative_inf=0, histogram=(3,) * 20, examined=60,
)  # fmt: skip
SLICE = TensorRead(
    request_id=1, name="cube", record=CUBE, lengths=(3, 4, 5), axes=(1, 2), at=(2, 1, 0),
    elements=((1.0, math.nan, -2.5e-7, 4.0, 5.0), (6.0, 7.0, 8.0, 9.0, None)),
)  # fmt: skip


def written(look: Look, seen: Seen, width: int = 100, height: int = 30, *, colours: bool = True) -> str:
    """The view as text, checked to fit."""
    rows = tensor_rows(look, seen, width, height, colours=colours)
    assert len(rows) <= height
    assert all(width_of(row) <= width for row in rows), [text_of(row) for row in rows if width_of(row) > width]
    return "\n".join(text_of(row) for row in rows)


@pytest.mark.parametrize("width", [24, 40, 78, 200])
@pytest.mark.parametrize("height", [3, 8, 40])
@pytest.mark.parametrize("overview", [False, True])
@pytest.mark.parametrize("colours", [False, True])
def test_everything_fits(width: int, height: int, overview: bool, colours: bool) -> None:
    seen = Seen(CUBE, CUBE, SLICE, TensorMeasured(request_id=2, name="cube", record=CUBE, seconds=1.5))
    written(Look("cube", overview=overview), seen, width, height, colours=colours)


def test_numbers_have_their_indices_and_what_is_missing_is_a_dot() -> None:
    lines = written(Look("cube"), Seen(CUBE, None, SLICE, None)).split("\n")
    assert "cube  tensor  float32  (3, 4, 5)  CPU:0  240 B" in lines[0]
    assert "-1 … 59   mean 29.5   std 17.3" in lines[1]
    assert "all 60 elements" in lines[1]
    assert "-inf 0  negative 2  zero 1  positive 56  +inf 0  NaN ⚠ 1" in lines[2]
    assert lines[3].startswith("cube[2, :, :]   ↓ 1–2 / 4   → 0–4 / 5")
    assert lines[4].split() == ["0", "1", "2", "3", "4"]
    assert lines[5].split() == ["1", "1", "nan", "-2.5e-07", "4", "5"]
    assert lines[6].split() == ["2", "6", "7", "8", "9", "·"]


def test_a_low_view_still_warns_of_nan() -> None:
    assert "⚠ 1 NaN" in written(Look("cube"), Seen(CUBE, None, SLICE, None), height=8)


def test_what_was_before_and_what_was_measured_are_told() -> None:
    before = TensorRecord(name="cube", kind="tensor", min=0.0, max=1.0, mean=0.25, std=0.5, examined=60)
    exact = TensorMeasured(request_id=2, name="cube", record=CUBE, seconds=1.5)
    text = written(Look("cube"), Seen(CUBE, before, SLICE, exact))
    assert "before  0 … 1   mean 0.25   std 0.5" in text
    assert "all 60 elements, measured in 1.5 s" in text


def test_problems_descriptions_and_waiting() -> None:
    gone = TensorRead(request_id=1, name="x", problem="x is no longer there.")
    assert "⚠ x is no longer there." in written(Look("x"), Seen(None, None, gone, None))
    dataset = TensorRecord(name="d", kind="dataset", preview="5 × int64")
    described = TensorRead(request_id=1, name="d", record=dataset, details=("int64 [None]", "", "Batch", "Range"))
    assert "Batch\nRange" in written(Look("d"), Seen(dataset, None, described, None))
    assert "Looking" in written(Look("cube"), Seen(CUBE, None, None, None))
    empty = TensorRead(request_id=1, name="cube", record=CUBE, lengths=(0, 3), axes=(0, 1), at=(0, 0))
    assert "no elements" in written(Look("cube"), Seen(CUBE, None, empty, None))


def test_rows_that_were_looked_up_and_folded_axes_have_their_own_labels() -> None:
    record = TensorRecord(name="s", kind="indexed_slices", dtype="float32", shape=(1000, 2))
    slices = TensorRead(
        request_id=1, name="s", record=record, lengths=(2, 2), axes=(0, 1), at=(0, 0), labels=(4, 900),
        elements=((1.0, 2.0), (3.0, 4.0)),
    )  # fmt: skip
    assert [line.split()[0] for line in written(Look("s"), Seen(record, None, slices, None)).split("\n")[-2:]] == [
        "4",
        "900",
    ]
    vector = TensorRead(
        request_id=1, name="s", lengths=(9,), axes=(0,), at=(2,), elements=((1.0, 2.0, 3.0), (4.0, 5.0))
    )
    lines = written(Look("s"), Seen(record, None, vector, None)).split("\n")
    assert "→ 2–6 / 9" in lines[-3]
    assert [line.split()[0] for line in lines[-2:]] == ["2", "5"]


def test_a_window_is_asked_for_that_fits() -> None:
    seen = Seen(CUBE, None, None, None)
    rows, columns = window_size(seen, 100, 30, overview=False, colours=True)
    assert (rows, columns) == (25, 10)
    assert window_size(seen, 100, 30, overview=True, colours=True) == (50, 100)
    assert window_size(seen, 100, 30, overview=True, colours=False) == (25, 50)
    integers = TensorRecord(name="i", kind="tensor", dtype="int32", shape=(9,), min=-5.0, max=1000.0)
    assert (cell_width(integers), cell_width(CUBE)) == (4, 9)


def test_a_heat_map_has_two_numbers_in_a_cell_and_crosses_for_what_is_not_finite() -> None:
    rows = heat_map(((0.0, 1.0), (1.0, 0.0), (math.nan, None)))
    assert [text_of(row) for row in rows] == ["▀▀", "× "]
    (upper_left, _) = (role for _, role in rows[0])
    assert upper_left.startswith("sgr:38;2;")
    assert [value for value, _ in legend(((0.0, 1.0), (math.inf, None)))] == [0.0, 1.0]
    assert text_of(heat_map(((1.0, 2.0),), scale=3)[0]) == "██████"


def test_zero_is_in_the_middle_where_there_are_both_signs() -> None:
    (row,) = heat_map(((-1.0, 0.0, 1.0), (-1.0, 0.0, 1.0)))
    cold, middle, warm = (role for _, role in row)
    assert len({cold, middle, warm}) == 3
    assert [text_of(line) for line in shade_map(((-1.0, 0.0, 0.5, math.nan, None),))] == ["██  ░░××  "]


def test_measurements_last_as_long_as_the_value() -> None:
    tensors = Tensors()
    tensors.record(TensorsRecorded(tensors=(CUBE,)))
    tensors.answer(TensorMeasured(request_id=1, name="cube", record=CUBE))
    tensors.record(TensorsRecorded(tensors=(CUBE,)))
    assert "cube" in tensors.measured
    other = TensorRecord(name="cube", kind="tensor", shape=(3, 4, 5), dtype="float32", mean=1.0)
    tensors.record(TensorsRecorded(tensors=(other,)))
    assert "cube" not in tensors.measured


def asked_more(running: Lab, count: int) -> bool:
    """Whether the session has been asked more than ``count`` times."""
    return len(running.session.looks) > count


async def test_keys_and_clicks_lead_into_a_tensor_and_back() -> None:
    other = TensorRecord(name="other", kind="tensor", shape=(2,), dtype="float32")
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(*ran(0, TensorsRecorded(cell=0, tensors=(other, CUBE))))
        await running.press("alt+t")
        await running.sees("other", "cube", "Enter look inside")
        await running.press("down", "enter")
        await running.until(lambda: len(running.session.looks) >= 1)
        asked = running.session.looks[-1]
        assert isinstance(asked, ReadTensorRequest)
        assert (asked.name, asked.overview) == ("cube", False)
        await running.happens(SLICE)
        await running.sees("cube[2, :, :]", "-2.5e-07", "Esc back")
        for key, changed in (
            ("down", {"at": (0, 1, 0)}),
            ("]", {"at": (1, 1, 0)}),
            ("t", {"axes": (2, 1)}),
            ("m", {"overview": True}),
        ):
            count = len(running.session.looks)
            await running.press({"]": "right_square_bracket"}.get(key, key))
            await running.until(partial(asked_more, running, count))
            look = running.session.looks[-1]
            assert {name: getattr(look, name) for name in changed} == changed
        await running.press("x")
        await running.until(lambda: isinstance(running.session.looks[-1], MeasureTensorRequest))
        # A new value is asked for at once.
        count = len(running.session.looks)
        changed_cube = TensorRecord(name="cube", kind="tensor", shape=(3, 4, 5), dtype="float32", mean=1.0)
        await running.happens(TensorsRecorded(cell=0, tensors=(other, changed_cube)))
        await running.until(partial(asked_more, running, count))
        await running.press("escape")
        await running.sees("other", "Enter look inside")
        lines = running.text().split("\n")
        row = next(number for number, line in enumerate(lines) if " other " in line)
        await running.pilot.click(offset=(lines[row].index("other"), row))
        await running.until(lambda: running.session.looks[-1].name == "other")

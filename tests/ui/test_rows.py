"""Fitting text into cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.ui.widgets.figures import bar, duration, log_fraction, memory, number, percentage, shape, sparkline
from tflab.ui.widgets.rows import Column, Row, cut, cut_front, fit, pad, spread, table, text_of, width_of, wrap


def test_cutting_and_padding_count_cells_not_characters() -> None:
    assert cut("hello", 5) == "hello"
    assert cut("hello", 4) == "hel…"
    assert cut("学习率", 4) == "学…"
    assert cut("abc", 0) == ""
    assert cut_front("dense/kernel", 7) == "…kernel"
    assert cut_front("abc", 0) == ""
    assert cut_front("学习率", 4) == "…率"
    # A hostile name; the time is not to grow with its square.
    assert cut_front("x" * 1_000_000 + "/kernel", 7) == "…kernel"
    assert pad("ab", 4) == "ab  "
    assert pad("ab", 4, "right") == "  ab"


def test_a_row_is_fitted_with_an_ellipsis() -> None:
    row: Row = [("ab", "good"), ("cd", "bad")]
    assert fit(row, 4) == row
    assert fit(row, 3) == [("ab", "good"), ("…", "bad")]
    assert text_of(fit(row, 2)) == "a…"


def test_the_left_part_gives_way_to_the_right() -> None:
    assert text_of(spread([("left", "")], [("right", "")], 12)) == "left   right"
    assert text_of(spread([("left", "")], [("right", "")], 9)) == "le… right"


def test_wrapping_at_spaces_with_an_indent() -> None:
    rows = wrap([("why  ", "muted"), ("the shape was different", "")], 14, indent=5)
    assert [text_of(row) for row in rows] == ["why  the shape", "     was", "     different"]


def test_a_word_longer_than_the_width_is_broken() -> None:
    assert [text_of(row) for row in wrap([("x" * 25, "")], 10)] == ["x" * 10, "x" * 10, "x" * 5]


@given(
    st.lists(st.text(alphabet=st.sampled_from("ab 学é-"), max_size=30), max_size=4),
    st.integers(min_value=8, max_value=40),
    st.integers(min_value=0, max_value=12),
)
def test_wrapped_rows_are_never_too_wide_and_lose_no_letter(parts: list[str], width: int, indent: int) -> None:
    row: Row = [(part, "") for part in parts]
    rows = wrap(row, width, indent)
    assert all(width_of(each) <= width for each in rows)
    assert "".join(map(text_of, rows)).replace(" ", "") == "".join(parts).replace(" ", "")


@given(st.lists(st.text(max_size=20), max_size=4), st.integers(min_value=0, max_value=40))
def test_fitted_rows_are_never_too_wide(parts: list[str], width: int) -> None:
    assert width_of(fit([(part, "") for part in parts], width)) <= width


COLUMNS = [
    Column("name", importance=9, smallest=6, keep="end"),
    Column("mean", "right", importance=1),
    Column("value", importance=5, smallest=4),
]
CELLS = [[("dense/kernel", ""), ("0.5", ""), ("[1. 2. 3.]", "")], [("x", ""), ("12", ""), ("7", "")]]


def test_a_table_with_room_shows_everything() -> None:
    heading, rows = table(COLUMNS, CELLS, 40)
    assert text_of(heading) == "name          mean  value     "
    assert [text_of(row) for row in rows] == ["dense/kernel   0.5  [1. 2. 3.]", "x               12  7         "]


def test_a_table_gives_up_unimportant_columns_then_cuts_what_may_be_cut() -> None:
    _, rows = table(COLUMNS, CELLS, 20)
    assert [text_of(row) for row in rows] == ["…/kernel   0.5  [1.…", "x           12  7   "]
    assert all(width_of(row) <= 20 for row in rows)
    _, rows = table(COLUMNS, CELLS, 14)
    assert text_of(rows[0]) == "…/kernel  [1.…"
    assert "0.5" not in text_of(rows[0])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (0.0, "0"),
        (0.43125, "0.4313"),
        (12.5, "12.5"),
        (1797.0, "1797"),
        (-0.001, "-0.001"),
        (3e-9, "3e-09"),
        (1.25e12, "1.25e+12"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_other_figures() -> None:
    assert [memory(size) for size in (None, 12, 2048, 3 << 30)] == ["-", "12 B", "2.0 KiB", "3.0 GiB"]
    assert [duration(seconds) for seconds in (0.012, 3.21, 125, 4200)] == ["12 ms", "3.2 s", "2 min 05 s", "1 h 10 min"]
    assert [percentage(value) for value in (None, 0.427, 1.2)] == ["-", "43 %", "100 %"]
    assert [shape(value) for value in (None, (), (3,), (None, 10))] == ["", "()", "(3,)", "(?, 10)"]


def test_bars_and_sparklines() -> None:
    assert bar(0.5, 4) == "━━  "
    assert bar(0.6, 4) == "━━╸ "
    assert bar(0.001, 4) == "╸   "
    assert bar(float("nan"), 2) == "  "
    assert sparkline([1, 2, 3]) == "▁▄▇"
    assert sparkline([None, float("nan"), 5.0]) == "·!▄"
    assert sparkline([0.0, 0.5, 1.0], (0, 2)) == "▁▃▄"
    assert log_fraction(1e-3, 1e-6, 1) == pytest.approx(0.5)
    assert log_fraction(0, 1e-6, 1) == 0
    assert log_fraction(1, 1, 1) == 1

"""Pictures in cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.state.output import OutputStore
from tflab.state.pictures import Picture
from tflab.ui.widgets.half_blocks import picture_rows
from tflab.ui.widgets.rows import width_of

RED, BLUE = bytes([200, 0, 0]), bytes([0, 0, 200])


def test_two_pixels_in_a_cell() -> None:
    assert picture_rows(Picture(2, 2, RED * 2 + BLUE * 2), 80, 20) == [[("▀▀", "sgr:38;2;200;0;0;48;2;0;0;200")]]


def test_a_line_without_a_partner_fills_its_cells() -> None:
    rows = picture_rows(Picture(1, 3, RED + BLUE + RED), 80, 20)
    assert rows == [[("▀", "sgr:38;2;200;0;0;48;2;0;0;200")], [("▀", "sgr:38;2;200;0;0;48;2;200;0;0")]]


def test_what_is_narrower_shows_means() -> None:
    assert picture_rows(Picture(2, 2, RED + BLUE + RED + BLUE), 1, 20) == [[("▀", "sgr:38;2;96;0;96;48;2;96;0;96")]]


@given(width=st.integers(1, 40), height=st.integers(1, 40), columns=st.integers(1, 50), lines=st.integers(1, 20))
def test_any_picture_fits(width: int, height: int, columns: int, lines: int) -> None:
    rows = picture_rows(Picture(width, height, bytes(3 * width * height)), columns, lines)
    assert 1 <= len(rows) <= lines
    assert len({width_of(row) for row in rows}) == 1
    assert 1 <= width_of(rows[0]) <= min(width, columns)


@pytest.mark.parametrize(("width", "height", "length"), [(0, 1, 0), (2, 2, 11), (-1, 2, -6), (100_000, 1, 300_000)])
def test_numbers_that_do_not_fit_each_other_are_no_picture(width: int, height: int, length: int) -> None:
    store = OutputStore()
    store.begin(0)
    store.picture(width, height, bytes(max(0, length)))
    store.result({"image/png": "", "text/plain": ""}, None, False)
    assert store.line(1).picture is None


def test_a_picture_belongs_to_the_result_that_follows() -> None:
    store = OutputStore()
    store.begin(0)
    store.picture(1, 1, RED)
    store.result({"image/png": "", "text/plain": ""}, None, False)
    store.result({"image/png": "", "text/plain": ""}, None, False)
    assert [store.line(index).picture for index in (1, 2)] == [Picture(1, 1, RED), None]

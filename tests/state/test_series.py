"""A curve of any length gives its extremes quickly, and none is ever lost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.state.series import Series


def series_of(values: Sequence[float], steps: Sequence[int] | None = None, batch: int = 1000) -> Series:
    """A series filled in batches."""
    made = Series()
    steps = steps if steps is not None else range(len(values))
    for at in range(0, len(values), batch):
        made.extend(list(steps[at : at + batch]), list(values[at : at + batch]))
    return made


def test_an_empty_series_has_no_extremes() -> None:
    low, high = Series().bins(0, 10, 5)
    assert np.isnan(low).all()
    assert np.isnan(high).all()
    assert Series().at(3) is None
    assert Series().tail(4) == []


@pytest.mark.parametrize("count", [1, 7, 8, 9, 63, 64, 65, 5000, 100_000])
@pytest.mark.parametrize("columns", [2, 37, 160])
def test_extremes_over_all_columns_are_those_of_the_values(count: int, columns: int) -> None:
    values = np.random.default_rng(count).normal(size=count).astype(np.float32)
    low, high = series_of(values.tolist(), batch=777).bins(0, count, columns)
    assert np.nanmin(low) == values.min()
    assert np.nanmax(high) == values.max()


def test_each_column_holds_its_own_values_where_columns_fit_the_levels() -> None:
    values = np.arange(64_000, dtype=np.float32)
    low, high = series_of(values.tolist()).bins(0, 64_000, 100)
    assert low.tolist() == [640.0 * column for column in range(100)]
    assert high.tolist() == [640.0 * column + 639 for column in range(100)]


@given(
    count=st.integers(min_value=1, max_value=3000),
    where=st.floats(min_value=0, max_value=1),
    columns=st.integers(min_value=2, max_value=200),
    batch=st.integers(min_value=1, max_value=500),
)
def test_a_single_spike_is_never_hidden(count: int, where: float, columns: int, batch: int) -> None:
    values = [0.0] * count
    values[int(where * (count - 1))] = 100.0
    _, high = series_of(values, batch=batch).bins(0, count, columns)
    assert np.nanmax(high) == 100.0


def test_a_part_of_the_steps_is_asked_for() -> None:
    made = series_of([float(step) for step in range(1000)])
    low, high = made.bins(100, 200, 10)
    assert low.tolist() == [100.0 + 10 * column for column in range(10)]
    assert high.tolist() == [109.0 + 10 * column for column in range(10)]
    assert made.count_between(100, 199) == 100


def test_steps_need_not_be_evenly_spaced() -> None:
    made = series_of([1.0, 2.0, 3.0, 4.0], steps=[0, 1, 10, 100], batch=2)
    low, high = made.bins(0, 101, 101)
    assert [column for column in range(101) if not math.isnan(high[column])] == [0, 1, 10, 100]
    assert made.at(60) == (100, 4.0)
    assert made.at(4) == (1, 2.0)
    steps, values = made.points(2, 50)
    assert steps.tolist() == [1, 10, 100]
    assert values.tolist() == [2.0, 3.0, 4.0]
    assert low[0] == 1.0


def test_steps_may_begin_anywhere_and_skip_evenly() -> None:
    made = series_of([5.0, 6.0, 7.0], steps=[100, 110, 120], batch=1)
    assert (made.first_step, made.last_step, made.count) == (100, 120, 3)
    assert made.at(111) == (110, 6.0)


def test_values_that_are_not_finite_leave_gaps_that_are_remembered() -> None:
    made = series_of([1.0, math.nan, math.inf, 2.0, math.nan], batch=2)
    assert made.gaps == [(1, 2), (4, 4)]
    low, high = made.bins(0, 5, 5)
    assert np.nanmax(high) == 2.0
    assert np.nanmin(low) == 1.0
    assert math.isnan(made.last_value)


def test_gaps_are_bounded() -> None:
    made = series_of([math.nan if step % 2 else 0.0 for step in range(20_000)])
    assert len(made.gaps) <= 4096
    assert made.gaps[-1][1] == 19_999


def test_huge_values_and_steps_are_borne() -> None:
    made = series_of([1e300, -1e300], steps=[0, 10**18])
    low, high = made.bins(0, 10**18 + 1, 4)
    assert np.isfinite(np.nanmax(high))
    assert np.isfinite(np.nanmin(low))


def test_the_tail() -> None:
    assert series_of([1.0, 2.0, 3.0]).tail(2) == [2.0, 3.0]


@given(
    count=st.integers(min_value=1, max_value=700),
    width=st.integers(min_value=1, max_value=300),
    gap=st.integers(min_value=0, max_value=700),
    batch=st.integers(min_value=1, max_value=200),
)
def test_means_around_steps_are_those_of_the_values(count: int, width: int, gap: int, batch: int) -> None:
    values = np.random.default_rng(count).normal(size=count).astype(np.float32)
    values[gap : gap + 5] = np.nan
    made = series_of(values.tolist(), batch=batch)
    asked = np.arange(-3, count + 3, dtype=np.float64)
    means = made.means_around(asked, width)
    for step, mean in zip(asked.astype(int).tolist(), means.tolist(), strict=True):
        first = min(max(min(max(step, 0), count) - width // 2, 0), count)
        last = min(max(min(max(step, 0), count) - width // 2 + width, 0), count)
        around = values[first:last]
        around = around[np.isfinite(around)]
        if around.size:
            assert mean == pytest.approx(float(around.astype(np.float64).mean()), abs=1e-5)
        else:
            assert math.isnan(mean)


@pytest.mark.parametrize("steps_apart", ["evenly", "unevenly"])
def test_a_sample_of_a_short_curve_is_the_curve(steps_apart: str) -> None:
    steps = [3 * step for step in range(500)] if steps_apart == "evenly" else [step * step for step in range(500)]
    made = series_of([float(step) for step in range(500)], steps)
    taken, values = made.sample(100, 1000)
    assert taken.tolist() == steps[100:]
    assert values.tolist() == [float(step) for step in range(100, 500)]


@given(
    count=st.integers(min_value=50, max_value=20_000),
    spike=st.integers(min_value=0, max_value=19_999),
    gap=st.integers(min_value=0, max_value=19_999),
)
def test_a_sample_of_a_long_curve_keeps_its_spikes_and_gaps(count: int, spike: int, gap: int) -> None:
    values = np.zeros(count, np.float32)
    values[spike % count] = 9.0
    if gap % count != spike % count:
        values[gap % count] = np.nan
    steps, taken = series_of(values.tolist(), batch=4096).sample(0, 64)
    assert len(steps) <= 64 * 1.5 + 3
    assert (np.diff(steps) > 0).all()
    assert np.array_equal(taken, values[steps], equal_nan=True)
    assert np.nanmax(taken) == 9.0
    assert np.isnan(taken).any() == np.isnan(values).any()


def test_means_over_very_many_values_are_means_of_about_as_many() -> None:
    series = Series()
    values = np.random.default_rng(3).normal(size=200_000)
    values[1000:1100] = np.nan
    series.extend(np.arange(200_000), values)
    width = 20_000
    steps = np.asarray([0.0, 5_000.0, 100_001.0, 199_999.0])
    for step, mean in zip(steps, series.means_around(steps, width), strict=True):
        first, last = max(0, int(step) - width // 2), min(200_000, int(step) + width // 2)
        exact = np.nanmean(values[first:last])
        assert abs(mean - exact) <= 64 * 8 / (last - first)

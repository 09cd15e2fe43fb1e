"""Drawing curves, and which part of them is in sight."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import pytest

from tflab.state.series import Series
from tflab.ui.panels.curve_grid import grid
from tflab.ui.widgets.curve_drawing import Drawing, Line, draw
from tflab.ui.widgets.curve_view import CurveView
from tflab.ui.widgets.rows import text_of, width_of
from tflab.ui.widgets.ticks import label, log_ticks, ticks


def line(values: Sequence[float], role: str = "curve0", steps: Sequence[int] | None = None) -> Line:
    """A curve."""
    series = Series()
    series.extend(list(steps if steps is not None else range(len(values))), list(values))
    return Line("", series, role)


def drawn(*lines: Line, view: CurveView | None = None, width: int = 60, height: int = 14, **options: object) -> Drawing:
    """A drawing with a title."""
    cursor = options.get("cursor")
    assert cursor is None or isinstance(cursor, float)
    return draw(lines, view or CurveView(), width, height, title="loss", axis="step", cursor=cursor)


def dots(drawing: Drawing) -> list[str]:
    """The dots of each row."""
    return [text_of(row)[drawing.gutter :] for row in drawing.rows[1:-1]]


def lowest_cell(drawing: Drawing, column: int) -> int:
    """The lowest row with a dot in a column."""
    return max(y for y, row in enumerate(dots(drawing)) if row[column] != " ")


@pytest.mark.parametrize(("width", "height"), [(16, 4), (40, 8), (120, 30)])
def test_a_drawing_fills_its_cells_exactly(width: int, height: int) -> None:
    drawing = drawn(line([math.exp(-x / 30) for x in range(200)]), width=width, height=height)
    assert len(drawing.rows) == height
    assert all(width_of(row) <= width for row in drawing.rows)
    assert all(width_of(row) == width for row in drawing.rows[1:])


def test_a_falling_curve_falls() -> None:
    drawing = drawn(line([100.0 - x for x in range(100)]))
    rows = dots(drawing)
    assert rows[0][0] != " "
    assert rows[-1][-1] != " "
    assert rows[0][-1] == " "


def test_the_legend_has_the_last_value_and_the_axis_round_numbers() -> None:
    drawing = drawn(line([1.0, 0.5, 0.25]))
    assert "loss" in text_of(drawing.rows[0])
    assert "0.25" in text_of(drawing.rows[0])
    assert text_of(drawing.rows[-1]).rstrip().endswith("step")
    assert "└0" in text_of(drawing.rows[-1])
    scale = [text_of(row)[: drawing.gutter - 1].strip() for row in drawing.rows[1:-1]]
    assert {"0.4", "0.6", "0.8"} <= set(scale)


def test_a_spike_among_a_hundred_thousand_points_is_seen() -> None:
    values = [0.0] * 100_000
    values[70_000] = 1.0
    rows = dots(drawn(line(values)))
    assert rows[0].strip(), "the top row holds nothing but the spike"


def test_a_logarithmic_axis_makes_an_exponential_straight() -> None:
    drawing = drawn(line([10.0 ** (-x / 25) for x in range(100)]), view=CurveView(log=True), width=90, height=18)
    middle = lowest_cell(drawing, len(dots(drawing)[0]) // 2)
    assert abs(middle - len(dots(drawing)) // 2) <= 1
    assert "log" in text_of(drawing.rows[0])


def test_zero_and_negative_values_have_no_place_on_a_logarithmic_axis_and_do_no_harm() -> None:
    assert len(drawn(line([0.0, -1.0, 0.0]), view=CurveView(log=True)).rows) == 14
    assert any(row.strip() for row in dots(drawn(line([0.0, 1.0, 10.0]), view=CurveView(log=True))))


def test_what_is_not_finite_is_marked() -> None:
    drawing = drawn(line([1.0, 2.0, math.nan, math.nan, 3.0]))
    assert "×" in dots(drawing)[0]
    assert "NaN/inf @ 2" in text_of(drawing.rows[0])
    everything = drawn(line([math.nan] * 5))
    assert "×" in dots(everything)[0]


def test_a_single_point_and_a_constant_are_seen() -> None:
    assert any(row.strip() for row in dots(drawn(line([5.0]))))
    assert any(row.strip() for row in dots(drawn(line([5.0] * 50))))


def test_the_cross_hair_gives_the_values_of_its_step() -> None:
    drawing = drawn(line([float(x) for x in range(50)]), cursor=20.0)
    assert "20" in text_of(drawing.rows[0])
    assert "@ step 20" in text_of(drawing.rows[0])
    assert any("│" in row for row in dots(drawing))


def test_two_curves_keep_their_colours_and_the_run_before_is_faint() -> None:
    old = Series()
    old.extend(range(10), [9.0] * 10)
    first, second = line([1.0] * 10, "curve0"), line([5.0] * 10, "curve1")
    drawing = drawn(Line("a", first.series, "curve0", old), Line("b", second.series, "curve1"))
    roles = {role for row in drawing.rows[1:-1] for _, role in row}
    assert {"curve0", "curve1", "faint"} <= roles


def test_cells_and_steps_belong_together() -> None:
    drawing = drawn(line([float(x) for x in range(101)]))
    assert drawing.step_at(0) is None
    assert drawing.step_at(drawing.gutter) == pytest.approx(0, abs=2)
    assert drawing.step_at(drawing.width - 1) == pytest.approx(100, abs=2)


def test_ten_million_points_draw_like_a_thousand() -> None:
    """Not a benchmark: a drawing that looked at every value would take a hundred times as long, not a few."""
    import numpy as np

    def cost(count: int) -> float:
        series = Series()
        values = np.random.default_rng(1).normal(size=100_000).tolist()
        for at in range(0, count, 100_000):
            series.extend(range(at, min(count, at + 100_000)), values[: min(100_000, count - at)])
        best = math.inf
        for _ in range(5):
            begin = time.process_time()
            drawn(Line("", series, "curve0"), width=140, height=34)
            best = min(best, time.process_time() - begin)
        return best

    assert cost(2_000_000) < 20 * cost(1000)


def test_zooming_and_panning_stay_on_the_curve() -> None:
    view = CurveView()
    assert view.span(0, 100) == (0, 100)
    closer = view.zoomed(0.5, 80, 0, 100)
    assert closer.span(0, 100) == (40, 90)
    assert closer.panned(1.0, 0, 100).span(0, 100) == (50, 100)
    assert closer.panned(-9.0, 0, 100).span(0, 100) == (0, 50)
    assert closer.zoomed(4, None, 0, 100).start is None
    assert closer.fitted().start is None
    assert view.panned(0.5, 0, 100) == view
    assert CurveView(0, 2).zoomed(0.1, None, 0, 100) == CurveView(0, 2)
    assert view.span(5, 5) == (4.5, 5.5)


def test_a_live_curve_grows_and_a_zoomed_one_stays() -> None:
    assert CurveView().span(0, 200) == (0, 200)
    assert CurveView(10, 20).span(0, 200) == (10, 20)


def test_round_numbers() -> None:
    assert ticks(0, 1, 5) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert ticks(3, 97, 4) == [50]
    assert ticks(0, 3, 10, whole=True) == [0, 1, 2, 3]
    assert ticks(1, 1, 4) == [1]
    assert log_ticks(-2, 1, 9) == pytest.approx([0.01, 0.1, 1, 10])
    assert all(value > 0 for value in log_ticks(0.1, 0.4, 4))
    shown = [label(value) for value in (0.25, 1500, 20_000, 3e6, 1e-5, 0, -0.5)]
    assert shown == ["0.25", "1500", "20k", "3M", "1e-05", "0", "-0.5"]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 30])
@pytest.mark.parametrize(("width", "height"), [(40, 8), (80, 16), (150, 40)])
def test_drawings_that_fit_always_hold_the_chosen_one(count: int, width: int, height: int) -> None:
    for chosen in range(count):
        shown, across = grid(count, chosen, False, width, height)
        assert chosen in shown
        assert 1 <= across <= max(1, len(shown))
        assert grid(count, chosen, True, width, height) == ([chosen], 1)

"""Drawing curves, and which part of them is in sight."""

from __future__ import annotations

import io
import math
import re
import time
from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tflab.curriculum.event_files import ScalarCurve
from tflab.curriculum.kept_runs import CurveRecord, KeptRun
from tflab.protocol.events import Event, FunctionTraced, MetricsLogged, ProblemFound, Site
from tflab.protocol.steering import KnobTurned
from tflab.state.clock import StepClock
from tflab.state.curves import Curves, Track
from tflab.state.series import Series
from tflab.ui.compared_runs import compared
from tflab.ui.curve_picture import HEIGHT, WIDTH, Plot, png, svg
from tflab.ui.panels.curve_charts import charts
from tflab.ui.panels.curve_events import event_marks
from tflab.ui.panels.curve_grid import grid
from tflab.ui.panels.curve_looks import CurveLooks
from tflab.ui.widgets.curve_axis import AxisName, fits, places, steps_at
from tflab.ui.widgets.curve_drawing import Drawing, Ghost, Line, Look, draw
from tflab.ui.widgets.curve_marks import Mark
from tflab.ui.widgets.curve_view import CurveView
from tflab.ui.widgets.rows import text_of, width_of
from tflab.ui.widgets.ticks import label, log_ticks, ticks


def track(values: Sequence[float], steps: Sequence[int] | None = None, seconds: float = 0.1) -> Track:
    """A curve whose steps take so many seconds each, from Unix second 1000 on."""
    series, clock = Series(), StepClock()
    numbers = list(steps if steps is not None else range(len(values)))
    series.extend(numbers, list(values))
    for place, number in enumerate(numbers[:1000]):
        clock.note(number, number, 1000.0 + place * seconds)
    return Track("step", series, clock)


def line(values: Sequence[float], role: str = "curve0", steps: Sequence[int] | None = None, name: str = "") -> Line:
    """A curve of a drawing."""
    return Line(name, track(values, steps), role)


def drawn(
    *lines: Line,
    view: CurveView | None = None,
    width: int = 60,
    height: int = 14,
    look: Look | None = None,
    marks: Sequence[Mark] = (),
) -> Drawing:
    """A drawing with a title."""
    return draw(lines, view or CurveView(), width, height, title="loss", look=look, marks=marks)


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
    drawing = drawn(line([float(x) for x in range(50)]), look=Look(cursor=20.0))
    assert "20" in text_of(drawing.rows[0])
    assert "@ step 20" in text_of(drawing.rows[0])
    assert any("│" in row for row in dots(drawing))


def test_two_curves_keep_their_colours_and_the_run_before_is_faint() -> None:
    first, second = track([1.0] * 10), track([5.0] * 10)
    drawing = drawn(Line("a", first, "curve0", (Ghost("before", track([9.0] * 10)),)), Line("b", second, "curve1"))
    roles = {role for row in drawing.rows[1:-1] for _, role in row}
    assert {"curve0", "curve1", "faint"} <= roles


def test_cells_and_steps_belong_together() -> None:
    drawing = drawn(line([float(x) for x in range(101)]))
    assert drawing.place_at(0) is None
    assert drawing.place_at(drawing.gutter) == pytest.approx(0, abs=2)
    assert drawing.place_at(drawing.width - 1) == pytest.approx(100, abs=2)


def test_ten_million_points_draw_like_a_thousand() -> None:
    """Not a benchmark: a drawing that looked at every value would take a hundred times as long, not a few."""

    def cost(count: int) -> float:
        series = Series()
        values = np.random.default_rng(1).normal(size=100_000).tolist()
        for at in range(0, count, 100_000):
            series.extend(range(at, min(count, at + 100_000)), values[: min(100_000, count - at)])
        best = math.inf
        for _ in range(5):
            begin = time.process_time()
            drawn(Line("", Track("step", series, StepClock()), "curve0"), width=140, height=34)
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


# --- means, marks, other axes, other runs ------------------------------------------------------------------------


def roles_of(drawing: Drawing) -> set[str]:
    """The roles of everything below the legend."""
    return {role for row in drawing.rows[1:-1] for _, role in row}


@pytest.mark.parametrize("count", [60, 50_000])
def test_means_are_drawn_over_the_raw_line_which_stays(count: int) -> None:
    noisy = [5.0 + (1.0 if step % 2 else -1.0) for step in range(count)]
    drawing = drawn(line(noisy), look=Look(smoothing=0.2), height=24)
    assert {"curve0", "curve0-faint"} <= roles_of(drawing)
    mean_rows = {y for y, row in enumerate(drawing.rows[1:-1]) for text, role in row if role == "curve0"}
    middle = len(drawing.rows[1:-1]) // 2
    assert all(abs(y - middle) <= 2 for y in mean_rows), "the mean of a zigzag is level"
    assert f"means of {round(count * 0.2):,}" in text_of(drawing.rows[0])


def test_the_time_axis_stretches_slow_steps() -> None:
    series, clock = Series(), StepClock()
    series.extend(range(100), [float(step) for step in range(100)])
    for step in range(100):
        clock.note(step, step, 1000.0 + (step if step < 50 else 50 + (step - 50) * 9))
    slow = Line("", Track("step", series, clock), "curve0")
    drawing = drawn(slow, look=Look(axis="time"), width=80)
    assert text_of(drawing.rows[-1]).rstrip().endswith("min")
    # Half of the values were there after a tenth of the time.
    tenth = dots(drawing)[len(dots(drawing)) // 2][: (drawing.width - drawing.gutter) // 5]
    assert tenth.strip()
    place = drawing.place_at(drawing.width - 1)
    assert place is not None
    assert place == pytest.approx(491, rel=0.02)


def test_seconds_and_hours() -> None:
    quick = Line("", track([1.0] * 20, seconds=0.5), "curve0")
    assert text_of(drawn(quick, look=Look(axis="time")).rows[-1]).rstrip().endswith(" s")
    slow = Line("", track([1.0] * 20, seconds=3600), "curve0")
    assert text_of(drawn(slow, look=Look(axis="time")).rows[-1]).rstrip().endswith(" h")


def test_steps_lie_on_epochs_by_when_these_ended() -> None:
    epochs = StepClock()
    for number in range(4):
        epochs.note(number, number, 1000.0 + 10 * (number + 1) - 0.1)
    made = track([float(step) for step in range(400)])
    lined = Track("step", made.series, made.clock, epochs)
    ends = places("epoch", lined, np.asarray([0.0, 99.0, 199.0, 399.0]))
    assert ends == pytest.approx([-1.0, 0.0, 1.0, 3.0], abs=0.05)
    assert steps_at("epoch", lined, ends) == pytest.approx([0, 99, 199, 399], abs=2)
    assert not fits("epoch", made)
    assert fits("epoch", lined)


@pytest.mark.parametrize("axis", ["step", "time"])
def test_what_happened_is_marked_where_it_happened_and_told_under_the_cross_hair(axis: AxisName) -> None:
    curve = line([float(step) for step in range(100)])
    half = Mark(1000.0 + 50 * 0.1, "↻", "warning-strong", "train_step #2 new shape", 2)
    drawing = drawn(curve, marks=[half], look=Look(axis=axis))
    row = text_of(drawing.rows[-2])
    assert abs(row.index("↻") - drawing.gutter - (drawing.width - drawing.gutter) // 2) <= 1
    assert "new shape" not in row
    there = drawn(curve, marks=[half], look=Look(axis=axis, cursor=50.0 if axis == "step" else 5.0))
    assert "train_step #2 new shape" in text_of(there.rows[-2])
    assert all(width_of(each) == there.width for each in there.rows[1:])
    small = drawn(curve, marks=[half], height=6)
    assert "↻" not in text_of(small.rows[-2]), "a small drawing has no room for marks"


def test_of_marks_in_one_cell_the_weightier_is_seen() -> None:
    light, heavy = Mark(1002.0, "╷", "muted", "epoch"), Mark(1002.01, "⚠", "bad", "NaN", 3)
    for marks in ([light, heavy], [heavy, light]):
        row = text_of(drawn(line([1.0] * 50), marks=marks).rows[-2])
        assert "⚠" in row
        assert "╷" not in row


def test_a_compared_run_is_dotted_named_and_wholly_in_sight() -> None:
    short, long = track([1.0] * 20), track([2.0] * 60)
    drawing = drawn(Line("", short, "curve0", (Ghost("baseline", long, "curve1-faint", True),)))
    assert "baseline 2" in text_of(drawing.rows[0])
    top = dots(drawing)[0]
    dotted = drawing.gutter
    assert drawing.stop == 59
    assert top.strip(), "the other run is at the top"
    assert "⣀" not in top
    assert dotted > 0
    before = drawn(Line("", short, "curve0", (Ghost("before", long),)))
    assert before.stop == 19, "the run before does not stretch the axis"


def test_a_legend_of_many_lines_takes_more_rows_and_counts_what_is_left_out() -> None:
    many = [Line(f"metric_number_{number}", track([float(number)] * 5), f"curve{number % 8}") for number in range(12)]
    drawing = drawn(*many, width=70, height=30)
    legend = [text_of(row) for row in drawing.rows if "metric_number_" in text_of(row)]
    assert len(legend) == 4
    assert all(len(row) <= 70 and "…" not in row for row in legend)
    assert all(f"metric_number_{number} {number}" in " ".join(legend) for number in range(12))
    assert len(drawing.rows) == 30
    small = drawn(*many, width=70, height=12)
    assert re.search(r"metric_number_5 5  \+6$", text_of(small.rows[1]))


# --- which drawings there are ------------------------------------------------------------------------------------


def logged(name: str, count: int = 10, *, scope: str = "step", source: str = "log", time: float = 1001.0) -> Event:
    """Falling values."""
    return MetricsLogged(
        time=time, name=name, steps=tuple(range(count)), values=tuple(1 / (1 + step) for step in range(count)),
        source="tape" if source == "tape" else "log", scope="epoch" if scope == "epoch" else "step",
        site=Site(file="<cell 1>", line=5) if source == "tape" else None,
    )  # fmt: skip


def curves_of(*events: Event) -> Curves:
    """The curves after these, of a run that began at Unix second 1000."""
    curves = Curves()
    curves.begin(0, 1000.0)
    for event in events:
        assert isinstance(event, MetricsLogged)
        curves.log(event)
    return curves


def test_the_loss_comes_first_and_epochs_last() -> None:
    curves = curves_of(logged("rate"), logged("val_loss", scope="epoch"), logged("loss", source="tape"))
    assert [chart.title for chart in charts(curves, CurveLooks())] == ["loss", "rate", "loss"]
    assert [chart.axis for chart in charts(curves, CurveLooks())] == ["step", "step", "epoch"]


def test_overlaid_all_metrics_of_an_axis_share_a_drawing() -> None:
    curves = curves_of(logged("rate"), logged("loss", source="tape"), logged("mae", 3, scope="epoch"))
    by_step, by_epoch = charts(curves, CurveLooks(overlaid=True))
    assert [line.name for line in by_step.lines] == ["loss", "rate"]
    assert len({line.role for line in by_step.lines}) == 2
    assert [line.name for line in by_epoch.lines] == ["mae"]
    (together,) = charts(curves, CurveLooks(overlaid=True, axis="time"))
    assert [line.name for line in together.lines] == ["loss", "rate", "mae"]


def test_a_pattern_of_words_leaves_the_rest_out() -> None:
    curves = curves_of(logged("rate"), logged("loss"), logged("val_loss", scope="epoch"), logged("mae"))
    assert [chart.title for chart in charts(curves, CurveLooks(pattern="LOSS mae"))] == ["loss", "mae", "loss"]
    assert [chart.title for chart in charts(curves, CurveLooks(pattern="epoch/"))] == ["loss"]
    assert charts(curves, CurveLooks(pattern="nothing")) == []


def test_only_what_happened_during_the_run_is_marked() -> None:
    curves = curves_of(logged("loss", 100), logged("mae", 1, scope="epoch", time=1000.5))
    early, during, late = (
        FunctionTraced(
            time=time, function="f", line=1, ordinal=2, cause="shape", reason="", fix="", signature="",
            milliseconds=1.0, operations=1,
        )
        for time in (999.0, 1000.95, 1009.0)
    )  # fmt: skip
    problem = ProblemFound(
        time=1001.1, code="loss-not-finite", cause=None, severity="error", line=3, message="The loss is NaN.", fix=""
    )
    turn = KnobTurned(time=1001.2, name="optimizer.learning_rate", before=0.1, after=0.01, step=7, site=None)
    loss = charts(curves, CurveLooks(), (), event_marks([early, during, late], [problem], [turn]))[0]
    assert [mark.sign for mark in loss.marks] == ["↻", "⚠", "◆", "╷"]
    assert loss.marks[2].label == "optimizer.learning_rate 0.1 → 0.01"
    assert loss.marks[0].label == "f #2 new shape"
    assert loss.marks[3].label == "epoch 0 ended"


def test_kept_runs_lie_beneath_the_curves_of_their_names() -> None:
    run = KeptRun(
        began=1.0, seconds=1.0, status="ok", title="line.py", step=0, name="baseline", id="x",
        curves=(
            CurveRecord(tag="step/loss", name="loss", scope="step", count=3, last=1.0),
            CurveRecord(tag="epoch/mae", name="mae", scope="epoch", count=2, last=1.0),
        ),
    )  # fmt: skip
    values = [
        ScalarCurve("step/loss", np.arange(3), np.ones(3, np.float32), np.linspace(10.0, 12.0, 3)),
        ScalarCurve("epoch/mae", np.arange(2), np.ones(2, np.float32), np.linspace(11.0, 12.0, 2)),
    ]
    kept = compared(run, values)
    curves = curves_of(logged("loss", source="tape"), logged("rate"), logged("loss", source="log"))
    shown = charts(curves, CurveLooks(), [kept])
    named = {chart.title: [ghost.name for line in chart.lines for ghost in line.ghosts] for chart in shown}
    assert named["rate"] == []
    assert sum(names.count("baseline") for names in named.values()) >= 1
    assert not [ghost for chart in charts(curves, CurveLooks(ghosts=False), [kept]) for ghost in chart.lines[0].ghosts]
    track_of_loss = kept.tracks["step", "loss"]
    assert fits("epoch", track_of_loss), "the kept run's own epochs are known"


# --- pictures ----------------------------------------------------------------------------------------------------


def plot(**options: object) -> Plot:
    """A plot of a curve with a gap, above another run."""
    values = [float("nan") if 40 <= step < 50 else 1 / (1 + step) for step in range(100)]
    curve = Line("loss <a&b>", track(values), "curve0", (Ghost("base", track([0.5] * 80), "curve1-faint", True),))
    smoothing = options.get("smoothing", 0.0)
    assert isinstance(smoothing, float)
    return Plot("loss", "step", [curve], CurveView(log=bool(options.get("log"))), smoothing)


@pytest.mark.parametrize("options", [{}, {"log": True}, {"smoothing": 0.06}])
def test_a_picture_as_svg_is_well_formed_and_within_its_frame(options: dict[str, object]) -> None:
    root = ElementTree.fromstring(svg([plot(**options), plot()]))
    assert root.get("height") == str(2 * HEIGHT)
    space = "{http://www.w3.org/2000/svg}"
    lines = root.findall(f"{space}polyline")
    assert any(each.get("stroke-dasharray") for each in lines)
    for each in lines:
        for point in each.get("points", "").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= 2 * HEIGHT
    words = [each.text for each in root.findall(f"{space}text")]
    assert any(word and word.startswith("loss <a&b>") for word in words)


def test_a_picture_as_png_shows_the_curve_in_its_colour() -> None:
    image = Image.open(io.BytesIO(png([plot()])))
    assert image.size == (2 * WIDTH, 2 * HEIGHT)
    pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    wanted = np.asarray([0x00, 0x72, 0xB2])
    assert (np.abs(pixels.astype(int) - wanted).max(1) < 12).sum() > 500

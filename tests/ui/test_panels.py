"""What panels say, by plain values: state in, rows out."""

from __future__ import annotations

import math

import msgspec
import pytest

from tflab.protocol.events import (
    CellError,
    Device,
    DevicesSampled,
    FunctionTraced,
    ProblemFound,
    Site,
    TensorRecord,
    TensorsRecorded,
)
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded
from tflab.protocol.operation_events import OperationRecord, OperationsRecorded
from tflab.state.clock import Moment
from tflab.state.gradients import GradientSites
from tflab.state.output import Block, Line
from tflab.state.run_state import RunState
from tflab.state.tensors import Tensors
from tflab.state.timeline import Timeline
from tflab.ui.panels.devices_panel import devices_page
from tflab.ui.panels.gradients_panel import gradients_page
from tflab.ui.panels.output_pane import output_rows
from tflab.ui.panels.problems_panel import problems_page
from tflab.ui.panels.tensors_panel import tensors_page
from tflab.ui.panels.traces_panel import traces_page
from tflab.ui.widgets.lines_view import Page
from tflab.ui.widgets.rows import text_of, width_of

WIDTHS = [24, 40, 78, 200]


def written(page: Page) -> str:
    """The page as text."""
    return "\n".join(text_of(row).rstrip() for row in [*page.heading, *page.rows])


def check_width(page: Page, width: int) -> None:
    """No row may be wider than the panel."""
    for row in [*page.heading, *page.rows]:
        assert width_of(row) <= width, text_of(row)


IMAGES = TensorRecord(
    name="images", kind="tensor", shape=(1437, 64), dtype="float32", bytes=367_872,
    min=0.0, max=1.0, mean=0.305, std=0.376, sampled=True, examined=10_000, changed=True, preview="[[0. 0. 0.3125",
)  # fmt: skip
LOSS = TensorRecord(name="loss", kind="tensor", shape=(), dtype="float32", nan=1, preview="nan")
MODEL = TensorRecord(name="model", kind="model", preview="Sequential, 9,610 parameters")


def tensors(*records: TensorRecord) -> Tensors:
    """The slice after these were recorded."""
    found = Tensors()
    found.record(TensorsRecorded(tensors=records))
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_tensors(width: int) -> None:
    page = tensors_page(tensors(IMAGES, LOSS, MODEL), None, None, width)
    check_width(page, width)
    assert "images" in written(page)
    assert "●" in written(page), "what changed is marked by a sign, not by colour alone"
    if width >= 78:
        assert "(1437, 64)" in written(page)
        assert "≈0 … 1" in written(page)
        assert "1 NaN" in written(page)
        assert "Sequential, 9,610 parameters" in written(page)


def test_no_tensors_yet_or_never() -> None:
    assert "Ctrl+R" in written(tensors_page(Tensors(), None, None, 60))
    page = tensors_page(Tensors(), None, "TensorFlow 9 has no such name", 60)
    assert "TensorFlow 9 has no such name" in written(page)
    check_width(page, 60)


def gradients(step: int, *records: GradientRecord) -> GradientsRecorded:
    """What one call gave."""
    return GradientsRecorded(
        cell=0, site=Site(file="<cell 4>", line=17), step=step, loss=0.4312 / (step + 1), gradients=records
    )


def dense(name: str, norm: float) -> GradientRecord:
    """A gradient that is there."""
    return GradientRecord(name=name, shape=(64, 10), norm=norm, kind="dense")


def sites(*events: GradientsRecorded) -> GradientSites:
    """The slice after these."""
    found = GradientSites()
    for event in events:
        found.record(event)
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_gradients(width: int) -> None:
    none = GradientRecord(name="temperature", shape=(), norm=None, kind="none", cause="unused")
    found = sites(*(gradients(step, dense("net/dense/kernel", 1.0 / (step + 1)), none) for step in range(20)))
    page = gradients_page(found, None, None, width)
    check_width(page, width)
    if width >= 78:
        text = written(page)
        assert "gradient in line 17" in text
        assert "step 4" in text
        assert "step 19" in text
        assert "None" in text
        assert "not used in the loss" in text
        assert "▇" in text, "the norms over the steps"
        assert "━" in text, "the bar"


def test_larger_norms_have_longer_bars_on_a_logarithmic_scale() -> None:
    names = ("a", "b", "c")
    found = sites(gradients(0, *(dense(name, 10.0**-power) for power, name in zip((0, 2, 4), names, strict=True))))
    lines = written(gradients_page(found, None, None, 120)).split("\n")[-3:]
    lengths = [line.count("━") + line.count("╸") / 2 for line in lines]
    assert lengths[0] > lengths[1] > lengths[2] > 0
    assert lengths[0] - lengths[1] == pytest.approx(lengths[1] - lengths[2], abs=1)


def test_a_norm_that_is_not_finite_stands_out() -> None:
    text = written(gradients_page(sites(gradients(0, dense("w", math.nan), dense("v", 1.0))), None, None, 100))
    assert "⚠ nan" in text


def test_a_zero_norm_and_an_unknown_cause() -> None:
    none = GradientRecord(name="t", shape=(), norm=None, kind="none", cause="something-new")
    text = written(gradients_page(sites(gradients(0, dense("w", 0.0), none)), None, None, 100))
    assert "the loss does not depend on it" in text


def test_the_gradients_of_an_earlier_step() -> None:
    found = sites(*(gradients(step, dense("w", float(step))) for step in range(10)))
    assert "step 3 " in written(gradients_page(found, Moment("step", 3, 0.0, next(iter(found)).place), None, 100)) + " "


def traced(ordinal: int, cause: str = "shape") -> FunctionTraced:
    """A trace."""
    return FunctionTraced(
        cell=0, function="train_step", line=9, ordinal=ordinal, cause=cause,
        reason="Argument `x`: shape (32, 64) became (29, 64).", fix="Use drop_remainder=True.",
        signature="", milliseconds=412.0, operations=1318,
    )  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
def test_traces(width: int) -> None:
    timeline = Timeline()
    timeline.record(traced(1, "first"))
    timeline.record(traced(2))
    page = traces_page(timeline, None, None, width)
    check_width(page, width)
    text = " ".join(written(page).split())
    if width >= 78:
        assert "traces 2" in text
        assert "train_step #1 first call line 9 412 ms 1,318 operations" in text
        assert "↻ train_step #2 new shape" in text
        assert "why Argument `x`: shape (32, 64) became (29, 64)." in text
        assert "fix Use drop_remainder=True." in text
        assert text.count("why") == 1, "a first trace needs no excuse"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_past_says_that_it_is_the_past(width: int) -> None:
    timeline = Timeline()
    timeline.record(traced(1, "first"))
    timeline.record(traced(2))
    before = Moment("step", 1234, time=0.0)
    for page in (traces_page(timeline, before, None, width), tensors_page(tensors(IMAGES), before, None, width)):
        check_width(page, width)
        if width >= 78:
            assert "at training step 1,234" in written(page)
    if width >= 78:
        assert "2 later traces are not shown" in written(traces_page(timeline, before, None, width))


@pytest.mark.parametrize("width", WIDTHS)
def test_devices(width: int) -> None:
    state = RunState()
    gpu = Device(
        name="GPU:0", kind="gpu", description="NVIDIA H200", utilization=0.97, temperature=64.0, power=420.0,
        memory_used=100 << 30, memory_total=141 << 30,
    )  # fmt: skip
    state.apply(DevicesSampled(devices=(gpu, Device(name="CPU", kind="cpu"))))
    assert "once a session runs" in written(devices_page(state.devices, state.operations, None, 80))
    held = Device(name="GPU:0", kind="gpu", memory_used=3 << 30, memory_peak=5 << 30)
    state.apply(DevicesSampled(devices=(held, Device(name="CPU:0", kind="cpu")), origin="tensorflow"))
    page = devices_page(state.devices, state.operations, None, width)
    check_width(page, width)
    if width >= 78:
        text = written(page)
        assert "97 %" in text
        assert "100 GiB / 141 GiB" in text
        assert "64 °C" in text
        assert "holds 3.0 GiB" in text
        assert "peak 5.0 GiB" in text
    assert "reserved 7.0 GiB" not in written(page)
    state.apply(DevicesSampled(devices=(msgspec.structs.replace(gpu, memory_reserved=7 << 30),)))
    page = devices_page(state.devices, state.operations, None, width)
    check_width(page, width)
    if width >= 78:
        assert "reserved 7.0 GiB" in written(page)
        assert "set_memory_growth" in written(page)
    assert "no such allocator" in written(devices_page(state.devices, state.operations, "no such allocator", 80))


def test_why_there_is_no_gpu() -> None:
    state = RunState()
    cpu = Device(name="CPU", kind="cpu")
    state.apply(DevicesSampled(devices=(cpu,), reason="No GPU: no NVIDIA driver is installed here."))
    process = Device(name="process", kind="process", memory_used=1 << 30, memory_peak=2 << 30, utilization=0.25)
    state.apply(DevicesSampled(devices=(cpu, process), origin="tensorflow", reason="This TensorFlow has no CUDA."))
    text = written(devices_page(state.devices, state.operations, None, 100))
    assert "no NVIDIA driver" in text
    assert "no CUDA" not in text, "without a card it does not matter"
    assert "this session  holds 1.0 GiB   peak 2.0 GiB   load 25 %" in text
    state.apply(DevicesSampled(devices=(cpu, Device(name="GPU:0", kind="gpu"))))
    assert "⚠ This TensorFlow has no CUDA." in written(devices_page(state.devices, state.operations, None, 100))


def test_which_operations_ran_where() -> None:
    state = RunState()
    state.apply(DevicesSampled(devices=(Device(name="CPU", kind="cpu"),)))
    assert "Alt+Z" in written(devices_page(state.devices, state.operations, None, 100))
    records = tuple(
        OperationRecord(operation="MatMul", site=None, inputs=(), outputs=(), device=device, count=count)
        for device, count in (("CPU:0", 10), ("GPU:0", 30), ("CPU:0", 5), ("", 2))
    )
    state.apply(OperationsRecorded(operations=records, total=47))
    lines = written(devices_page(state.devices, state.operations, None, 100)).split("\n")
    assert [line.split()[0] + line.split()[-1] for line in lines[-2:]] == ["GPU:030", "CPU:015"]


@pytest.mark.parametrize("width", WIDTHS)
def test_problems(width: int) -> None:
    problem = ProblemFound(
        cell=0, code="gradient-none", cause="unused", severity="error", line=12,
        message="The gradient of `b` is None.", fix="Use `b` in the loss.", lesson="gradient_pitfalls",
    )  # fmt: skip
    page = problems_page([problem, problem], [], width)
    check_width(page, width)
    assert "✗" in written(page)
    assert "No problems" in written(problems_page([], [], 60))


def test_a_heading_of_output_says_what_became_of_the_run() -> None:
    block = Block(2)
    block.write("stdout", "x\n")
    heading = next(iter(block.lines()))
    assert "▶ step 3  running" in text_of(output_rows(heading, 60)[0])
    block.status, block.seconds = "ok", 1.25
    row = text_of(output_rows(heading, 60)[0])
    assert "✓ step 3  done" in row
    assert row.endswith("1.2 s")
    block.status = "error"
    block.error = CellError(name="ValueError", message="m", line=7, traceback="")
    assert "✗ step 3  ValueError · line 7" in text_of(output_rows(heading, 60)[0])


def test_colours_of_the_program_are_kept_and_lines_wrapped() -> None:
    rows = output_rows(Line("stdout", "plain \x1b[1;31mred\x1b[m rest"), 40)
    assert rows == [[("plain ", ""), ("red", "sgr:1;31"), (" rest", "")]]
    assert len(output_rows(Line("stdout", "x" * 95), 40)) == 3
    assert text_of(output_rows(Line("note", "careful"), 40)[0]) == "» careful"

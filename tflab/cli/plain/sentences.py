"""What the panels show, as sentences: functions from what is known to lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tflab.messages import text
from tflab.protocol.events import TensorRecord
from tflab.protocol.gradient_events import GradientRecord
from tflab.state.gradients import derivative_of
from tflab.state.run_state import RunState
from tflab.state.terminal_text import plain
from tflab.ui.panels.matrix_facts import matrix_facts
from tflab.ui.widgets.figures import duration, memory, number, percentage, shape


def tensors(state: RunState) -> list[str]:
    """A line for every name in the session."""
    return [_tensor(record) for record in state.tensors.records] or [text("ui.tensors.empty")]


def _tensor(record: TensorRecord) -> str:
    parts = [f"{plain(record.name)}: {plain(record.kind)}"]
    if record.dtype is not None or record.shape is not None:
        parts.append(f"{plain(record.dtype or '')} {shape(record.shape)}".strip())
    if record.min is not None and record.max is not None:
        parts.append(text("plain.range", least=number(record.min), most=number(record.max)))
        parts.append(text("plain.mean", mean=number(record.mean)))
    counts = (("nan", record.nan), ("inf", record.inf))
    parts += [text(f"ui.tensors.{key}", count=count) for key, count in counts if count]
    if record.preview:
        parts.append(plain(record.preview))
    if record.changed:
        parts.append(text("plain.changed"))
    return ", ".join(parts)


def gradients(state: RunState) -> list[str]:
    """For every gradient call a line, then one for each of its variables."""
    lines: list[str] = []
    for site in state.gradients:
        event = site.latest
        head = (
            text("ui.derivative." + derivative_of(event), line=event.site.line)
            + ", "
            + text("ui.gradients.step", step=event.step)
        )
        loss = "" if event.loss is None else ", " + text("ui.gradients.loss", loss=number(event.loss))
        lines.append(head + loss)
        lines += ["  " + _gradient(record) for record in event.gradients]
    return lines or [text("ui.gradients.empty")]


def _gradient(record: GradientRecord) -> str:
    name = plain(record.name)
    if record.norm is None:
        return f"{name}: None, {text('ui.gradients.cause.' + (record.cause or 'unknown'))}"
    update = "" if record.update_ratio is None else f", {text('ui.gradients.update')} {number(record.update_ratio)}"
    matrix = "" if record.matrix is None else ", " + "".join(part for part, _ in matrix_facts(record, record.matrix))
    return f"{name}: {text('ui.gradients.norm')} {number(record.norm)}{update}{matrix}"


def traces(state: RunState) -> list[str]:
    """Every trace with its reason and what would avoid it."""
    lines = []
    for trace in state.timeline.traces:
        ordinal = text("plain.trace", function=plain(trace.function), ordinal=trace.ordinal)
        lines.append(f"{ordinal}: {plain(trace.reason)} ({duration(trace.milliseconds / 1000)})")
        if trace.fix:
            lines.append(f"  {text('ui.traces.fix')}: {plain(trace.fix)}")
    return lines or [text("ui.traces.empty")]


def curves(state: RunState) -> list[str]:
    """For every metric where it began, where it is, and between what it moved."""
    lines = []
    for curve in state.curves.of_this_run():
        series = curve.series
        if not series.count:
            continue
        low, high = series.bins(series.first_step, series.last_step + 1, 1)
        first = series.at(series.first_step)
        lines.append(
            text(
                "plain.curve",
                name=plain(curve.key.name),
                axis=text("ui.curves.axis." + curve.key.scope),
                first=number(first[1] if first is not None else None),
                last=number(series.last_value),
                step=series.last_step,
                least=number(float(low[0])),
                most=number(float(high[0])),
            )
        )
        if series.gaps:
            lines.append("  " + text("ui.curves.not_finite", step=series.gaps[0][0]))
    return lines or [text("ui.curves.empty")]


def problems(state: RunState) -> list[str]:
    """What is wrong and how to mend it."""
    lines = []
    for problem in state.problems.found:
        place = "" if problem.line is None else text("ui.line", line=problem.line) + ": "
        lines.append(place + plain(problem.message))
        lines.append(f"  {text('ui.traces.fix')}: {plain(problem.fix)}")
        if problem.lesson:
            lines.append("  " + text("ui.problems.lesson", lesson=plain(problem.lesson)))
    return lines or [text("ui.problems.empty")]


def devices(state: RunState) -> list[str]:
    """What the machine has and what TensorFlow holds of it."""
    lines = []
    for device in (*state.devices.machine, *state.devices.tensorflow):
        load = "" if device.utilization is None else f", {text('ui.devices.load')} {percentage(device.utilization)}"
        used = f"{memory(device.memory_used)} / {memory(device.memory_total)}"
        lines.append(f"{plain(device.name)}: {text('ui.devices.memory')} {used}{load}")
    return lines or [text("ui.devices.empty")]


PANELS: Final[Mapping[str, Callable[[RunState], list[str]]]] = {
    "tensors": tensors,
    "gradients": gradients,
    "traces": traces,
    "curves": curves,
    "devices": devices,
    "problems": problems,
}

"""The machine's devices, and what TensorFlow's allocator holds on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tflab.messages import text
from tflab.protocol.events import Device
from tflab.state.devices import Devices
from tflab.state.operations import Operations
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.widgets.figures import bar, memory, percentage, sparkline
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Row, Span, fit, pad, spread, wrap

_NEARLY_FULL: Final = 0.95


class DevicesPanel(LinesView):
    """Shows `Devices`, and which operations of a recorded run ran where."""

    def show_devices(self, devices: Devices, operations: Operations, disabled: str | None) -> None:
        """Shows these; ``disabled`` is why TensorFlow's own figures are missing."""
        self.show_page(lambda width: devices_page(devices, operations, disabled, width))


def devices_page(devices: Devices, operations: Operations, disabled: str | None, width: int) -> Page:
    """The machine first, then TensorFlow, then where operations ran."""
    if not devices.machine and not devices.tensorflow:
        return empty_page(text("ui.devices.empty"), text("ui.devices.hint"), width)
    rows: list[Row] = []
    if devices.machine:
        rows.append([(text("ui.devices.machine"), "muted")])
        for device in devices.machine:
            rows += _machine_rows(device, list(devices.utilization.get(device.name, ())), width)
        if devices.machine_reason:
            rows += wrap([("  ", ""), (devices.machine_reason, "muted")], width, indent=2)
    rows += [[], [(text("ui.devices.tensorflow"), "muted")]]
    if disabled is not None:
        rows.append(fit([("  ", ""), ("⚠ " + disabled, "warning")], width))
    elif not devices.tensorflow:
        rows.append(fit([("  ", ""), (text("ui.devices.no_session"), "muted")], width))
    reserved = {device.name: device.memory_reserved for device in devices.machine}
    rows += [_allocator_row(device, reserved.get(device.name), width) for device in devices.tensorflow]
    if any(device.kind == "gpu" and device.memory_used is not None for device in devices.tensorflow):
        rows += wrap([("  ", ""), (text("ui.devices.explained"), "muted")], width, indent=2)
    elif devices.tensorflow_reason and any(device.kind == "gpu" for device in devices.machine):
        # There is a card, so that TensorFlow's lack of one is news.
        rows += wrap([("  ⚠ ", "warning-strong"), (devices.tensorflow_reason, "warning")], width, indent=4)
    return Page([], [*rows, [], *_operation_rows(operations)]).fitted(width)


def _operation_rows(operations: Operations) -> list[Row]:
    counts = operations.by_device()
    if not counts:
        return [[(text("ui.devices.no_operations"), "muted")]]
    rows: list[Row] = [[(text("ui.devices.operations"), "muted")]]
    most = max(counts.values())
    for name, count in counts.items():
        filled = bar(count / most, 24).rstrip()
        rows.append([("  ", ""), (pad(plain(name), 10), "strong"), ("  ", ""), (filled, "curve2"), (f" {count:,}", "")])
    return rows


def _machine_rows(device: Device, samples: Sequence[float | None], width: int) -> list[Row]:
    title: Row = [("  ", ""), (plain(device.name), "strong"), ("  ", ""), (plain(device.description), "muted")]
    facts = []
    if device.temperature is not None:
        facts.append(f"{device.temperature:.0f} °C")
    if device.power is not None:
        facts.append(f"{device.power:.0f} W")
    rows = [spread(title, [("  ".join(facts), "")], width)]
    label_width = max(len(text("ui.devices.load")), len(text("ui.devices.memory"))) + 2
    size = max(8, min(32, (width - label_width - 26) // 2))
    if device.utilization is not None:
        trend = sparkline(samples[-24:], (0.0, 1.0))
        rows.append(
            _gauge("ui.devices.load", label_width, device.utilization, size, "curve2", (trend, "curve0"), width)
        )
    if device.memory_used is not None and device.memory_total:
        fraction = device.memory_used / device.memory_total
        role = "bad" if fraction >= _NEARLY_FULL else "curve2"
        sizes = f"{memory(device.memory_used)} / {memory(device.memory_total)}"
        rows.append(_gauge("ui.devices.memory", label_width, fraction, size, role, (sizes, "muted"), width))
    return rows


def _gauge(label: str, label_width: int, fraction: float, size: int, role: str, after: Span, width: int) -> Row:
    filled = bar(fraction, size).rstrip()
    row: Row = [
        ("    " + pad(text(label), label_width), "muted"),
        (filled, role),
        ("━" * (size - len(filled)), "faint"),
        (pad(percentage(fraction), 6, "right"), ""),
        ("   ", ""),
        after,
    ]
    return fit(row, width)


def _allocator_row(device: Device, reserved: int | None, width: int) -> Row:
    name = text("ui.devices.process") if device.kind == "process" else plain(device.name)
    row: Row = [("  ", ""), (pad(name, 12), "strong"), ("  ", "")]
    if device.memory_used is None:
        unknown = text("ui.devices.logical" if device.kind == "logical_cpu" else "ui.devices.unknown")
        return fit([*row, (plain(device.description) or unknown, "muted")], width)
    row.append((text("ui.devices.holds", size=memory(device.memory_used)), ""))
    if device.memory_peak is not None:
        row.append(("   " + text("ui.devices.peak", size=memory(device.memory_peak)), "muted"))
    if reserved is not None:
        row.append(("   " + text("ui.devices.reserved", size=memory(reserved)), "muted"))
    if device.memory_total is not None:
        row.append(("   " + text("ui.devices.limit", size=memory(device.memory_total)), "muted"))
    if device.utilization is not None:
        row.append((f"   {text('ui.devices.load')} {percentage(device.utilization)}", "muted"))
    return fit(row, width)

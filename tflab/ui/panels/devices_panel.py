"""The machine's devices, and what TensorFlow's allocator holds on each."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.messages import text
from tflab.protocol.events import Device
from tflab.state.run_state import Devices
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.widgets.figures import bar, memory, percentage, sparkline
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Row, fit, pad, spread


class DevicesPanel(LinesView):
    """Shows `Devices`."""

    def show_devices(self, devices: Devices, disabled: str | None) -> None:
        """Shows these; ``disabled`` is why TensorFlow's own figures are missing."""
        self.show_page(lambda width: devices_page(devices, disabled, width))


def devices_page(devices: Devices, disabled: str | None, width: int) -> Page:
    """The machine first, then TensorFlow."""
    if not devices.machine and not devices.tensorflow:
        return empty_page(text("ui.devices.empty"), text("ui.devices.hint"), width)
    rows: list[Row] = []
    if devices.machine:
        rows.append([(text("ui.devices.machine"), "muted")])
        for device in devices.machine:
            rows += _machine_rows(device, list(devices.utilization.get(device.name, ())), width)
    rows += [[], [(text("ui.devices.tensorflow"), "muted")]]
    if disabled is not None:
        rows.append(fit([("  ", ""), ("⚠ " + disabled, "warning")], width))
    elif not devices.tensorflow:
        rows.append(fit([("  ", ""), (text("ui.devices.no_session"), "muted")], width))
    rows += [_allocator_row(device, width) for device in devices.tensorflow]
    return Page([], rows)


def _machine_rows(device: Device, samples: Sequence[float | None], width: int) -> list[Row]:
    title: Row = [("  ", ""), (plain(device.name), "strong"), ("  ", ""), (plain(device.description), "muted")]
    facts = []
    if device.temperature is not None:
        facts.append(f"{device.temperature:.0f} °C")
    if device.power is not None:
        facts.append(f"{device.power:.0f} W")
    rows = [spread(title, [("  ".join(facts), "")], width)]
    label_width = max(len(text("ui.devices.load")), len(text("ui.devices.memory"))) + 2
    bar_width = max(8, min(32, (width - label_width - 26) // 2))
    if device.utilization is not None:
        trend = sparkline([None if sample is None else sample for sample in samples[-24:]])
        rows.append(
            fit(
                [
                    ("    " + pad(text("ui.devices.load"), label_width), "muted"),
                    (bar(device.utilization, bar_width), _load_role(device.utilization)),
                    ("▏", "faint"),
                    (pad(percentage(device.utilization), 6, "right"), ""),
                    ("   " + trend, "curve0"),
                ],
                width,
            )
        )
    if device.memory_used is not None and device.memory_total:
        fraction = device.memory_used / device.memory_total
        rows.append(
            fit(
                [
                    ("    " + pad(text("ui.devices.memory"), label_width), "muted"),
                    (bar(fraction, bar_width), _load_role(fraction)),
                    ("▏", "faint"),
                    (pad(percentage(fraction), 6, "right"), ""),
                    (f"   {memory(device.memory_used)} / {memory(device.memory_total)}", "muted"),
                ],
                width,
            )
        )
    return rows


def _load_role(fraction: float) -> str:
    return "bad" if fraction >= 0.95 else "curve2"


def _allocator_row(device: Device, width: int) -> Row:
    row: Row = [("  ", ""), (pad(plain(device.name), 10), "strong"), ("  ", "")]
    if device.memory_used is None:
        return fit([*row, (plain(device.description) or text("ui.devices.unknown"), "muted")], width)
    row.append((text("ui.devices.holds", size=memory(device.memory_used)), ""))
    if device.memory_peak is not None:
        row.append(("   " + text("ui.devices.peak", size=memory(device.memory_peak)), "muted"))
    if device.memory_total is not None:
        row.append(("   " + text("ui.devices.limit", size=memory(device.memory_total)), "muted"))
    return fit(row, width)

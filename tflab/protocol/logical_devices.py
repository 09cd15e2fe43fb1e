"""Logical devices as people write them: ``cpu:2`` splits the CPU into two."""

from __future__ import annotations

import re

LogicalDevices = tuple[tuple[str, int], ...]
"""``(("cpu", 2),)``: kinds of devices, and into how many each is split."""


def parse_logical_devices(value: str) -> LogicalDevices:
    """``cpu:2`` or ``cpu:2,gpu:2``. Raises ValueError."""
    devices: dict[str, int] = {}
    for part in value.split(","):
        match = re.fullmatch(r"(cpu|gpu):([1-9]\d?)", part.strip().lower())
        if match is None or match[1] in devices:
            raise ValueError(value)
        devices[match[1]] = int(match[2])
    return tuple(devices.items())

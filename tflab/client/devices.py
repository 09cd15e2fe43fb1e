"""The machine's own devices, before and beside TensorFlow: psutil for the processor, NVML for NVIDIA's."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Final

from tflab.client.nvidia import Cards
from tflab.messages import text
from tflab.protocol.events import Device, DevicesSampled

_FIRST: Final = 0.7
"""Seconds until the first sample."""


class DeviceSampler:
    """Measures the devices of this machine. Without NVML (no NVIDIA driver, no module) only the processor."""

    def __init__(self) -> None:
        self._cards = Cards()

    def sample(self) -> DevicesSampled:
        """Now; utilisation is over the time since the sample before."""
        cards = self._cards.sample()
        return DevicesSampled(devices=(_processor(), *cards), origin="machine", reason=self._cards.reason)

    def close(self) -> None:
        """Lets go of NVML."""
        self._cards.close()


def _processor() -> Device:
    import psutil

    memory = psutil.virtual_memory()
    return Device(
        name="CPU",
        kind="cpu",
        description=text("client.cpu_description", cores=psutil.cpu_count() or os.cpu_count() or 1),
        memory_used=memory.total - memory.available,
        memory_total=memory.total,
        utilization=psutil.cpu_percent(None) / 100,
        temperature=_processor_temperature(psutil),
    )


def _processor_temperature(psutil: Any) -> float | None:
    try:
        sensors = psutil.sensors_temperatures()
    # Not on every system.
    except (AttributeError, OSError):
        return None
    for name in ("coretemp", "k10temp", "zenpower", "cpu_thermal"):
        if sensors.get(name):
            return float(max(reading.current for reading in sensors[name]))
    return None


class DeviceWatch:
    """Samples at a steady pace on a thread of its own; NVML may take its time there."""

    def __init__(self, put: Callable[[DevicesSampled], None], every: float) -> None:
        self._put = put
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="tflab-devices", daemon=True)

    def start(self) -> None:
        """Begins; the first sample comes soon."""
        self._thread.start()

    def stop(self) -> None:
        """Ends soon."""
        self._stop.set()

    def join(self, timeout: float) -> None:
        """Waits for the end, ``timeout`` seconds at most."""
        self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        """Whether it still samples."""
        return self._thread.is_alive()

    def _watch(self) -> None:
        # What the sampler imports would keep the interface, which opens meanwhile, from its first picture.
        if self._stop.wait(min(_FIRST, self._every)):
            return
        sampler = DeviceSampler()
        while True:
            self._put(sampler.sample())
            if self._stop.wait(self._every):
                break
        sampler.close()

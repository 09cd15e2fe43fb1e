"""The machine's own devices, before and beside TensorFlow: psutil for the processor, NVML for NVIDIA's."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tflab.messages import text
from tflab.protocol.events import Device, DevicesSampled


class DeviceSampler:
    """Measures the devices of this machine. Without NVML (no NVIDIA driver, no module) only the processor."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._handles: list[Any] | None = None

    def sample(self) -> DevicesSampled:
        """Now; utilisation is over the time since the sample before."""
        return DevicesSampled(devices=(_processor(), *self._gpus()), origin="machine")

    def close(self) -> None:
        """Lets go of NVML."""
        if self._nvml is not None:
            with suppress(Exception):
                self._nvml.nvmlShutdown()
        self._nvml, self._handles = None, []

    def _gpus(self) -> tuple[Device, ...]:
        if self._handles is None:
            self._handles = self._found()
        return tuple(self._gpu(index, handle) for index, handle in enumerate(self._handles))

    def _found(self) -> list[Any]:
        try:
            import pynvml
        except ImportError:
            return []
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError:
            return []
        self._nvml = pynvml
        return [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]

    def _gpu(self, index: int, handle: Any) -> Device:
        nvml = self._nvml

        def read(question: Callable[[], Any]) -> Any:
            # Each figure may be missing on its own: partitions have no utilisation, some cards no temperature.
            try:
                return question()
            except nvml.NVMLError:
                return None

        memory = read(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
        rates = read(lambda: nvml.nvmlDeviceGetUtilizationRates(handle))
        temperature = read(lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
        milliwatts = read(lambda: nvml.nvmlDeviceGetPowerUsage(handle))
        name = read(lambda: nvml.nvmlDeviceGetName(handle)) or ""
        return Device(
            name=f"GPU:{index}",
            kind="gpu",
            description=name.decode() if isinstance(name, bytes) else str(name),
            memory_used=None if memory is None else int(memory.used),
            memory_total=None if memory is None else int(memory.total),
            utilization=None if rates is None else rates.gpu / 100,
            temperature=None if temperature is None else float(temperature),
            power=None if milliwatts is None else milliwatts / 1000,
        )


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
        """Begins; the first sample comes at once."""
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
        sampler = DeviceSampler()
        while True:
            self._put(sampler.sample())
            if self._stop.wait(self._every):
                break
        sampler.close()

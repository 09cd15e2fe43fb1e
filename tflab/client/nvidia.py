"""NVIDIA's cards through NVML, and in words why there are none."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tflab.messages import text
from tflab.protocol.events import Device


class Cards:
    """The cards of this machine."""

    def __init__(self) -> None:
        self.reason = ""
        """Why there are none, one line for people; empty where there are, and before the first `sample`."""
        self._nvml: Any = None
        self._handles: list[Any] | None = None

    def sample(self) -> tuple[Device, ...]:
        """Each card now."""
        if self._handles is None:
            self._handles = self._found()
        if not self._handles:
            return ()
        own = _own_processes()
        return tuple(self._card(index, handle, own) for index, handle in enumerate(self._handles))

    def close(self) -> None:
        """Lets go of NVML."""
        if self._nvml is not None:
            with suppress(Exception):
                self._nvml.nvmlShutdown()
        self._nvml, self._handles = None, []

    def _found(self) -> list[Any]:
        try:
            import pynvml
        except ImportError:
            self.reason = text("client.gpu.no_module")
            return []
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            missing = getattr(error, "value", None) == getattr(pynvml, "NVML_ERROR_LIBRARY_NOT_FOUND", None)
            self.reason = text("client.gpu.no_driver") if missing else text("client.gpu.driver_fails", error=error)
            return []
        self._nvml = pynvml
        try:
            handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        except pynvml.NVMLError as error:
            self.reason = text("client.gpu.driver_fails", error=error)
            return []
        if not handles:
            self.reason = text("client.gpu.no_card")
        return handles

    def _card(self, index: int, handle: Any, own: frozenset[int]) -> Device:
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
        # Of a container's processes NVML may tell other numbers: none of them is ours then.
        processes = read(lambda: nvml.nvmlDeviceGetComputeRunningProcesses(handle)) or []
        reserved = [each.usedGpuMemory for each in processes if each.pid in own and each.usedGpuMemory is not None]
        return Device(
            name=f"GPU:{index}",
            kind="gpu",
            description=name.decode() if isinstance(name, bytes) else str(name),
            memory_used=None if memory is None else int(memory.used),
            memory_total=None if memory is None else int(memory.total),
            memory_reserved=sum(reserved) if reserved else None,
            utilization=None if rates is None else rates.gpu / 100,
            temperature=None if temperature is None else float(temperature),
            power=None if milliwatts is None else milliwatts / 1000,
        )


def _own_processes() -> frozenset[int]:
    """This process, and all that it has started: the sessions are among them."""
    import psutil

    with suppress(psutil.Error):
        return frozenset((os.getpid(), *(child.pid for child in psutil.Process().children(recursive=True))))
    return frozenset((os.getpid(),))

"""A stand-in for NVIDIA's ``libnvidia-ml.so.1`` below the real ``pynvml``: it fills in the structures that the module
passes, and answers with NVML's own status codes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pynvml
import pytest

NOT_SUPPORTED = pynvml.NVML_ERROR_NOT_SUPPORTED
GIB = 1 << 30


class Library:
    """A card that tells all, and a partition of one that tells little."""

    def __init__(self, count: int = 2, init: int = pynvml.NVML_SUCCESS) -> None:
        self.count = count
        self.init = init
        self.shut_down = False

    def nvmlInitWithFlags(self, flags: int) -> int:
        return self.init

    def nvmlShutdown(self) -> int:
        self.shut_down = True
        return 0

    def nvmlErrorString(self, code: int) -> bytes:
        return b"the driver does not answer"

    def nvmlDeviceGetCount_v2(self, count: Any) -> int:
        count._obj.value = self.count
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index: Any, handle: Any) -> int:
        self._cards = getattr(self, "_cards", [])
        self._cards.append(handle._obj)
        return 0

    def _is_card(self, handle: Any) -> bool:
        return handle is self._cards[0]

    def nvmlDeviceGetName(self, handle: Any, name: Any, size: Any) -> int:
        name.value = b"NVIDIA H200" if self._is_card(handle) else b"MIG 1g"
        return 0

    def nvmlDeviceGetMemoryInfo(self, handle: Any, memory: Any) -> int:
        memory._obj.used, memory._obj.total = 3 * GIB, 140 * GIB
        return 0

    def nvmlDeviceGetUtilizationRates(self, handle: Any, rates: Any) -> int:
        rates._obj.gpu = 50
        return 0 if self._is_card(handle) else NOT_SUPPORTED

    def nvmlDeviceGetTemperature(self, handle: Any, sensor: Any, degrees: Any) -> int:
        degrees._obj.value = 41
        return 0 if self._is_card(handle) else NOT_SUPPORTED

    def nvmlDeviceGetPowerUsage(self, handle: Any, milliwatts: Any) -> int:
        milliwatts._obj.value = 250_500
        return 0 if self._is_card(handle) else NOT_SUPPORTED

    def nvmlDeviceGetComputeRunningProcesses_v3(self, handle: Any, count: Any, processes: Any) -> int:
        if not self._is_card(handle):
            return int(NOT_SUPPORTED)
        if processes is None:
            count._obj.value = 2
            return int(pynvml.NVML_ERROR_INSUFFICIENT_SIZE)
        count._obj.value = 2
        # Ours, and somebody else's.
        processes[0].pid, processes[0].usedGpuMemory = os.getpid(), 2 * GIB
        processes[1].pid, processes[1].usedGpuMemory = 1, GIB
        return 0


@contextmanager
def installed(monkeypatch: pytest.MonkeyPatch, library: Library) -> Iterator[Library]:
    """``pynvml`` speaks with ``library`` for the block."""
    with monkeypatch.context() as patches:
        patches.setattr(pynvml, "nvmlLib", library)
        patches.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})
        yield library

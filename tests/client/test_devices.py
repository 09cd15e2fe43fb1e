"""The machine's own devices."""

from __future__ import annotations

import sys
import threading
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.sessions import PATIENCE
from tflab.client.devices import DeviceSampler, DeviceWatch
from tflab.protocol.events import DevicesSampled


class FakeNvml(ModuleType):
    """NVML with one card and one partition that can tell little."""

    NVML_TEMPERATURE_GPU = 0

    class NVMLError(Exception):
        """As NVML's."""

    def __init__(self) -> None:
        super().__init__("pynvml")
        self.shut_down = False

    def nvmlInit(self) -> None:
        """Works."""

    def nvmlShutdown(self) -> None:
        self.shut_down = True

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, handle: int) -> Any:
        return "NVIDIA H200" if handle == 0 else b"MIG 1g"

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return SimpleNamespace(used=3 << 30, total=140 << 30)

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        if handle:
            raise self.NVMLError
        return SimpleNamespace(gpu=50)

    def nvmlDeviceGetTemperature(self, handle: int, sensor: int) -> int:
        if handle:
            raise self.NVMLError
        return 41

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        if handle:
            raise self.NVMLError
        return 250_500


def test_the_processor_is_always_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)

    sampled = DeviceSampler().sample()

    assert sampled.origin == "machine"
    (cpu,) = sampled.devices
    assert (cpu.name, cpu.kind) == ("CPU", "cpu")
    assert cpu.memory_used is not None
    assert cpu.memory_total is not None
    assert 0 < cpu.memory_used < cpu.memory_total
    assert cpu.utilization is not None
    assert 0 <= cpu.utilization <= 1


def test_cards_tell_what_they_can(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml()
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    sampler = DeviceSampler()

    _, card, partition = sampler.sample().devices
    sampler.close()

    assert (card.name, card.kind, card.description) == ("GPU:0", "gpu", "NVIDIA H200")
    assert (card.memory_used, card.memory_total) == (3 << 30, 140 << 30)
    assert (card.utilization, card.temperature, card.power) == (0.5, 41.0, 250.5)
    assert partition.description == "MIG 1g"
    assert (partition.utilization, partition.temperature, partition.power) == (None, None, None)
    assert nvml.shut_down


def test_a_machine_without_a_driver_has_no_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml()

    def fail() -> None:
        raise nvml.NVMLError

    monkeypatch.setattr(nvml, "nvmlInit", fail)
    monkeypatch.setitem(sys.modules, "pynvml", nvml)

    assert [device.name for device in DeviceSampler().sample().devices] == ["CPU"]


def test_the_watch_samples_until_it_is_stopped() -> None:
    sampled: list[DevicesSampled] = []
    twice = threading.Event()

    def put(event: DevicesSampled) -> None:
        sampled.append(event)
        if len(sampled) == 2:
            twice.set()

    watch = DeviceWatch(put, every=0.01)
    watch.start()
    assert twice.wait(PATIENCE)
    watch.stop()
    watch.join(PATIENCE)
    assert not watch.is_alive

"""The machine's own devices."""

from __future__ import annotations

import sys
import threading

import pynvml
import pytest

from tests.client.nvml_library import GIB, Library, installed
from tests.sessions import PATIENCE
from tflab.client.devices import DeviceSampler, DeviceWatch
from tflab.protocol.events import DevicesSampled


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
    with installed(monkeypatch, Library()) as library:
        sampler = DeviceSampler()
        sampled = sampler.sample()
        sampler.close()
        assert library.shut_down
    _, card, partition = sampled.devices
    assert sampled.reason == ""
    assert (card.name, card.kind, card.description) == ("GPU:0", "gpu", "NVIDIA H200")
    assert (card.memory_used, card.memory_total) == (3 * GIB, 140 * GIB)
    assert card.memory_reserved == 2 * GIB, "other programs have taken some, too"
    assert (card.utilization, card.temperature, card.power) == (0.5, 41.0, 250.5)
    assert partition.description == "MIG 1g"
    assert (partition.utilization, partition.temperature, partition.power) == (None, None, None)
    assert partition.memory_reserved is None


def test_without_a_card_a_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for library, reason in (
        (Library(count=0), "sees no card"),
        (Library(init=pynvml.NVML_ERROR_DRIVER_NOT_LOADED), "the NVIDIA driver answers"),
        (Library(init=pynvml.NVML_ERROR_LIBRARY_NOT_FOUND), "no NVIDIA driver is installed"),
    ):
        with installed(monkeypatch, library):
            sampled = DeviceSampler().sample()
        assert [device.name for device in sampled.devices] == ["CPU"]
        assert reason in sampled.reason
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert "nvidia-ml-py" in DeviceSampler().sample().reason


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

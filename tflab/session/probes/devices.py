"""The device probe: what TensorFlow's own allocator holds on each GPU. The lab itself samples the machine."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import tensorflow as tf

from tflab.messages import text
from tflab.protocol.events import Device, DevicesSampled
from tflab.session.probes import eager_context
from tflab.session.probes.journal import Journal

_INTERVAL: Final = 1.0
_BRIEF: Final = 0.2
"""Seconds; over less than this the process's share of the processor says nothing."""

_PAGE: Final = resource.getpagesize()
_CORES: Final = os.cpu_count() or 1


class DeviceProbe:
    """Samples the devices that TensorFlow uses, once the learner's code has made it use any."""

    name: Final = "devices"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._due = 0.0
        self._logical: list[Any] | None = None
        self._reason = ""
        self._sent: tuple[Device, ...] = ()
        self._measured = (time.monotonic(), time.process_time())
        self._most = 0

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Nothing needs a patch."""
        yield

    def cell_started(self) -> None:
        """A cell is about to run: its share of the processor counts from here."""
        self._measured = (time.monotonic(), time.process_time())

    def poll(self, *, final: bool) -> None:
        """Once a second while a cell runs, and at its end; where nothing has changed there is nothing to say."""
        now = time.monotonic()
        if not eager_context.is_initialised() or (now < self._due and not final):
            return
        self._due = now + _INTERVAL
        if self._logical is None:
            self._logical = list(tf.config.list_logical_devices())
            if all(device.device_type == "CPU" for device in self._logical):
                self._reason = _why_no_gpu()
        devices = tuple(_sample(device, len(self._logical)) for device in self._logical)
        process = self._process(now)
        if devices != self._sent or process is not None:
            self._sent = devices
            all_of_them = devices if process is None else (*devices, process)
            event = DevicesSampled(
                cell=self._journal.cell, devices=all_of_them, origin="tensorflow", reason=self._reason
            )
            self._journal.write(event)

    def _process(self, now: float) -> Device | None:
        """This process: its memory holds what is on the CPU. None where the system does not say."""
        if now - self._measured[0] < _BRIEF:
            return None
        try:
            with open("/proc/self/statm", encoding="ascii") as file:
                pages = int(file.read().split()[1])
        except (OSError, ValueError, IndexError):
            return None
        spent = time.process_time()
        since, before = self._measured
        self._measured = now, spent
        self._most = max(self._most, pages)
        return Device(
            name="process",
            kind="process",
            memory_used=pages * _PAGE,
            memory_peak=self._most * _PAGE,
            utilization=(spent - before) / (now - since) / _CORES if now > since else None,
        )


def _sample(device: Any, count: int) -> Device:
    name = device.name.rpartition("device:")[2]
    kind = device.device_type.lower()
    if kind == "cpu":
        # TensorFlow keeps no account of the CPU's memory: it would say 0.
        return Device(name=name, kind="logical_cpu" if count > 1 else "cpu")
    used = tf.config.experimental.get_memory_info(name)
    return Device(name=name, kind=kind, memory_used=int(used["current"]), memory_peak=int(used["peak"]))


def _why_no_gpu() -> str:
    """One line for people."""
    if not tf.test.is_built_with_cuda():
        return text("client.gpu.no_cuda")
    if os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1"):
        return text("client.gpu.hidden")
    return text("client.gpu.not_found")

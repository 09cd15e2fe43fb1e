"""The device probe: what TensorFlow's own allocator holds on each GPU. The lab itself samples the machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import tensorflow as tf

from tflab.protocol.events import Device, DevicesSampled
from tflab.session.probes import eager_context
from tflab.session.probes.journal import Journal

_INTERVAL: Final = 1.0


class DeviceProbe:
    """Samples the devices that TensorFlow uses, once the learner's code has made it use any."""

    name: Final = "devices"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._due = 0.0
        self._logical: list[Any] | None = None
        self._sent: tuple[Device, ...] = ()

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Nothing needs a patch."""
        yield

    def cell_started(self) -> None:
        """A cell is about to run."""

    def poll(self, *, final: bool) -> None:
        """Once a second while a cell runs, and at its end; where nothing has changed there is nothing to say."""
        now = time.monotonic()
        if not eager_context.is_initialised() or (now < self._due and not final):
            return
        self._due = now + _INTERVAL
        if self._logical is None:
            self._logical = list(tf.config.list_logical_devices())
        devices = tuple(_sample(device, len(self._logical)) for device in self._logical)
        if devices != self._sent:
            self._sent = devices
            self._journal.write(DevicesSampled(cell=self._journal.cell, devices=devices, origin="tensorflow"))


def _sample(device: Any, count: int) -> Device:
    name = device.name.rpartition("device:")[2]
    kind = device.device_type.lower()
    if kind == "cpu":
        # TensorFlow keeps no account of the CPU's memory: it would say 0.
        return Device(name=name, kind="logical_cpu" if count > 1 else "cpu")
    used = tf.config.experimental.get_memory_info(name)
    return Device(name=name, kind=kind, memory_used=int(used["current"]), memory_peak=int(used["peak"]))

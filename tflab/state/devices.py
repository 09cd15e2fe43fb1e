"""The devices as the machine and as TensorFlow's allocator see them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from tflab.protocol.events import Device, DevicesSampled

_SAMPLES: Final = 120


@dataclass
class Devices:
    """What is known of them."""

    version: int = 0
    machine: tuple[Device, ...] = ()
    tensorflow: tuple[Device, ...] = ()
    utilization: dict[str, deque[float | None]] = field(default_factory=dict)
    """The last samples by the machine's device name, oldest first."""

    def sample(self, event: DevicesSampled) -> None:
        """The devices of one of the two as of now."""
        self.version += 1
        if event.origin == "tensorflow":
            self.tensorflow = event.devices
            return
        self.machine = event.devices
        for device in event.devices:
            self.utilization.setdefault(device.name, deque(maxlen=_SAMPLES)).append(device.utilization)

    def end_session(self) -> None:
        """TensorFlow holds nothing any more."""
        self.version += 1
        self.tensorflow = ()

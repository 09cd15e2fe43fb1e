"""The devices as the machine and as TensorFlow's allocator see them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from tflab.protocol.events import Device, DevicesSampled
from tflab.state.terminal_text import plain

_SAMPLES: Final = 120


@dataclass
class Devices:
    """What is known of them."""

    version: int = 0
    machine: tuple[Device, ...] = ()
    tensorflow: tuple[Device, ...] = ()
    machine_reason: str = ""
    tensorflow_reason: str = ""
    """Why there is no GPU, as the driver says and as TensorFlow does."""
    utilization: dict[str, deque[float | None]] = field(default_factory=dict)
    """The last samples by the machine's device name, oldest first."""

    def sample(self, event: DevicesSampled) -> None:
        """The devices of one of the two as of now."""
        self.version += 1
        if event.origin == "tensorflow":
            self.tensorflow, self.tensorflow_reason = event.devices, plain(event.reason)
            return
        self.machine, self.machine_reason = event.devices, plain(event.reason)
        for device in event.devices:
            self.utilization.setdefault(device.name, deque(maxlen=_SAMPLES)).append(device.utilization)

    def end_session(self) -> None:
        """TensorFlow holds nothing any more."""
        self.version += 1
        self.tensorflow, self.tensorflow_reason = (), ""

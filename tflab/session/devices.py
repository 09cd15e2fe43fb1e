"""The devices that TensorFlow sees, asked without initialising its context."""

from __future__ import annotations

import os

from tflab.protocol.events import Device


def split_devices(logical: tuple[tuple[str, int], ...]) -> None:
    """Splits physical devices into logical ones: ``(("cpu", 2),)``. Before TensorFlow's first operation."""
    if not logical:
        return
    import tensorflow as tf

    for kind, count in logical:
        physical = tf.config.list_physical_devices(kind.upper())
        if physical:
            parts = [tf.config.LogicalDeviceConfiguration() for _ in range(count)]
            tf.config.set_logical_device_configuration(physical[0], parts)


def physical_devices() -> tuple[Device, ...]:
    """Every physical device; later ``tf.config`` calls of the learner still work."""
    import tensorflow as tf

    found = []
    for device in tf.config.list_physical_devices():
        kind = device.device_type.lower()
        name = device.name.removeprefix("/physical_device:")
        if kind == "cpu":
            found.append(Device(name="CPU", kind="cpu", description=str(os.cpu_count() or 1)))
        else:
            details = tf.config.experimental.get_device_details(device)
            found.append(Device(name=name, kind=kind, description=str(details.get("device_name", ""))))
    return tuple(found)

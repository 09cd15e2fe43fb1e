"""The devices that TensorFlow sees, asked without setting anything in motion."""

from __future__ import annotations

import os
import select
import signal
import time
from typing import Final

import msgspec

from tflab.messages import text
from tflab.protocol.events import Device
from tflab.session.forking import quiet_fork

PATIENCE: Final = 20.0
"""Seconds that a driver may take to answer."""
_VISIBLE: Final = "CUDA_VISIBLE_DEVICES"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[Device, ...])


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


def show_gpus(positions: tuple[int, ...] | None) -> None:
    """Lets CUDA find these GPUs alone, counted among those that it would find; all of them for None.

    Before anything has asked for devices: CUDA reads the variable once.
    """
    if positions is None:
        return
    # Whoever chose GPUs already chose by index or by the card's own name.
    chosen = [word.strip() for word in os.environ.get(_VISIBLE, "").split(",") if word.strip()]
    named = [chosen[position] if position < len(chosen) else str(position) for position in positions]
    # Nothing at all would mean every one.
    os.environ[_VISIBLE] = ",".join(named) or "-1"


def shown_devices(devices: tuple[Device, ...], positions: tuple[int, ...] | None) -> tuple[Device, ...]:
    """What a session sees of ``devices``: after `show_gpus` its GPUs are counted from 0."""
    if positions is None:
        return devices
    gpus = [device for device in devices if device.kind == "gpu"]
    shown = [gpus[position] for position in positions if position < len(gpus)]
    others = (device for device in devices if device.kind != "gpu")
    return (*others, *(msgspec.structs.replace(gpu, name=f"GPU:{index}") for index, gpu in enumerate(shown)))


def devices_seen_by_a_fork() -> tuple[Device, ...]:
    """Every physical device, as a process of its own sees them: asking starts CUDA, after which nothing may fork.

    Only the processor where that process fails or does not answer.
    """
    read, write = os.pipe()
    pid = quiet_fork()
    if pid == 0:
        status = 1
        try:
            os.write(write, _encoder.encode(physical_devices()))
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    answer = _read_all(read)
    os.close(read)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    try:
        return _decoder.decode(answer)
    except msgspec.MsgspecError:
        return (_processor(),)


def _read_all(descriptor: int) -> bytes:
    """What comes until the end, within `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    answer = b""
    while select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
        piece = os.read(descriptor, 65536)
        if not piece:
            break
        answer += piece
    return answer


def _processor() -> Device:
    return Device(name="CPU", kind="cpu", description=text("client.cpu_description", cores=os.cpu_count() or 1))


def physical_devices() -> tuple[Device, ...]:
    """Every physical device, as this process sees them; it must not fork afterwards."""
    import tensorflow as tf

    found = []
    for device in tf.config.list_physical_devices():
        kind = device.device_type.lower()
        if kind == "cpu":
            found.append(_processor())
        else:
            name = device.name.removeprefix("/physical_device:")
            details = tf.config.experimental.get_device_details(device)
            found.append(Device(name=name, kind=kind, description=str(details.get("device_name", ""))))
    return tuple(found)

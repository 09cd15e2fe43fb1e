"""What a session says of the devices that TensorFlow uses, and of its own process."""

from __future__ import annotations

from tests.sessions import LiveSession, WarmServer
from tflab.protocol.events import DevicesSampled


def test_logical_devices_and_the_sessions_own_memory(warm_server: WarmServer) -> None:
    with warm_server.session(logical_devices=(("cpu", 2),)) as live:
        run = live.check(
            "import tensorflow as tf, time\nheld = tf.zeros([50, 1000, 1000])\nheld = held + 1.0\ntime.sleep(0.4)"
        )
        sampled = run.all(DevicesSampled)[-1]
    assert sampled.origin == "tensorflow"
    assert [(device.name, device.kind) for device in sampled.devices] == [
        ("CPU:0", "logical_cpu"),
        ("CPU:1", "logical_cpu"),
        ("process", "process"),
    ]
    process = sampled.devices[-1]
    assert process.memory_used is not None
    assert process.memory_peak is not None
    assert 200_000_000 < process.memory_used <= process.memory_peak
    assert process.utilization is not None
    assert process.utilization >= 0
    # Which reason it is depends on the TensorFlow that is installed, and there is one.
    assert sampled.reason


def test_nothing_is_said_before_tensorflow_is_used(session: LiveSession) -> None:
    assert not session.check("import tensorflow as tf\nimport time\ntime.sleep(0.3)").all(DevicesSampled)

"""``python -m tests.ui.record_run``: runs the cells below in a real session and keeps what it says.

The recording is what screens are drawn from in tests, so that they show what a real run shows and never differ.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tflab.cli.session_spec import lesson_session
from tflab.client.supervisor import Supervisor
from tflab.protocol import codec
from tflab.protocol.events import CellFinished, DevicesSampled, Event, HeartbeatAnswered
from tflab.protocol.requests import RunCellRequest

RECORDING: Final = Path(__file__).parent / "recordings" / "training.frames"
CELLS: Final = (
    """\
import tensorflow as tf

tf.keras.utils.set_random_seed(7)
x = tf.random.normal((64, 3))
y = x @ [[1.0], [-2.0], [0.5]] + 3.0
w = tf.Variable(tf.zeros((3, 1)), name="w")
b = tf.Variable(0.0, name="b")
spare = tf.Variable(1.0, name="spare")
print(x.shape, y.shape)
y[:2]
""",
    """\
@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w + b - y) ** 2)
    gradients = tape.gradient(loss, [w, b, spare])
    w.assign_sub(0.1 * gradients[0])
    b.assign_sub(0.1 * gradients[1])
    return loss


for step in range(40):
    loss = train_step(x, y) if step % 20 else train_step(x[: 8 + step], y[: 8 + step])
    if step % 10 == 0:
        print(f"step {step:3d}  loss {loss:.4f}")
""",
    """\
rate = 0.1
print("dividing by", rate - 0.1)
loss / (rate - 0.1) + missing
""",
)


def record() -> None:
    """Runs the cells one after the other and writes their events, without what the machine does meanwhile."""
    supervisor = Supervisor(lesson_session().make_spec)
    supervisor.start()
    events: list[Event] = []
    try:
        for cell, source in enumerate(CELLS):
            supervisor.run(RunCellRequest(cell=cell, source=source))
            while not any(isinstance(event, CellFinished) and event.cell == cell for event in events):
                supervisor.wait(0.1)
                events += [event for event in supervisor.drain() if isinstance(event, Event)]
                time.sleep(0.01)
    finally:
        supervisor.close()
    kept = [event for event in events if not isinstance(event, (DevicesSampled, HeartbeatAnswered))]
    RECORDING.parent.mkdir(exist_ok=True)
    RECORDING.write_bytes(b"".join(map(codec.frame, kept)))


def recorded() -> Iterator[Event]:
    """The events of the recording."""
    for body in codec.FrameReader().feed(RECORDING.read_bytes()):
        yield codec.decode_event(body)


if __name__ == "__main__":
    record()

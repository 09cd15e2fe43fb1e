"""Process CPU of a training step with probes against without, in sessions forked in turn from one server."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path

from tests.benchmarks.measuring import median, show
from tflab.client.supervisor import Supervisor
from tflab.protocol.events import CellFinished, SessionReady, StreamWritten
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import Permissions, SessionSpec

ROUNDS = 9

SETUP = """
import json, time
import tensorflow as tf
tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 32]); y = tf.reduce_sum(x, axis=1, keepdims=True)
image = tf.random.normal([16, 28, 28, 1]); label = tf.random.uniform([16], 0, 10, tf.int32)

def tiny():
    return tf.keras.Sequential([tf.keras.Input([32]), tf.keras.layers.Dense(16, "relu"), tf.keras.layers.Dense(1)])
def mlp():
    return tf.keras.Sequential([tf.keras.Input([32]), *[tf.keras.layers.Dense(700, "relu") for _ in range(3)],
                                tf.keras.layers.Dense(1)])
def cnn():
    return tf.keras.Sequential([tf.keras.Input([28, 28, 1]), tf.keras.layers.Conv2D(16, 3, activation="relu"),
                                tf.keras.layers.MaxPool2D(), tf.keras.layers.Flatten(), tf.keras.layers.Dense(10)])

def measure(build, inputs, targets, loss_function, steps, graph):
    model = build(); optimizer = tf.keras.optimizers.SGD(1e-4)
    def step(a, b):
        with tf.GradientTape() as tape:
            loss = loss_function(b, model(a, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss
    if graph:
        step = tf.function(step)
    for _ in range(max(10, steps // 10)):
        step(inputs, targets)
    begin = time.process_time()
    for _ in range(steps):
        loss = step(inputs, targets)
    float(loss)
    return (time.process_time() - begin) / steps * 1e6

mse = tf.keras.losses.MeanSquaredError()
cross = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print(json.dumps({
    "graph, tiny model": measure(tiny, x, y, mse, 3000, True),
    "graph, 1M parameters": measure(mlp, x, y, mse, 150, True),
    "graph, convolutional": measure(cnn, image, label, cross, 200, True),
    "eager, tiny model": measure(tiny, x, y, mse, 200, False),
    "eager, 1M parameters": measure(mlp, x, y, mse, 60, False),
}))
"""


def run() -> None:
    """Prints microseconds a step without probes, and the median of the ratios of neighbouring sessions."""
    switch = itertools.cycle((True, False))
    current: list[bool] = []

    def make_spec(scratch: Path) -> SessionSpec:
        current[:] = [next(switch)]
        return SessionSpec(permissions=Permissions(scratch=str(scratch)), probes=current[0])

    results: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    supervisor = Supervisor(make_spec)
    supervisor.start()
    try:
        for turn in range(2 * ROUNDS):
            if turn:
                supervisor.restart()
            figures, probed = _one_session(supervisor), current[0]
            results[probed].append(figures)
    finally:
        supervisor.close()
    for name in results[False][0]:
        ratios = [with_[name] / without[name] for with_, without in zip(results[True], results[False], strict=True)]
        budget = "budget 1.03x" if name.startswith("graph") else "budget 1.10x"
        show(name, median([figures[name] for figures in results[False]]), "us", median(ratios), budget)


def _one_session(supervisor: Supervisor) -> dict[str, float]:
    deadline = time.monotonic() + 300
    output, asked = "", False
    while time.monotonic() < deadline:
        supervisor.wait(1.0)
        for event in supervisor.drain():
            if isinstance(event, SessionReady) and not asked:
                asked = True
                supervisor.run(RunCellRequest(cell=0, source=SETUP))
            elif isinstance(event, StreamWritten) and event.name == "stdout":
                output += event.text
            elif isinstance(event, CellFinished):
                assert event.status == "ok", event.error
                figures: dict[str, float] = json.loads(output.strip().splitlines()[-1])
                return figures
    raise TimeoutError("the measuring cell did not finish")

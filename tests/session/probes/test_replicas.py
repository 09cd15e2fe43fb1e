"""What an optimizer uses and how far weights move, where a strategy has several replicas."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession, WarmServer
from tflab.protocol.gradient_events import GradientsRecorded

PROGRAM = """
import json
import time
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    model = keras.Sequential([keras.Input((4,)), *[keras.layers.Dense(8, "tanh") for _ in range(6)],
                              keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD(1e-3)
data = tf.data.Dataset.from_tensor_slices((np.random.normal(size=(8, 4)).astype("f"), np.ones((8, 1), "f")))
[batch] = strategy.experimental_distribute_dataset(data.batch(8))

def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((model(x) - y) ** 2) / 8
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return gradients[0]

@tf.function
def train(x, y):
    return strategy.run(step, args=(x, y))

for _ in range(3):
    before = model.trainable_variables[0].numpy()
    first, second = train(*batch).values
    time.sleep(0.6)
after = model.trainable_variables[0].numpy()
whole = float(np.linalg.norm(first + second))
print(json.dumps([whole, float(np.linalg.norm(after - before) / np.linalg.norm(after))]))
"""


@pytest.fixture(scope="module")
def two_devices(warm_server: WarmServer) -> Iterator[LiveSession]:
    with warm_server.session(logical_devices=(("cpu", 2),)) as live:
        yield live


def test_every_replica_tells_of_the_sum_and_of_its_effect(two_devices: LiveSession) -> None:
    run = two_devices.check(PROGRAM)
    whole, ratio = seen.printed(run)
    # One record for each replica, at the end of the cell.
    for event in run.all(GradientsRecorded)[-2:]:
        record = event.gradients[0]
        assert record.norm is not None
        assert record.applied_norm == pytest.approx(whole, rel=0.05)
        assert record.applied_norm != pytest.approx(record.norm, rel=1e-3)
        assert record.update_ratio == pytest.approx(ratio, rel=0.1)

"""The metrics of every batch that Keras trains on, and after how many steps its epochs end."""

from __future__ import annotations

import math

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession
from tflab.protocol.events import MetricsLogged

SETUP = """
import json
import keras
import numpy as np
import tensorflow as tf

x = np.random.default_rng(0).normal(size=(640, 4)).astype("float32")
y = (x[:, 0] > 0).astype("int32")

def make_model(**options):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, metrics=["accuracy"], **options)
    return model

class Seen(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.accuracies = []

    def on_train_batch_end(self, batch, logs=None):
        self.accuracies.append(float(logs["accuracy"]))
"""


@pytest.fixture(scope="module")
def keras_session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


@pytest.mark.parametrize("options", ["", "jit_compile=True", "jit_compile=False"])
def test_every_batch_has_its_metrics(keras_session: LiveSession, options: str) -> None:
    run = keras_session.check(
        f"""
model, callback = make_model({options}), Seen()
model.fit(x, y, batch_size=64, epochs=3, validation_split=0.2, verbose=0, callbacks=[callback])
print(json.dumps(callback.accuracies))
""",
        cell=1,
    )
    batches = seen.metrics(run, "keras", "step")
    # The loss of each batch is the tape's; Keras's is a running mean.
    assert set(batches) == {"accuracy"}
    assert [step for step, _ in batches["accuracy"]] == list(range(24))
    assert [value for _, value in batches["accuracy"]] == pytest.approx(seen.printed(run), rel=1e-6)
    assert set(seen.metrics(run, "keras")) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len(seen.losses(run)) == 24


def test_several_steps_at_once_come_as_keras_has_them(keras_session: LiveSession) -> None:
    run = keras_session.check("make_model(steps_per_execution=5).fit(x, y, batch_size=64, epochs=1, verbose=0)", cell=1)
    assert [step for step, _ in seen.metrics(run, "keras", "step")["accuracy"]] == [4, 9]


def test_another_fit_goes_on_and_another_model_begins_anew(keras_session: LiveSession) -> None:
    keras_session.check("model = make_model()\nfit = lambda m: m.fit(x, y, batch_size=64, epochs=1, verbose=0)", cell=1)
    first = keras_session.check("fit(model)", cell=2)
    second = keras_session.check("fit(model)", cell=2)
    other = keras_session.check("fit(make_model())", cell=2)
    steps = [[step for step, _ in seen.metrics(run, "keras", "step")["accuracy"]] for run in (first, second, other)]
    assert steps == [list(range(10)), list(range(10, 20)), list(range(10))]


def test_epochs_say_after_which_step_they_end(keras_session: LiveSession) -> None:
    run = keras_session.check(
        """
import time

class Slow(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        time.sleep(0.15)

make_model().fit(x, y, batch_size=64, epochs=3, verbose=0, callbacks=[Slow()])
""",
        cell=1,
    )
    ends = [event.after_step for event in run.all(MetricsLogged) if event.scope == "epoch" and event.name == "loss"]
    assert ends == [10, 20, 30]


def test_a_train_step_of_the_learners_logs_what_it_returns(keras_session: LiveSession) -> None:
    run = keras_session.check(
        """
class Learner(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        inputs, targets = data
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((self(inputs)[:, 0] - tf.cast(targets, tf.float32)) ** 2)
        gradients = tape.gradient(error, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": error, "root": tf.sqrt(error), "per_row": tf.zeros([3])}

model = Learner()
model.compile(optimizer="sgd")
model.fit(x, y, batch_size=64, epochs=1, verbose=0)
""",
        cell=1,
    )
    batches = seen.metrics(run, "keras", "step")
    assert set(batches) == {"root"}
    roots = [value for _, value in batches["root"]]
    assert roots == pytest.approx([math.sqrt(loss) for loss in seen.losses(run)], rel=1e-5)

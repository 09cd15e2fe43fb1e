"""Keras's own loops: every batch's loss from the tape, every epoch's metrics, the learner's ``train_step``."""

from __future__ import annotations

import math

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession
from tflab.protocol.events import FunctionTraced, MetricsLogged
from tflab.protocol.gradient_events import GradientsRecorded

SETUP = """
import json
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(40, 4)).astype("f")
y = rng.normal(size=(40, 1)).astype("f")

def make_model(**options):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", metrics=["mae"], **options)
    return model

class Learner(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
        self.seen = []

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(x) - y) ** 2)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": loss}
"""
TRAIN_STEP = SETUP.splitlines().index("    def train_step(self, data):") + 1
GRADIENT = SETUP.splitlines().index("        gradients = tape.gradient(loss, self.trainable_variables)") + 1


@pytest.fixture
def session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


@pytest.mark.parametrize(
    "options",
    ["", "jit_compile=True", "jit_compile=False", "run_eagerly=True", "steps_per_execution=3"],
)
def test_fit(session: LiveSession, options: str) -> None:
    run = session.check(
        f"""
model = make_model({options})
h = model.fit(x, y, batch_size=8, epochs=3, validation_split=0.2, shuffle=False, verbose=0)
print(json.dumps(h.history))
""",
        cell=1,
    )

    history = seen.printed(run)
    epochs = seen.metrics(run, "keras")
    assert {name: [value for _, value in points] for name, points in epochs.items()} == history
    assert all([step for step, _ in points] == [0, 1, 2] for points in epochs.values())
    losses = seen.losses(run)
    assert len(losses) == 12
    # What Keras shows of an epoch is the running mean over its batches.
    for epoch in range(3):
        assert math.isclose(sum(losses[4 * epoch : 4 * epoch + 4]) / 4, history["loss"][epoch], rel_tol=1e-5)
    assert all(event.site is not None and event.site.line == 3 for event in run.all(MetricsLogged))
    names = [gradient.name.rpartition("/")[2] for gradient in seen.gradients(run).gradients]
    assert names == ["kernel", "bias", "kernel", "bias"]
    assert not run.all(FunctionTraced)


def test_a_second_fit_goes_on(session: LiveSession) -> None:
    session.check("model = make_model()\nfit = lambda: model.fit(x, y, batch_size=8, epochs=2, verbose=0)", cell=1)
    first, second = session.check("fit()", cell=2), session.check("fit()", cell=2)

    assert [step for step, _ in seen.metrics(first, "keras")["loss"]] == [0, 1]
    assert [step for step, _ in seen.metrics(second, "keras")["loss"]] == [2, 3]
    assert (seen.first_step(first), seen.first_step(second)) == (0, 10)


def test_a_train_step_of_the_learners(session: LiveSession) -> None:
    run = session.check(
        """
model = Learner()
model.compile(optimizer="sgd")
model.fit(x[:20], y[:20], batch_size=8, epochs=1, verbose=0)
""",
        cell=1,
    )

    assert len(seen.losses(run, GRADIENT)) == 3
    name = seen.gradients(run).gradients[0].name
    assert name.startswith("learner/dense")
    assert name.endswith("/kernel")
    [trace] = run.all(FunctionTraced)
    assert (trace.function, trace.line, trace.ordinal, trace.cause) == ("Learner.train_step", TRAIN_STEP, 1, "first")
    assert trace.site is not None
    assert trace.site.line == 4


def test_train_on_batch(session: LiveSession) -> None:
    run = session.check(
        """
model = make_model()
print(json.dumps([float(model.train_on_batch(x[:8], y[:8])[0]) for _ in range(3)]))
""",
        cell=1,
    )

    losses = seen.losses(run)
    assert len(losses) == 3
    assert losses[0] == seen.printed(run)[0]


@pytest.mark.parametrize("eager", [True, False], ids=["eager", "graph"])
def test_a_scaled_loss_is_shown_unscaled(session: LiveSession, eager: bool) -> None:
    run = session.check(
        f"""
keras.mixed_precision.set_global_policy("mixed_float16")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, dtype="float32")])
keras.mixed_precision.set_global_policy("float32")
optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01), initial_scale=1024.0)
model.compile(optimizer=optimizer, loss="mse", run_eagerly={eager})
h = model.fit(x, y, batch_size=40, epochs=1, verbose=0)
print(json.dumps(h.history["loss"]))
""",
        cell=1,
    )

    assert seen.losses(run) == pytest.approx(seen.printed(run), rel=1e-6)
    assert seen.gradients(run).loss == pytest.approx(seen.printed(run)[0], rel=1e-6)


def test_evaluate_and_predict_say_nothing(session: LiveSession) -> None:
    run = session.check("model = make_model()\nmodel.evaluate(x, y, verbose=0)\nmodel.predict(x, verbose=0)", cell=1)

    assert not run.all(MetricsLogged)
    assert not run.all(GradientsRecorded)
    assert not run.all(FunctionTraced)


@pytest.mark.parametrize("hide", ["", "sys.modules['tensorboard'] = None"], ids=["tensorboard", "tensorflow alone"])
@pytest.mark.parametrize("wrap", ["", "@tf.function"], ids=["eager", "graph"])
def test_tf_summary(session: LiveSession, wrap: str, hide: str) -> None:
    run = session.check(
        f"""
import sys, tempfile
{hide}
folder = tempfile.mkdtemp()
writer = tf.summary.create_file_writer(folder)

{wrap}
def write(value, step):
    with writer.as_default(), tf.summary.record_if(step % 2 == 0):
        tf.summary.scalar("plain", value, step=step)
        with tf.name_scope("scope"):
            tf.summary.scalar("scoped", 2.0 * value, step=tf.cast(step, tf.int64))

for i in range(6):
    write(tf.constant(float(i)), tf.constant(i, tf.int64))
tf.summary.scalar("alone", 1.5, step=3)
writer.flush()
import glob, os
assert sum(map(os.path.getsize, glob.glob(folder + "/events*"))) > 300
""",
        cell=1,
    )

    assert seen.metrics(run, "summary") == {
        "plain": [(0, 0.0), (2, 2.0), (4, 4.0)],
        "scope/scoped": [(0, 0.0), (2, 4.0), (4, 8.0)],
        "alone": [(3, 1.5)],
    }


@pytest.mark.parametrize("wrap", ["", "@tf.function"], ids=["eager", "graph"])
def test_lab_log(session: LiveSession, wrap: str) -> None:
    run = session.check(
        f"""
from tflab import lab
lab.log(10, a=1.0, b=2)
lab.log(a=np.float32(3.0), c=tf.Variable(4.0))

{wrap}
def step(value):
    lab.log(inside=value * 2.0, whole=tf.cast(value, tf.int32))
    lab.log(tf.cast(value, tf.int64) * 10, numbered=value)

for i in range(4):
    step(tf.constant(float(i)))
try:
    lab.log(bad=tf.zeros([3]))
except ValueError as error:
    print(json.dumps(str(error)))
""",
        cell=1,
    )

    assert seen.metrics(run, "log") == {
        "a": [(10, 1.0), (11, 3.0)],
        "b": [(10, 2.0)],
        "c": [(0, 4.0)],
        "inside": [(0, 0.0), (1, 2.0), (2, 4.0), (3, 6.0)],
        "whole": [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0)],
        "numbered": [(0, 0.0), (10, 1.0), (20, 2.0), (30, 3.0)],
    }
    assert "(3,)" in seen.printed(run)

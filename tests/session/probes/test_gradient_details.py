"""What there is to a gradient beside its norm: zeros, dead units, what is not finite, clipping, moved weights."""

from __future__ import annotations

import math

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession, Run
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded

SETUP = """
import json
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1)
x = tf.random.normal([16, 8])

class Net(tf.Module):
    # Large enough a graph that details are asked for; unit 0 of the hidden layer is dead.
    def __init__(self):
        self.w = tf.Variable(tf.random.normal([8, 4]), name="w")
        self.b = tf.Variable([-100.0, 100.0, 100.0, 100.0], name="b")
        self.v = tf.Variable(tf.random.normal([4, 3]), name="v")

    def loss(self, x):
        hidden = tf.nn.relu(x @ self.w + self.b)
        out = hidden @ self.v
        for _ in range(80):
            out = tf.identity(out)
        return tf.reduce_mean(out ** 2) * 1e-5

    def variables_(self):
        return [self.w, self.b, self.v]

def make(optimizer, clip=lambda gradients: gradients, factor=1.0):
    net = Net()
    def step():
        with tf.GradientTape() as tape:
            loss = net.loss(x) * factor
        gradients = tape.gradient(loss, net.variables_())
        optimizer.apply_gradients(zip(clip(gradients), net.variables_()))
        return loss, tf.stack([tf.norm(g) for g in gradients])
    return net, step
"""
FORMS = {"eager": "{}", "graph": "tf.function({})", "xla": "tf.function({}, jit_compile=True)"}


@pytest.fixture
def session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


def records(run: Run) -> dict[str, GradientRecord]:
    """The latest record of each variable in the last step of the cell."""
    return {record.name: record for record in seen.gradients(run).gradients}


def run_steps(session: LiveSession, form: str, arguments: str, steps: int = 3) -> Run:
    wrapped = FORMS[form].format("step")
    return session.check(
        f"net, step = make({arguments})\nstep = {wrapped}\nfor _ in range({steps}):\n    loss, norms = step()\n"
        "print(json.dumps(norms.numpy().tolist()))",
        cell=1,
    )


@pytest.mark.parametrize("form", FORMS)
def test_zeros_and_dead_units(session: LiveSession, form: str) -> None:
    found = records(run_steps(session, form, "keras.optimizers.SGD(1e-3)"))

    # A quarter of the hidden units never fires: a column of `w`, an element of `b`, a row of `v`.
    assert found["w"].dead == pytest.approx(0.25)
    assert found["w"].zeros == pytest.approx(0.25)
    assert found["b"].dead == pytest.approx(0.25)
    assert found["v"].dead == 0.0
    assert found["v"].zeros == pytest.approx(0.25)
    assert {record.nan for record in found.values()} == {0}
    assert {record.inf for record in found.values()} == {0}
    assert {record.applied_norm for record in found.values()} == {None}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_finite_is_counted(session: LiveSession, form: str) -> None:
    found = records(run_steps(session, form, "keras.optimizers.SGD(0.0), factor=np.nan", steps=1))

    # XLA gives the dead unit zeros.
    assert found["w"].nan in (24, 32)
    assert found["w"].norm is not None
    assert math.isnan(found["w"].norm)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("optimizer", "clip"),
    [
        ("keras.optimizers.SGD(1e-9, global_clipnorm=0.5)", "lambda gradients: gradients"),
        ("keras.optimizers.SGD(1e-9)", "lambda gradients: tf.clip_by_global_norm(gradients, 0.5)[0]"),
    ],
    ids=["by the optimizer", "by hand"],
)
def test_before_and_after_clipping(session: LiveSession, form: str, optimizer: str, clip: str) -> None:
    run = run_steps(session, form, f"{optimizer}, {clip}, factor=1e3")
    norms = seen.printed(run)
    found = records(run)

    whole = math.sqrt(sum(norm**2 for norm in norms))
    assert whole > 0.5
    for name, norm in zip("wbv", norms, strict=True):
        assert found[name].norm == pytest.approx(norm, rel=1e-3)
        assert found[name].applied_norm == pytest.approx(norm * 0.5 / whole, rel=1e-2)


@pytest.mark.parametrize("form", FORMS)
def test_how_far_the_weights_moved(session: LiveSession, form: str) -> None:
    # Several steps, with time between them to be measured at.
    run = session.check(
        f"""
import time
net, step = make(keras.optimizers.SGD(1e-3))
step = {FORMS[form].format("step")}
for _ in range(4):
    before = [v.numpy() for v in net.variables_()]
    step()
    time.sleep(0.6)
ratios = [float(np.linalg.norm(v.numpy() - b) / np.linalg.norm(v.numpy())) for v, b in zip(net.variables_(), before)]
print(json.dumps(ratios))
""",
        cell=1,
    )
    found = records(run)

    # Between two steps of a slow change the ratio is about the same.
    for name, ratio in zip("wv", (seen.printed(run)[0], seen.printed(run)[2]), strict=True):
        assert found[name].update_ratio == pytest.approx(ratio, rel=0.5)


@pytest.mark.parametrize("form", ["eager", "graph"])
def test_two_networks_take_turns(session: LiveSession, form: str) -> None:
    run = session.check(
        f"""
one, two = Net(), Net()
first, second = keras.optimizers.SGD(1e-9, clipnorm=1e-3), keras.optimizers.SGD(1e-9)
def step():
    with tf.GradientTape(persistent=True) as tape:
        a, b = one.loss(x) * 1e3, two.loss(x)
    ga = tape.gradient(a, one.variables_())
    gb = tape.gradient(b, two.variables_())
    first.apply_gradients(zip(ga, one.variables_()))
    second.apply_gradients(zip(gb, two.variables_()))
step = {FORMS[form].format("step")}
for _ in range(3):
    step()
""",
        cell=1,
    )
    latest = {event.site.line: event for event in run.all(GradientsRecorded)}
    clipped, plain = (latest[line].gradients for line in sorted(latest))
    assert [record.applied_norm for record in clipped] == [pytest.approx(1e-3, rel=1e-3)] * 3
    assert [record.applied_norm for record in plain] == [None] * 3


def test_a_sparse_gradient(session: LiveSession) -> None:
    run = session.check(
        """
table = tf.Variable(tf.ones([10, 2]), name="table")
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.gather(table, [1, 2]) ** 2)
g = tape.gradient(loss, table)
""",
        cell=1,
    )
    record = records(run)["table"]
    assert record.zeros == pytest.approx(0.8)
    assert record.dead is None


def test_scaled_gradients_are_unscaled_when_applied(session: LiveSession) -> None:
    run = session.check(
        """
net = Net()
optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(1e-9), initial_scale=1024.0)
@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = net.loss(x)
        scaled = optimizer.scale_loss(loss)
    gradients = tape.gradient(scaled, net.variables_())
    optimizer.apply_gradients(zip(gradients, net.variables_()))
step(), step()
""",
        cell=1,
    )
    for record in records(run).values():
        assert record.applied_norm is not None
        assert record.norm == pytest.approx(1024 * record.applied_norm, rel=1e-3)


def test_fit_and_a_small_graph(session: LiveSession) -> None:
    run = session.check(
        """
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(16, "relu"),
                          keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(1e-3, clipnorm=1e-4), "mse")
model.fit(np.ones((64, 8)), np.ones((64, 1)), batch_size=8, verbose=0)
""",
        cell=1,
    )
    for record in records(run).values():
        assert record.norm is not None
        # A gradient below the limit is left as it is.
        assert record.applied_norm == pytest.approx(min(record.norm, 1e-4), rel=1e-3)
        assert record.zeros is not None


@pytest.mark.parametrize("form", FORMS)
def test_it_is_told_which_step_was_asked(session: LiveSession, form: str) -> None:
    run = run_steps(session, form, "keras.optimizers.SGD(1e-3)", steps=5)
    last = seen.gradients(run)

    # The first step is always asked; how many later ones is a matter of time.
    for asked in (last.details_step, last.update_step):
        assert asked is not None
        assert seen.first_step(run) <= asked <= last.step


@pytest.mark.parametrize("form", ["tf.function(step)", "tf.function(step, jit_compile=True)"])
def test_how_far_a_small_graph_moved_its_weights_is_looked_at_around_a_call(session: LiveSession, form: str) -> None:
    run = session.check(
        f"""
w = tf.Variable(tf.ones([3]), name="w")
optimizer = keras.optimizers.SGD(0.1)
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w ** 2)
    optimizer.apply_gradients([(tape.gradient(loss, w), w)])
step = {form}
for _ in range(5):
    step()
""",
        cell=1,
    )
    # Each step takes a fifth of what is left.
    assert records(run)["w"].update_ratio == pytest.approx(0.2, rel=1e-4)


def test_a_call_of_several_steps_tells_no_ratio_of_all_together(session: LiveSession) -> None:
    run = session.check(
        """
w = tf.Variable(tf.ones([3]), name="w")
optimizer = keras.optimizers.SGD(0.1)
@tf.function(autograph=False)
def steps():
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(w ** 2)
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])
steps()
steps()
""",
        cell=1,
    )
    for event in run.all(GradientsRecorded):
        assert [record.update_ratio for record in event.gradients] == [None]


def test_a_loop_inside_a_graph_tells_how_far_each_step_moved(session: LiveSession) -> None:
    run = session.check(
        """
w = tf.Variable(tf.ones([3]), name="w")
optimizer = keras.optimizers.SGD(0.1)
@tf.function
def steps(count):
    for _ in tf.range(count):
        with tf.GradientTape() as tape:
            out = w
            for _ in range(100):
                out = tf.identity(out)
            loss = tf.reduce_sum(out ** 2)
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])
steps(tf.constant(5))
""",
        cell=1,
    )
    # Against what is left after the step.
    assert records(run)["w"].update_ratio == pytest.approx(0.25, rel=1e-4)

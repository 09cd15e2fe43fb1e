"""Each cause of a None gradient, by the smallest program that has it; None where nobody can tell."""

from __future__ import annotations

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession
from tflab.protocol.gradient_events import GradientsRecorded

SETUP = """
import numpy as np
import tensorflow as tf

w = tf.Variable([1.0, 2.0], name="w")
v = tf.Variable(2.0, name="v")
frozen = tf.Variable(3.0, trainable=False, name="frozen")
count = tf.Variable(3, name="count")
x = tf.constant([1.0, 1.0])
"""

EVERYWHERE = {
    "an integer source": ("l = tf.cast(count, tf.float32) * 2.0", "count", "integer"),
    "an integer target": ("l = tf.argmax(w)", "w", "integer"),
    "not trainable": ("l = frozen * 2.0", "frozen", "untrainable"),
    "never used": ("l = tf.reduce_sum(w)", "v", "unused"),
    "a plain tensor": ("l = tf.reduce_sum(x * x)", "x", "not-watched"),
}
ON_THE_WAY = {
    "stop_gradient": ("l = tf.reduce_sum(tf.stop_gradient(w * 2.0))", "w", "stop-gradient"),
    "a variable as it is": ("l = v + tf.reduce_sum(tf.stop_gradient(w))", "w", "stop-gradient"),
    "stopped on one of two ways": ("l = tf.reduce_sum(w) + tf.stop_gradient(v * 2.0)", "v", "stop-gradient"),
    "rounded": ("l = tf.reduce_sum(tf.round(w * 2.0) * 3.0)", "w", "non-differentiable"),
    "cast to integers": ("l = tf.reduce_sum(tf.cast(tf.cast(w, tf.int32), tf.float32))", "w", "integer"),
    "through NumPy": (
        "l = tf.reduce_sum(tf.numpy_function(np.square, [w * 1.0], tf.float32))",
        "w",
        "left-tensorflow",
    ),
    "not connected": ("l = tf.reduce_sum(w * 0.0 + x); w * 1.0", "v", "unused"),
}


@pytest.fixture
def session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


def cause_in(session: LiveSession, body: str, *, graph: bool) -> str | None:
    lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    wrap = "@tf.function\n" if graph else ""
    run = session.check(f"{wrap}def step():\n{lines}    return tf.constant(0.0)\n\nstep()\n", cell=1)
    [gradient] = seen.gradients(run).gradients
    assert gradient.kind == "none"
    assert gradient.norm is None
    return gradient.cause


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize("case", EVERYWHERE)
def test_what_static_rules_find(session: LiveSession, case: str, graph: bool) -> None:
    loss, source, cause = EVERYWHERE[case]
    body = f"with tf.GradientTape() as tape:\n    {loss}\ntape.gradient(l, {source})"
    assert cause_in(session, body, graph=graph) == cause


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize("case", ON_THE_WAY)
def test_what_was_computed_shows(session: LiveSession, case: str, graph: bool) -> None:
    loss, source, cause = ON_THE_WAY[case]
    body = f"with tf.GradientTape() as tape:\n    {loss}\ntape.gradient(l, {source})"
    assert cause_in(session, body, graph=graph) == cause


LEFT = {
    "numpy()": "l = tf.reduce_sum(tf.constant(np.square((w * 1.0).numpy())))",
    "a function of NumPy": "l = tf.reduce_sum(np.mean(w * 2.0, axis=0))",
    "float()": "l = tf.constant(float(v * 2.0)) * 2.0",
    "a target of NumPy's": "l = tf.constant((w * 2.0).numpy()[0])",
}


@pytest.mark.parametrize("case", LEFT)
def test_values_that_left_tensorflow(session: LiveSession, case: str) -> None:
    source = "v" if "(v" in LEFT[case] else "w"
    body = f"with tf.GradientTape() as tape:\n    {LEFT[case]}\ntape.gradient(l, {source})"
    assert cause_in(session, body, graph=False) == "left-tensorflow"


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
def test_an_unwatching_tape(session: LiveSession, graph: bool) -> None:
    body = """
with tf.GradientTape(watch_accessed_variables=False) as tape:
    l = tf.reduce_sum(w)
tape.gradient(l, w)
"""
    assert cause_in(session, body, graph=graph) == "not-watched"


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
def test_a_loss_from_before_the_tape(session: LiveSession, graph: bool) -> None:
    body = """
l = tf.reduce_sum(w * w)
with tf.GradientTape() as tape:
    pass
tape.gradient(l, w)
"""
    assert cause_in(session, body, graph=graph) == "outside-tape"


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
def test_a_loss_from_after_the_tape(session: LiveSession, graph: bool) -> None:
    body = """
with tf.GradientTape() as tape:
    y = w * w
l = tf.reduce_sum(y)
tape.gradient(l, w)
"""
    assert cause_in(session, body, graph=graph) == "outside-tape"


def test_inside_another_tape(session: LiveSession) -> None:
    body = """
with tf.GradientTape() as outer:
    with tf.GradientTape() as tape:
        l = tf.reduce_sum(w)
    tape.gradient(l, x)
"""
    assert cause_in(session, body, graph=False) == "not-watched"


def test_a_variable_that_became_a_tensor(session: LiveSession) -> None:
    run = session.check(
        """
u = tf.Variable(1.0, name="u")
for _ in range(3):
    with tf.GradientTape() as tape:
        l = u * u
    g = tape.gradient(l, u)
    if g is not None:
        u = u - 0.1 * g
""",
        cell=1,
    )
    [gradient] = seen.gradients(run).gradients
    assert (gradient.kind, gradient.cause) == ("none", "variable-replaced")


def test_a_persistent_tape_and_a_model(session: LiveSession) -> None:
    run = session.check(
        """
import keras
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.Dense(1)])
other = keras.layers.Dense(1)
other.build((2,))
call = tf.function(lambda x: model(x))
with tf.GradientTape(persistent=True) as tape:
    one = tf.reduce_sum(tf.stop_gradient(model(x[None])))
    two = tf.reduce_sum(call(x[None]))
tape.gradient(one, model.trainable_variables[0])
tape.gradient(two, [*model.trainable_variables, other.kernel])
""",
        cell=1,
    )
    first, second = run.all(GradientsRecorded)
    assert [gradient.cause for gradient in first.gradients] == ["stop-gradient"]
    assert [gradient.cause for gradient in second.gradients] == [None] * 4 + ["unused"]
    assert [gradient.kind for gradient in second.gradients] == ["dense"] * 4 + ["none"]


def test_only_the_first_run_of_a_block_leaves_a_trail(session: LiveSession) -> None:
    run = session.check(
        """
from tensorflow.python.eager import context, execute
callbacks = []

def step():
    with tf.GradientTape() as tape:
        callbacks.append(len(context.context().op_callbacks))
        l = tf.reduce_sum(w * w)
    callbacks.append(len(context.context().op_callbacks))
    tape.gradient(l, w)

step(), step()
try:
    with tf.GradientTape():
        raise KeyError
except KeyError:
    callbacks.append(len(context.context().op_callbacks))
tape = tf.GradientTape()
tape.__enter__()
print(callbacks, execute.execute is execute.quick_execute)
""",
        cell=1,
    )
    assert run.text() == "[1, 0, 0, 0, 0] False\n"
    after = session.check(
        "print(len(context.context().op_callbacks), execute.execute is execute.quick_execute)", cell=2
    )
    assert after.text() == "0 True\n"


def test_a_jacobian_without_gradient(session: LiveSession) -> None:
    body = "with tf.GradientTape() as tape:\n    l = w * w\ntape.jacobian(l, v)"
    assert cause_in(session, body, graph=False) == "unused"

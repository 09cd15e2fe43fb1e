"""Each cause of a None gradient, by the smallest program that has it; None where nobody can tell."""

from __future__ import annotations

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession

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
IN_GRAPHS = {
    "stop_gradient": ("l = tf.reduce_sum(tf.stop_gradient(w * 2.0))", "w", "stop-gradient"),
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


@pytest.mark.parametrize("case", IN_GRAPHS)
def test_what_the_graph_shows(session: LiveSession, case: str) -> None:
    loss, source, cause = IN_GRAPHS[case]
    body = f"with tf.GradientTape() as tape:\n    {loss}\ntape.gradient(l, {source})"
    assert cause_in(session, body, graph=True) == cause


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


def test_a_loss_from_after_the_tape(session: LiveSession) -> None:
    body = """
with tf.GradientTape() as tape:
    y = w * w
l = tf.reduce_sum(y)
tape.gradient(l, w)
"""
    assert cause_in(session, body, graph=True) == "outside-tape"


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


def test_eager_code_with_a_cut_on_the_way_is_not_guessed_at(session: LiveSession) -> None:
    body = "with tf.GradientTape() as tape:\n    l = tf.reduce_sum(tf.round(w * 2.0))\ntape.gradient(l, w)"
    assert cause_in(session, body, graph=False) is None


def test_a_jacobian_without_gradient(session: LiveSession) -> None:
    body = "with tf.GradientTape() as tape:\n    l = w * w\ntape.jacobian(l, v)"
    assert cause_in(session, body, graph=False) == "unused"

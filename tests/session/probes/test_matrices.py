"""Jacobians and Hessians are told as the matrices that they are, and their elements can be read."""

from __future__ import annotations

import math

import pytest

from tests.sessions import LiveSession, Run
from tflab.protocol.events import MetricsLogged, TensorsRecorded
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded, MatrixFacts
from tflab.protocol.requests import ReadTensorRequest
from tflab.protocol.tensor_looks import TensorRead

SETUP = """
import numpy as np
import tensorflow as tf

x = tf.Variable([1.0, 2.0], name="x")
y = tf.Variable([0.5], name="y")
matrix = tf.constant([[2.0, 1.0], [1.0, -3.0]])
"""
WRAPS = ["", "@tf.function", "@tf.function(jit_compile=True)"]


@pytest.fixture
def session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


def record_in(run: Run, line: int, name: str) -> GradientRecord:
    """The latest record of a source of the call on ``line``."""
    events = [event for event in run.all(GradientsRecorded) if event.site.line == line]
    return next(record for record in events[-1].gradients if record.name == name)


def matrix_in(run: Run, line: int, name: str) -> MatrixFacts:
    facts = record_in(run, line, name).matrix
    assert facts is not None
    return facts


@pytest.mark.parametrize("wrap", WRAPS, ids=["eager", "graph", "xla"])
def test_a_hessian(session: LiveSession, wrap: str) -> None:
    run = session.check(
        f"""
{wrap}
def hessian():
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = tf.reduce_sum(x * tf.linalg.matvec(matrix, x)) / 2.0 + tf.reduce_sum(x) * y[0] ** 2
        gradient = inner.gradient(loss, x)
    return outer.jacobian(gradient, [x, y])

whole, mixed = hessian()
np.testing.assert_allclose(whole, matrix)
""",
        cell=1,
    )

    record = record_in(run, 8, "x")
    facts = matrix_in(run, 8, "x")
    assert record.derivative == "hessian"
    assert record.norm == pytest.approx(math.sqrt(15), rel=1e-5)
    assert facts.shape == (2, 2)
    assert facts.symmetric is True
    # Of [[2, 1], [1, -3]].
    assert facts.smallest == pytest.approx(-0.5 - math.sqrt(7.25), rel=1e-5)
    assert facts.largest == pytest.approx(-0.5 + math.sqrt(7.25), rel=1e-5)
    assert facts.condition == pytest.approx((0.5 + math.sqrt(7.25)) / (math.sqrt(7.25) - 0.5), rel=1e-4)
    other = record_in(run, 8, "y")
    assert other.derivative == "second"
    assert other.matrix is not None
    assert other.matrix.shape == (2, 1)
    assert other.matrix.symmetric is None


@pytest.mark.parametrize("wrap", WRAPS[:2], ids=["eager", "graph"])
def test_its_elements_can_be_read(session: LiveSession, wrap: str) -> None:
    run = session.check(
        f"""
{wrap}
def jacobian():
    with tf.GradientTape() as tape:
        out = x ** 3
    return tape.jacobian(out, x)

_ = jacobian()
""",
        cell=1,
    )

    facts = matrix_in(run, 6, "x")
    assert facts.symmetric is True
    assert facts.smallest == pytest.approx(3.0)
    assert facts.largest == pytest.approx(12.0)
    listed = {tensor.name: tensor for tensor in run.all(TensorsRecorded)[-1].tensors}
    assert listed[facts.tensor].shape == (2, 2)
    session.client.send(ReadTensorRequest(request_id=1, name=facts.tensor))
    *_, answer = session.wait_for(lambda event: isinstance(event, TensorRead))
    assert isinstance(answer, TensorRead)
    assert [list(row) for row in answer.elements] == [[3.0, 0.0], [0.0, 12.0]]


def test_batch_jacobians_and_singular_matrices(session: LiveSession) -> None:
    run = session.check(
        """
points = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 0.0]])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(points)
    each = points ** 2
batch = tape.batch_jacobian(each, points)
with tf.GradientTape() as tape:
    one = tf.stack([tf.reduce_sum(x), 2.0 * tf.reduce_sum(x)])
whole = tape.jacobian(one, x)
""",
        cell=1,
    )

    batch = record_in(run, 6, "points")
    assert batch.derivative == "batch_jacobian"
    assert batch.matrix is not None
    assert batch.matrix.shape == (3, 2, 2)
    assert batch.matrix.largest == pytest.approx(10.0)
    assert batch.matrix.condition == math.inf
    singular = matrix_in(run, 9, "x")
    assert singular.symmetric is False
    assert singular.condition == math.inf


@pytest.mark.parametrize("wrap", WRAPS[:2], ids=["eager", "graph"])
def test_a_hessian_vector_product_is_no_curve(session: LiveSession, wrap: str) -> None:
    run = session.check(
        f"""
{wrap}
def product(v):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = tf.reduce_sum(x * tf.linalg.matvec(matrix, x)) / 2.0
        gradient = inner.gradient(loss, x)
    return outer.gradient(gradient, x, output_gradients=v)

np.testing.assert_allclose(product(tf.constant([1.0, 0.0])), [2.0, 1.0])
""",
        cell=1,
    )

    record = record_in(run, 8, "x")
    assert record.derivative == "hessian_vector"
    assert record.norm == pytest.approx(math.sqrt(5), rel=1e-5)
    assert record.matrix is None
    assert {event.site.line for event in run.all(MetricsLogged) if event.site} == {7}


def test_what_is_not_finite_has_no_spectrum(session: LiveSession) -> None:
    run = session.check(
        """
with tf.GradientTape() as tape:
    out = tf.sqrt(x - x)
bad = tape.jacobian(out, x)
""",
        cell=1,
    )

    facts = matrix_in(run, 4, "x")
    assert facts.shape == (2, 2)
    assert facts.smallest is facts.condition is facts.symmetric is None

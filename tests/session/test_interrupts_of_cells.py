"""Interrupts of real cells. What TensorFlow does meanwhile differs; the cell ends, quietly, and the next one works."""

from __future__ import annotations

import pytest

from tests.sessions import LiveSession, WarmServer
from tflab.protocol.events import InputRequested

SETUP = """
import time
import tensorflow as tf
X = tf.random.normal([64, 8])
Y = tf.reduce_sum(X, 1, keepdims=True)
w = tf.Variable(tf.zeros([8, 1]))

@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w - y) ** 2)
    w.assign_sub(1e-4 * tape.gradient(loss, w))
    return loss

@tf.function
def busy(n):
    x = tf.ones((300, 300))
    for i in tf.range(n):
        x = tf.tanh(x @ x)
    return x

model = tf.keras.Sequential([tf.keras.Input([8]), tf.keras.layers.Dense(1)])
model.compile("sgd", "mse")
step(X, Y); busy(tf.constant(1)); model.fit(X, Y, verbose=0);
"""


@pytest.fixture(scope="module")
def trained(warm_server: WarmServer) -> object:
    with warm_server.session() as session:
        session.check(SETUP)
        yield session


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "time.sleep(600)",
        "busy(tf.constant(10**9))",
        "model.fit(X, Y, epochs=10**6, verbose=0)",
        "while True: step(X, Y)",
        "M = tf.random.normal([3000, 3000])\nwhile True: M @ M",
        "while True:\n    with tf.GradientTape() as tape:\n        loss = tf.reduce_mean((X @ w - Y) ** 2)\n"
        "    tape.gradient(loss, w)",
        "for x in tf.data.Dataset.range(10**9).map(lambda x: x + 1).batch(4): pass",
        "while True:\n    try:\n        busy(tf.constant(200))\n    except Exception:\n        pass",
        "while True:\n    try:\n        busy(tf.constant(10**9))\n    except Exception:\n        pass",
        "while True: print('flood' * 20)",
        "import asyncio\nawait asyncio.sleep(600)",
        "async def spin():\n    while True: pass\nawait spin()",
        "!sleep 600",
    ],
)
def test_a_cell_stops_and_the_next_one_works(trained: LiveSession, source: str) -> None:
    trained.start(f"print('on')\n{source}")
    trained.wait_for_text("on\n")

    trained.interrupt()
    run = trained.finish()

    assert run.finished.status == "interrupted"
    assert run.finished.error is not None
    assert run.finished.error.message == "Interrupted"
    assert run.finished.error.traceback == ""
    assert "Traceback" not in run.text("stderr")
    assert trained.check("float(step(X, Y)) >= 0, busy(tf.constant(2)).shape").results == [
        "(True, TensorShape([300, 300]))"
    ]


def test_input_can_be_interrupted_and_asked_again(session: LiveSession) -> None:
    session.start("input('name? ')")
    session.wait_for(lambda event: isinstance(event, InputRequested))
    session.interrupt()
    assert session.finish().finished.status == "interrupted"

    session.start("input('name? ')")
    session.wait_for(lambda event: isinstance(event, InputRequested))


def test_an_interrupt_before_and_after_a_cell_is_nothing(session: LiveSession) -> None:
    session.interrupt()
    session.check("1")
    session.interrupt()
    session.interrupt()
    assert session.check("import time; time.sleep(0.6); 'slept'").results == ["'slept'"]


def test_an_interrupt_right_behind_its_cell_is_never_lost(session: LiveSession) -> None:
    for _ in range(50):
        session.start("while True: pass")
        session.interrupt()
        assert session.finish().finished.status == "interrupted"
    assert session.check("1").results == ["1"]


def test_code_that_catches_the_interrupt_ends_as_it_wants(session: LiveSession) -> None:
    # Not the loop first: Python 3.11 then looks for the handler one instruction too early.
    session.start(
        "print('on')\ntry:\n    n = 0\n    while True: n += 1\nexcept KeyboardInterrupt:\n    print('caught')\n'result'"
    )
    session.wait_for_text("on\n")

    session.interrupt()
    run = session.finish()

    assert run.finished.status == "ok"
    assert run.text() == "caught\n"
    assert run.results == ["'result'"]


def test_many_interrupts_of_many_cells_never_hit_the_wrong_one(session: LiveSession) -> None:
    for _ in range(15):
        session.start("print('on')\nwhile True: pass")
        session.wait_for_text("on\n")
        session.interrupt()
        session.interrupt()
        assert session.finish().finished.status == "interrupted"
        assert session.check("sum(range(1000))").results == ["499500"]


def test_the_learners_own_keyboard_interrupt_is_one(session: LiveSession) -> None:
    assert session.run("raise KeyboardInterrupt").finished.status == "interrupted"

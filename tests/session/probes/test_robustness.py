"""Programs that reset, interrupt, thread, fork and break things: the probes go on, and never stand in the way."""

from __future__ import annotations

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession, Run, WarmServer
from tflab.protocol.events import CellFinished, Event, MetricsLogged, ProbeDisabled
from tflab.protocol.gradient_events import GradientsRecorded

STEP = """
import json, threading, time
import numpy as np
import tensorflow as tf
import keras
w = tf.Variable(tf.ones([3]), name="w")

def body(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((w * x) ** 2)
    w.assign_sub(0.001 * tape.gradient(loss, w))
    return loss

step = tf.function(body)
x = tf.ones([3])
"""


def test_clearing_keras_in_the_middle(session: LiveSession) -> None:
    session.check(STEP)
    run = session.check("a = [float(step(x)) for _ in range(3)]\nkeras.backend.clear_session()\na += [float(step(x))]")
    assert len(seen.losses(run)) == 4
    run = session.check(
        """
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)), batch_size=4, verbose=0)
"""
    )
    assert len(seen.losses(run)) == 2


def test_a_reset_context_takes_the_rings_along_and_nothing_else(session: LiveSession) -> None:
    session.check(STEP + "\nstep(x)")
    run = session.check(
        """
from tensorflow.python.eager import context
context._reset_context()
w = tf.Variable(tf.ones([3]), name="w")
step = tf.function(body)
time.sleep(0.3)
print(json.dumps([float(step(tf.ones([3]))) for _ in range(3)]))
"""
    )
    assert run.all(MetricsLogged)[-1].values[-1] == seen.printed(run)[-1]
    assert not run.all(ProbeDisabled)


@pytest.mark.parametrize("step", ["body", "step"])
def test_an_interrupted_loop_tells_what_ran(session: LiveSession, step: str) -> None:
    session.check(STEP)
    session.start(f"print('go')\nwhile True:\n    {step}(x)")
    session.wait_for(lambda event: isinstance(event, MetricsLogged))
    session.interrupt()
    run = session.finish()
    assert run.finished.status == "interrupted"
    after = session.check(f"print(float({step}(x)))")
    assert len(seen.losses(after)) == 1


def test_an_exception_in_the_middle_tells_what_ran(session: LiveSession) -> None:
    session.check(STEP)
    run = session.run("for i in range(5):\n    step(x)\nraise ValueError")
    assert run.finished.status == "error"
    assert len(seen.losses(run)) == 5


def test_steps_in_other_threads_and_between_cells(session: LiveSession) -> None:
    session.check(STEP)
    run = session.check(
        """
def train():
    for _ in range(20):
        body(x)
        step(x)

threads = [threading.Thread(target=train) for _ in range(3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
    )
    logged = [event for event in run.all(MetricsLogged) if event.name == "loss"]
    assert sum(len(event.values) for event in logged) == 120
    session.start("late = threading.Timer(0.3, lambda: [step(x) for _ in range(4)])\nlate.start()")
    events = session.wait_for(
        lambda event: isinstance(event, MetricsLogged) and event.cell is None and event.name == "loss"
    )
    assert events


def test_functions_run_eagerly(session: LiveSession) -> None:
    session.check(STEP)
    run = session.check("tf.config.run_functions_eagerly(True)\na = [float(step(x)) for _ in range(3)]")
    assert len(seen.losses(run)) == 3
    session.check("tf.config.run_functions_eagerly(False)")


def test_devices_and_seeds_can_be_set_first(warm_server: WarmServer) -> None:
    with warm_server.session() as live:
        run = live.check(
            """
import tensorflow as tf
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
tf.config.threading.set_inter_op_parallelism_threads(2)
tf.config.optimizer.set_jit(False)
print(len(tf.config.list_logical_devices("CPU")))
"""
        )
    assert run.text() == "2\n"


def test_a_slow_reader_misses_no_loss(session: LiveSession) -> None:
    session.check(STEP)
    session.reading.clear()
    session.start("for i in range(400):\n    step(x)\nprint('done')")
    session.reading.set()
    run = session.finish()
    assert len(seen.losses(run)) == 400


def until_told(session: LiveSession, kind: type[Event], times: int) -> Run:
    """The run of a cell that has just been started, interrupted once it has told of a ``kind`` so many times."""
    left = times

    def is_last(event: Event) -> bool:
        nonlocal left
        assert not isinstance(event, CellFinished)
        left -= isinstance(event, kind)
        return not left

    before = session.wait_for(is_last)
    session.interrupt()
    return Run((*before, *session.finish().events))


def test_losses_come_while_the_loop_runs(session: LiveSession) -> None:
    session.check(STEP)
    session.start("while True:\n    step(x)")
    run = until_told(session, MetricsLogged, 5)
    assert len(run.all(MetricsLogged)) >= 5


def test_gradients_are_bounded_in_rate_and_present_in_every_cell(session: LiveSession) -> None:
    session.check(STEP)
    for step in ("body", "step"):
        session.start(f"while True:\n    {step}(x)\n", cell=5)
        run = until_told(session, GradientsRecorded, 5)
        assert 5 <= len(run.all(GradientsRecorded)) <= 10 * run.finished.seconds + 3
        short = session.check(f"{step}(x)", cell=6)
        assert len(short.all(GradientsRecorded)) == 1


def test_what_is_asked_of_the_probes_is_not_recorded(session: LiveSession) -> None:
    run = session.check(
        STEP
        + """
from tensorflow.python.framework import op_callbacks
seen = []
op_callbacks.add_op_callback(lambda kind, *a, **k: seen.append(kind))
time.sleep(0.5)
op_callbacks.clear_op_callbacks()
print(seen)
"""
    )
    assert run.text() == "[]\n"


def test_no_fault_was_noted(session: LiveSession) -> None:
    session.check(STEP)
    run = session.check(
        """
for _ in range(3):
    body(x), step(x)
from tflab.session.probes.probe_set import active
print(dict(active().journal._faults))
"""
    )
    assert run.text() == "{}\n"

"""The ring itself, read while graphs write to it, and overwritten."""

from __future__ import annotations

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession
from tflab.protocol.gradient_events import GradientsRecorded


def test_what_is_overwritten_is_counted_and_the_rest_is_right(session: LiveSession) -> None:
    run = session.check(
        """
import json
import tensorflow as tf
from tflab.session.probes.ring import Ring

ring = Ring(2, labelled=True)

@tf.function
def write(first, count):
    for i in tf.range(first, first + count):
        ring.write([tf.cast(i, tf.float32), -tf.cast(i, tf.float32)], tf.cast(i, tf.int64) * 2)

assert ring.read() is None
write(0, 10)
a = ring.read()
assert ring.read() is None
write(10, 40000)
b = ring.read()
write(40010, 5)
c = ring.read()
for reading in (a, b, c):
    steps = list(range(reading.first, reading.first + len(reading.rows)))
    assert reading.rows[:, 0].tolist() == [float(step) for step in steps]
    assert reading.rows[:, 1].tolist() == [-float(step) for step in steps]
    assert reading.labels.tolist() == [2 * step for step in steps]
print(json.dumps([[r.first, len(r.rows), r.missed] for r in (a, b, c)] + [ring.slots]))
"""
    )
    first, second, third, slots = seen.printed(run)
    assert first == [0, 10, 0]
    # The slot that the step under way would write to is not trusted.
    assert second == [40010 - slots + 1, slots - 1, 40000 - slots + 1]
    assert third == [40010, 5, 0]


def test_a_compiled_graph_s_ring_counts_and_keeps_the_same(session: LiveSession) -> None:
    run = session.check(
        """
import json
import tensorflow as tf
from tflab.session.probes.compiled_ring import CompiledRing

ring = CompiledRing(2)

@tf.function(jit_compile=True)
def write(first, count):
    for i in tf.range(first, first + count):
        step = ring.write([tf.cast(i, tf.float32), 1.0 / tf.cast(i, tf.float32)])
    return step

assert ring.read() is None
told = [int(write(0, 10))]
a = ring.read()
assert ring.read() is None
told.append(int(write(10, 40000)))
b = ring.read()
told.append(int(write(40010, 1)))
c = ring.read()
for reading in (a, b, c):
    steps = list(range(reading.first, reading.first + len(reading.rows)))
    assert reading.rows[:, 0].tolist() == [float(step) for step in steps]
    assert reading.rows[1:, 1].tolist() == (1.0 / tf.cast(steps[1:], tf.float32)).numpy().tolist()
assert a.rows[0, 1] == float("inf")
print(json.dumps([[r.first, len(r.rows), r.missed] for r in (a, b, c)] + [ring.slots, told]))
"""
    )
    first, second, third, slots, told = seen.printed(run)
    assert told == [9, 40009, 40010]
    assert first == [0, 10, 0]
    assert second == [40010 - slots + 1, slots - 1, 40000 - slots + 1]
    assert third == [40010, 1, 0]


def test_what_is_dearer_is_asked_for_less_often(session: LiveSession) -> None:
    run = session.check(
        """
import json
import tensorflow as tf
from tflab.session.probes.on_demand import NumbersOnDemand

def answers(jit_compile):
    asked = NumbersOnDemand(1, 2, on_host=False)

    @tf.function(jit_compile=jit_compile)
    def step(i):
        asked.write(i, lambda: [tf.cast(i, tf.float32) * 2.0], lambda: [tf.cast(i, tf.float32), tf.constant(7.0)])

    assert asked.read() is None
    found = []
    for i, more in enumerate([False, False, True, False, False, True]):
        for repeat in range(2):
            step(tf.constant(10 * i + repeat))
        found.append(asked.read(more=more))
        assert asked.read() is None
    # Nothing has run since: the wish is added to the question.
    asked.read(more=True)
    step(tf.constant(70))
    found.append(asked.read())
    return found

print(json.dumps([answers(None), answers(True)]))
"""
    )
    for found in seen.printed(run):
        assert found == [
            [0, [0.0], [0.0, 7.0]],
            [10, [20.0], None],
            [20, [40.0], None],
            [30, [60.0], [30.0, 7.0]],
            [40, [80.0], None],
            [50, [100.0], None],
            [70, [140.0], [70.0, 7.0]],
        ]


def test_wide_rows_leave_room_for_fewer(session: LiveSession) -> None:
    run = session.check(
        """
import json
import tensorflow as tf
from tflab.session.probes.ring import Ring
print(json.dumps([Ring(width).slots for width in (1, 2, 8, 9, 34)]))
"""
    )
    assert seen.printed(run) == [16384, 16384, 16384, 8192, 2048]


def test_large_gradients_have_their_norms_on_demand(session: LiveSession) -> None:
    run = session.check(
        """
import json, time
import tensorflow as tf
w = tf.Variable(tf.random.normal([400, 400]), name="w")
b = tf.Variable(tf.zeros([400]), name="b")

@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((x @ w + b) ** 2)
    gradients = tape.gradient(loss, [w, b])
    w.assign_sub(1e-4 * gradients[0])
    return loss, [tf.norm(gradient) for gradient in gradients]

own = []
x = tf.random.normal([8, 400])
loss, norms = step(x)
own.append([float(loss), *map(float, norms)])
deadline = time.monotonic() + 1.5
while time.monotonic() < deadline:
    loss, norms = step(x)
    own.append([float(loss), *map(float, norms)])
print(json.dumps(own))
"""
    )
    own = seen.printed(run)
    assert seen.losses(run) == [row[0] for row in own]
    recorded = run.all(GradientsRecorded)
    assert len(recorded) >= 3
    for event in recorded:
        loss, *norms = own[event.step]
        assert event.loss == loss
        for gradient, norm in zip(event.gradients, norms, strict=True):
            assert gradient.norm == pytest.approx(norm, rel=1e-5)


def test_traces_with_other_sources_share_the_count(session: LiveSession) -> None:
    run = session.check(
        """
import json
import tensorflow as tf
small = [tf.Variable(1.0, name="a")]
more = [tf.Variable(1.0, name="b"), tf.Variable(2.0, name="c"), tf.Variable([3.0] * 5, name="d")]

@tf.function
def step(which, x):
    sources = small if which == 0 else more
    with tf.GradientTape() as tape:
        loss = x * tf.add_n([tf.reduce_sum(v) for v in sources])
    tape.gradient(loss, sources)
    return loss

own = [float(step(i % 2, tf.constant(float(i)))) for i in range(20)]
print(json.dumps(own))
"""
    )
    assert seen.losses(run) == seen.printed(run)
    names = {tuple(gradient.name for gradient in event.gradients) for event in run.all(GradientsRecorded)}
    assert names <= {("a",), ("b", "c", "d")}
    assert seen.gradients(run).step == 19

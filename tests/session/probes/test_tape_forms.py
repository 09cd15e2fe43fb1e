"""The loss of every step and the norms of its gradients, equal to the program's own, in every form of a step."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession, Run, WarmServer
from tflab.protocol.events import FunctionTraced, MetricsLogged
from tflab.protocol.gradient_events import GradientsRecorded

SETUP = """
import json
import numpy as np
import tensorflow as tf
import keras

w = tf.Variable([1.0, 2.0, 3.0], name="w")
b = tf.Variable(0.5)
table = tf.Variable(tf.ones([10, 2]), name="table")
unused = tf.Variable(1.0, name="unused")

def body(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((w * x + b) ** 2) + tf.reduce_sum(tf.gather(table, [1, 1, 2]) ** 2)
    gradients = tape.gradient(loss, [w, b, table, unused])
    w.assign_sub(0.01 * gradients[0])
    return loss, tf.stack([tf.norm(tf.convert_to_tensor(g)) for g in gradients[:3]])

def run(step, n):
    rows = [step(tf.constant([0.1, 0.2, 0.3 + 0.001 * i])) for i in range(n)]
    print(json.dumps({"losses": [float(l) for l, _ in rows], "norms": [n.numpy().tolist() for _, n in rows]}))
"""
BODY_LINE = 15


@pytest.fixture
def session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


def assert_equal_to_the_programs_own(run: Run, names: list[str]) -> None:
    own = seen.printed(run)
    assert seen.losses(run) == own["losses"]
    base = seen.first_step(run)
    recorded = run.all(GradientsRecorded)
    assert recorded
    for event in recorded:
        step = event.step - base
        assert event.loss == own["losses"][step]
        for norm, expected in zip([seen.norms(event)[name] for name in names], own["norms"][step], strict=True):
            assert norm is not None
            assert math.isclose(norm, expected, rel_tol=1e-5)


@pytest.mark.parametrize(
    "step",
    [
        "body",
        "tf.function(body)",
        "tf.function(body, autograph=False)",
        "tf.function(body, jit_compile=True)",
        "tf.function(lambda x: tf.function(body)(x))",
    ],
    ids=["eager", "graph", "no autograph", "xla", "nested"],
)
def test_losses_and_norms_are_the_programs_own(session: LiveSession, step: str) -> None:
    run = session.check(f"run({step}, 40)", cell=1)

    assert_equal_to_the_programs_own(run, ["w", "b", "table"])
    latest = seen.gradients(run)
    assert [gradient.kind for gradient in latest.gradients] == ["dense", "dense", "sparse", "none"]
    assert [gradient.shape for gradient in latest.gradients] == [(3,), (), (10, 2), ()]
    assert latest.site.line == BODY_LINE
    assert latest.site.file.startswith("<cell 1")


def test_eager_steps_end_with_the_last_step(session: LiveSession) -> None:
    run = session.check("run(body, 40)", cell=1)

    assert seen.gradients(run).step == seen.first_step(run) + 39


def test_steps_go_on_over_cells_forms_and_retraces(session: LiveSession) -> None:
    first = session.check("run(body, 5)", cell=1)
    graph = session.check("step = tf.function(body)\nrun(step, 5)", cell=2)
    xla = session.check("run(tf.function(body, jit_compile=True), 5)", cell=3)
    again = session.check("run(step, 5)", cell=4)

    starts = [seen.first_step(run) for run in (first, graph, xla, again)]
    assert starts == [starts[0], starts[0] + 5, starts[0] + 10, starts[0] + 15]


def test_a_retrace_shares_the_count(session: LiveSession) -> None:
    run = session.check(
        """
step = tf.function(lambda x: body(tf.reduce_mean(x) * tf.ones([3])))
values = [float(step(tf.ones([n]))[0]) for n in (3, 3, 4, 3, 4, 5)]
print(json.dumps(values))
""",
        cell=1,
    )

    assert seen.losses(run) == seen.printed(run)
    assert seen.causes(run) == ["first", "shape", "shape"]


@pytest.mark.parametrize(
    "loop",
    [
        "for i in tf.range(n):\n        losses = losses.write(i, body(x)[0])",
        "i = tf.constant(0)\n    while i < n:\n        losses = losses.write(i, body(x)[0])\n        i += 1",
    ],
    ids=["for", "while"],
)
@pytest.mark.parametrize("compiled", [None, True], ids=["graph", "xla"])
def test_a_loop_inside_the_graph(session: LiveSession, loop: str, compiled: bool | None) -> None:
    run = session.check(
        f"""
@tf.function(jit_compile={compiled})
def train(x, n: int):
    losses = tf.TensorArray(tf.float32, 50)
    {loop}
    return losses.stack()

print(json.dumps(train(tf.constant([0.1, 0.2, 0.3]), 50).numpy().tolist()))
""",
        cell=1,
    )

    assert seen.losses(run, BODY_LINE) == seen.printed(run)


@pytest.mark.parametrize("leave", ["", "if loss < 0.0:\n            break"], ids=["whole", "break"])
def test_a_loop_over_a_dataset_inside_the_graph(session: LiveSession, leave: str) -> None:
    run = session.check(
        f"""
data = tf.data.Dataset.from_tensor_slices(tf.random.stateless_uniform([12, 3], [1, 2])).batch(1)

@tf.function
def epoch(data):
    losses = tf.zeros([0])
    for x in data:
        tf.autograph.experimental.set_loop_options(shape_invariants=[(losses, tf.TensorShape([None]))])
        loss, _ = body(x[0])
        losses = tf.concat([losses, loss[None]], axis=0)
        {leave}
    return losses

print(json.dumps(epoch(data).numpy().tolist()))
""",
        cell=1,
    )

    assert len(seen.losses(run, BODY_LINE)) == 12
    assert seen.losses(run, BODY_LINE) == seen.printed(run)


def test_a_loop_inside_the_graph_is_told_while_it_runs(session: LiveSession) -> None:
    run = session.check(
        """
@tf.function
def train(x, deadline):
    while tf.timestamp() < deadline:
        body(x)

x = tf.constant([0.1, 0.2, 0.3])
train(x, tf.timestamp())
train(x, tf.timestamp() + 1.5)
""",
        cell=1,
    )

    batches = [event for event in run.all(MetricsLogged) if event.name == "loss"]
    assert len(batches) >= 5
    assert sum(event.missed + len(event.steps) for event in batches) > 100


def test_variables_made_on_the_first_call(session: LiveSession) -> None:
    run = session.check(
        """
class Lazy(tf.Module):
    v = None

    @tf.function
    def train(self, x):
        if self.v is None:
            self.v = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            loss = self.v * x
        self.v.assign_sub(0.1 * tape.gradient(loss, self.v))
        return loss

lazy = Lazy()
print(json.dumps([float(lazy.train(tf.constant(1.0))) for _ in range(4)]))
assert [v.name for v in lazy.variables] == ["Variable:0"]
""",
        cell=1,
    )

    assert seen.losses(run) == seen.printed(run)
    assert seen.norms(seen.gradients(run)) == {"lazy.v": 1.0}
    [trace] = run.all(FunctionTraced)
    assert (trace.ordinal, trace.cause) == (1, "first")
    assert "twice" in trace.reason


def test_a_persistent_tape_and_two_calls_on_one_line(session: LiveSession) -> None:
    run = session.check(
        """
u, v = tf.Variable(2.0, name="u"), tf.Variable(3.0, name="v")
with tf.GradientTape(persistent=True) as tape:
    first, second = u * v, u + v
a, b = tape.gradient(first, u), tape.gradient(second, v)
tape.gradient(first, v)
""",
        cell=1,
    )

    recorded = [(event.site.line, event.site.call, seen.norms(event)) for event in run.all(GradientsRecorded)]
    assert recorded == [(5, 0, {"u": 3.0}), (5, 1, {"v": 1.0}), (6, 0, {"v": 2.0})]


@pytest.mark.parametrize("wrap", ["", "@tf.function"], ids=["eager", "graph"])
def test_two_tapes_and_two_calls_on_one_line_are_two_curves(session: LiveSession, wrap: str) -> None:
    run = session.check(
        f"""
u, v = tf.Variable(2.0, name="u"), tf.Variable(3.0, name="v")

{wrap}
def step(x):
    with tf.GradientTape() as one, tf.GradientTape() as other:
        first, second = u * x, v * x
    a = one.gradient(first, u); b = other.gradient(second, v)
    return a, b

step(tf.constant(1.0)), step(tf.constant(10.0))
""",
        cell=1,
    )

    curves: dict[int, list[float]] = {}
    for event in run.all(MetricsLogged):
        assert event.site is not None
        curves.setdefault(event.site.call, []).extend(event.values)
    assert curves == {0: [2.0, 20.0], 1: [3.0, 30.0]}


@pytest.mark.parametrize("wrap", ["", "@tf.function"], ids=["eager", "graph"])
def test_second_order_is_right_and_both_calls_are_told(session: LiveSession, wrap: str) -> None:
    run = session.check(
        f"""
k = tf.Variable([1.0, 2.0], name="k")

{wrap}
def penalty(x):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(k * x ** 3)
        g = inner.gradient(y, x)
        p = tf.reduce_sum(g ** 2)
    return outer.gradient(p, k), g, p

h, g, p = penalty(tf.constant([1.0, 2.0]))
np.testing.assert_allclose(h.numpy(), [18.0, 576.0])
print(json.dumps([float(tf.norm(g)), float(tf.norm(h)), float(p)]))
""",
        cell=1,
    )

    inner_norm, outer_norm, loss = seen.printed(run)
    # Which of the two is read first is a matter of time.
    inner, outer = sorted(run.all(GradientsRecorded), key=lambda event: event.site.line)
    assert (inner.site.line, outer.site.line) == (10, 12)
    assert math.isclose(inner.gradients[0].norm or 0, inner_norm, rel_tol=1e-5)
    assert math.isclose(outer.gradients[0].norm or 0, outer_norm, rel_tol=1e-5)
    assert outer.loss == loss


@pytest.mark.parametrize("wrap", ["", "@tf.function"], ids=["eager", "graph"])
def test_jacobians_are_told_as_gradients_without_a_loss(session: LiveSession, wrap: str) -> None:
    run = session.check(
        f"""
{wrap}
def jacobian(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x ** 3
    return tape.jacobian(y, x)

{wrap}
def batched(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x ** 2
    return tape.batch_jacobian(y, x)

def hessian(x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(x ** 3)
        g = inner.gradient(y, x)
    return outer.jacobian(g, x)

x = tf.constant([1.0, 2.0])
np.testing.assert_allclose(jacobian(x).numpy(), [[3.0, 0.0], [0.0, 12.0]])
np.testing.assert_allclose(batched(x[None]).numpy(), [[[2.0, 0.0], [0.0, 4.0]]])
np.testing.assert_allclose(hessian(x).numpy(), [[6.0, 0.0], [0.0, 12.0]])
""",
        cell=1,
    )

    told = {event.site.line: event for event in run.all(GradientsRecorded)}
    assert set(told) == {7, 14, 22, 23}
    assert told[7].loss is None
    assert math.isclose(told[7].gradients[0].norm or 0, math.sqrt(9 + 144), rel_tol=1e-5)
    assert math.isclose(told[23].gradients[0].norm or 0, math.sqrt(36 + 144), rel_tol=1e-5)
    assert {event.site.line for event in run.all(MetricsLogged) if event.site} == {22}


def test_what_tensorflow_does_by_itself_is_not_told(session: LiveSession) -> None:
    run = session.check(
        """
recomputed = tf.recompute_grad(lambda x: tf.sin(x * w[0]))

@tf.function
def step(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = recomputed(x)
    return tape.gradient(y, x)

step(tf.constant(1.0))

def per_example(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x ** 2
    return tape.gradient(y, x)

np.testing.assert_allclose(tf.vectorized_map(per_example, tf.range(4.0)).numpy(), [0.0, 2.0, 4.0, 6.0])
squares = tf.data.Dataset.range(3).map(lambda i: per_example(tf.cast(i, tf.float32)))
assert list(squares.as_numpy_iterator()) == [0.0, 2.0, 4.0]
with tf.Graph().as_default():
    x = tf.constant(2.0)
    gradient = per_example(x)
    with tf.compat.v1.Session() as v1:
        assert v1.run(gradient) == 4.0
""",
        cell=1,
    )

    assert {event.site.line for event in run.all(GradientsRecorded)} == {9}


def test_odd_targets_and_sources(session: LiveSession) -> None:
    run = session.check(
        """
ragged = tf.ragged.constant([[1.0, 2.0], [3.0]])
x = tf.constant([1.0, 2.0])
half = tf.Variable(tf.ones([2], tf.float16), name="half")
double = tf.Variable(tf.ones([2], tf.float64), name="double")
with tf.GradientTape(persistent=True) as tape:
    tape.watch(ragged); tape.watch(x)
    r = ragged * ragged
    vector = x ** 2
    h = tf.reduce_sum(half * 3)
    d = tf.reduce_sum(double * 0.1)
tape.gradient(r, ragged)
tape.gradient(vector, {"x": x, "more": [x]})
tape.gradient([tf.reduce_sum(vector), vector], x)
tape.gradient(h, half)
tape.gradient(d, double)
print(json.dumps([float(h), float(d)]))
""",
        cell=1,
    )

    told = {event.site.line: event for event in run.all(GradientsRecorded)}
    half, double = seen.printed(run)
    assert told[12].loss == 14.0
    assert told[12].gradients[0].name == "ragged"
    assert told[13].loss == 5.0
    assert [gradient.name for gradient in told[13].gradients] == ["x", "x #2"]
    assert told[15].loss == half
    assert told[16].loss == double


def test_timeit_does_not_flood(session: LiveSession) -> None:
    run = session.check(
        """
import timeit
step = tf.function(body)
x = tf.constant([0.1, 0.2, 0.3])
body(x), step(x)
timeit.timeit(lambda: body(x), number=500)
timeit.timeit(lambda: step(x), number=500)
get_ipython().run_line_magic("timeit", "-n 200 -r 1 body(x)")
last = float(step(x)[0])
""",
        cell=1,
    )

    batches = [event for event in run.all(MetricsLogged) if event.name == "loss"]
    assert sum(len(event.values) for event in batches) <= 12
    assert sum(len(event.values) + event.missed for event in batches) == 1203


def test_a_conditional_step_counts_only_when_it_runs(session: LiveSession) -> None:
    run = session.check(
        """
@tf.function
def maybe(x, go):
    loss = tf.constant(0.0)
    if go:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(w * x)
        tape.gradient(loss, w)
    return loss

for i in range(10):
    maybe(tf.ones([3]), tf.constant(i % 2 == 0))
""",
        cell=1,
    )

    assert len(seen.losses(run)) == 5


@pytest.fixture
def two_devices(warm_server: WarmServer) -> Iterator[LiveSession]:
    with warm_server.session(logical_devices=(("cpu", 2),)) as live:
        yield live


def test_mirrored_strategy(two_devices: LiveSession) -> None:
    run = two_devices.check(
        """
import json
import numpy as np
import tensorflow as tf
import keras
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.01)
rng = np.random.default_rng(0)
data = tf.data.Dataset.from_tensor_slices((rng.normal(size=(32, 4)).astype("f"), np.ones((32, 1), "f"))).batch(8)

def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((model(x) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss

@tf.function
def train(x, y):
    return strategy.reduce("SUM", strategy.run(step, args=(x, y)), axis=None)

print(json.dumps([float(train(x, y)) for x, y in strategy.experimental_distribute_dataset(data)]))
"""
    )

    replicas = [seen.losses(run, name=name) for name in ("loss", "loss (replica 1)")]
    assert [len(values) for values in replicas] == [4, 4]
    assert np_close([a + b for a, b in zip(*replicas, strict=True)], seen.printed(run))
    assert seen.gradients(run).gradients[0].name == "sequential/dense/kernel"
    fit = two_devices.check(
        """
with strategy.scope():
    fitted = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    fitted.compile("sgd", "mse")
fitted.fit(np.ones((64, 4), "f"), np.ones((64, 1), "f"), batch_size=8, epochs=1, verbose=0)
"""
    )
    assert len(seen.losses(fit, line=5)) == 8
    assert len(seen.losses(fit, line=5, name="loss (replica 1)")) == 8


def np_close(one: list[float], other: list[float]) -> bool:
    return all(math.isclose(a, b, rel_tol=1e-5) for a, b in zip(one, other, strict=True))

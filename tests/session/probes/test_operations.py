"""A recorded cell: its operations, and the first that made a NaN or an infinity, in eager code and in graphs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession, Run, WarmServer
from tflab.protocol.events import ProbeDisabled
from tflab.protocol.operation_events import NonFiniteFound, OperationsRecorded


@pytest.fixture(scope="module")
def recorder(warm_server: WarmServer) -> Iterator[LiveSession]:
    with warm_server.session() as live:
        live.check("import numpy as np\nimport tensorflow as tf\nimport keras")
        yield live


def record(live: LiveSession, source: str) -> tuple[OperationsRecorded, Run]:
    """What a recorded cell did."""
    run = live.check(source, record=True)
    assert not run.all(ProbeDisabled)
    (recorded,) = run.all(OperationsRecorded)
    return recorded, run


def line(found: NonFiniteFound | None) -> tuple[str, int | None]:
    """The operation that was found, and its line."""
    assert found is not None
    return found.operation, found.site.line if found.site is not None else None


def test_operations_are_listed_with_lines_shapes_devices_and_counts(recorder: LiveSession) -> None:
    recorded, _ = record(
        recorder,
        """
a = tf.ones([2, 3])
for _ in range(3):
    b = tf.matmul(a, a, transpose_b=True)
c = tf.constant([1, 2]) + 1
""",
    )
    rows = [(each.operation, each.site.line, each.outputs, each.count) for each in recorded.operations if each.site]
    assert rows == [
        ("Fill", 2, ("float32 (2, 3)",), 1),
        ("MatMul", 4, ("float32 (2, 2)",), 3),
        ("AddV2", 5, ("int32 (2,)",), 1),
    ]
    assert recorded.operations[1].inputs == ("float32 (2, 3)", "float32 (2, 3)")
    assert {each.device for each in recorded.operations} == {"CPU:0"}
    assert (recorded.total, recorded.left_out, recorded.nan, recorded.inf) == (5, 0, None, None)


def test_a_cell_is_recorded_only_when_asked(recorder: LiveSession) -> None:
    assert not recorder.check("tf.ones(2) + 1").all(OperationsRecorded)
    record(recorder, "tf.ones(2) + 1")
    assert not recorder.check("tf.ones(2) + 1").all(OperationsRecorded)


def test_where_nan_began_in_eager_code(recorder: LiveSession) -> None:
    recorded, _ = record(
        recorder,
        """
x = tf.constant([0.0, 1.0, 2.0])
y = tf.math.log(x)
z = y * x
total = tf.reduce_sum(z)
""",
    )
    assert (line(recorded.inf), line(recorded.nan)) == (("Log", 3), ("Mul", 4))
    assert recorded.inf is not None
    assert recorded.inf.inputs == ("float32 (3,) from 0 to 2, 1 zero",)
    assert not recorded.inf.came_in


def test_infinities_that_are_written_down_are_meant(recorder: LiveSession) -> None:
    recorded, _ = record(
        recorder,
        """
mask = tf.fill([2, 2], -float("inf"))
attention = tf.nn.softmax(tf.where([[True, False], [True, True]], tf.ones([2, 2]), mask))
""",
    )
    assert (recorded.nan, recorded.inf) == (None, None)


def test_what_came_with_the_data_is_no_operations_fault(recorder: LiveSession) -> None:
    recorded, _ = record(recorder, "data = tf.constant([1.0, float('nan')])\nmean = tf.reduce_mean(data)")
    assert recorded.nan is not None
    assert (line(recorded.nan), recorded.nan.came_in) == (("Mean", 2), True)


GRAPH = """
v = tf.Variable([1.0, 2.0])

{decorator}
def step(x):
    with tf.GradientTape() as tape:
        distance = tf.sqrt(v - 1.0)
        loss = tf.reduce_sum(distance * x)
    gradient = tape.gradient(loss, v)
    v.assign_sub(0.1 * gradient)
    return loss

losses = [float(step(tf.constant([1.0, 0.0]))) for _ in range(3)]
"""


@pytest.mark.parametrize("decorator", ["", "@tf.function", "@tf.function(jit_compile=True)"])
def test_a_gradient_that_explodes_is_found_before_what_follows_from_it(recorder: LiveSession, decorator: str) -> None:
    recorded, run = record(recorder, GRAPH.format(decorator=decorator))
    found = recorded.inf
    assert found is not None
    # The gradient of sqrt at 0.
    assert found.site is not None
    assert found.site.line == 9
    if decorator:
        assert (found.operation, found.function, found.is_gradient) == ("SqrtGrad", "step", True)
        assert line(recorded.nan) == ("Sqrt", 7)
    # The tape's losses are seen as ever.
    assert len(seen.losses(run)) == 3


def test_a_loop_in_a_graph_is_found_as_a_whole(recorder: LiveSession) -> None:
    recorded, _ = record(
        recorder,
        """
@tf.function
def grow(n):
    x = tf.constant(1.0)
    for i in tf.range(n):
        y = x * 3.0e20
        if i > 3:
            y = y * y
            x = tf.sin(y) + x
    return x

value = grow(10)
""",
    )
    operation, where = line(recorded.nan)
    assert operation.endswith("While")
    assert where == 5


def test_the_inner_of_two_functions_is_named(recorder: LiveSession) -> None:
    recorded, _ = record(
        recorder,
        """
@tf.function
def ratio(a, b):
    return a / b

@tf.function
def outer(a):
    return ratio(a, a - a) + 1.0

value = outer(tf.ones(2))
""",
    )
    assert line(recorded.inf) == ("RealDiv", 4)
    assert recorded.inf is not None
    assert recorded.inf.function == "ratio"


def test_fit_with_a_spoilt_row(recorder: LiveSession) -> None:
    recorded, _ = record(
        recorder,
        """
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x = np.ones((64, 4), "float32")
x[40, 2] = np.nan
model.fit(x, x[:, :1], verbose=0, epochs=2)
""",
    )
    assert recorded.checked > 10
    found = recorded.nan
    assert found is not None
    assert found.came_in
    assert found.operation in ("IteratorGetNext", "Placeholder")


def test_functions_are_traced_as_ever_and_run_alike_afterwards(recorder: LiveSession) -> None:
    recorder.check("@tf.function\ndef double(x):\n    return 2.0 * x\n\ndouble(tf.ones(2))")
    recorded, run = record(recorder, "double(tf.ones(2))")
    assert seen.causes(run) == []
    assert [each.operation for each in recorded.operations][-1] == "double()"
    again = recorder.check("double(tf.ones(2)); double(tf.ones(3))")
    assert seen.causes(again, "double") == ["shape"]
    # Recorded first, it is traced for the program at its first ordinary call.
    _, run = record(recorder, "@tf.function\ndef triple(x):\n    return 3.0 * x\n\ntriple(tf.ones(2))")
    assert seen.causes(run) == []
    assert seen.causes(recorder.check("triple(tf.ones(2))"), "triple") == ["first"]


NUMBERS = """
keras.utils.set_random_seed(3)
net = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "tanh"), keras.layers.Dropout(0.3),
                        keras.layers.Dense(2)])
optimizer = keras.optimizers.Adam(1e-2)
inputs = tf.random.normal([32, 6])

def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(net(inputs, training=True) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    return loss

graph_step = tf.function(step)
for _ in range(5):
    step()
    graph_step()
import json
print(json.dumps([float(number) for w in net.variables for number in np.ravel(w.numpy())]))
"""


def test_a_recorded_cell_computes_the_same_numbers(recorder: LiveSession) -> None:
    plain = recorder.check(NUMBERS)
    _, recorded = record(recorder, NUMBERS)
    # Not to the last bit: operations whose results are looked at cannot be fused.
    assert json.loads(recorded.text()) == pytest.approx(json.loads(plain.text()), rel=1e-4, abs=1e-6)


def test_a_model_is_saved_from_a_recorded_cell(recorder: LiveSession) -> None:
    record(
        recorder,
        """
import tempfile

class Scale(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(2.0)

    @tf.function(input_signature=[tf.TensorSpec([2])])
    def __call__(self, x):
        return self.w * tf.math.log(x)

scale = Scale()
scale(tf.ones(2))
folder = tempfile.mkdtemp()
tf.saved_model.save(scale, folder)
assert b"tflab" not in open(folder + "/saved_model.pb", "rb").read()
np.testing.assert_allclose(tf.saved_model.load(folder)(tf.ones(2)).numpy(), [0.0, 0.0])
""",
    )


def test_a_recorded_cell_that_fails_still_tells(recorder: LiveSession) -> None:
    run = recorder.run("bad = tf.math.log(0.0)\nraise ValueError('no')", record=True)
    assert run.finished.status == "error"
    (recorded,) = run.all(OperationsRecorded)
    assert line(recorded.inf) == ("Log", 1)


def test_gradients_of_loops_and_branches_are_computed_as_ever(recorder: LiveSession) -> None:
    recorded, _ = record(
        recorder,
        """
@tf.function
def wave(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = x
        for _ in tf.range(3):
            if tf.reduce_sum(z) > 100.0:
                z = z + tf.sin(z)
            else:
                z = z * z
    return z, tape.gradient(z, x)

z, slope = wave(tf.constant([1.0, 0.5]))
np.testing.assert_allclose(slope, [8.0, 8.0 * 0.5**7])
layers = keras.Sequential([keras.Input((5, 3)), keras.layers.LSTM(4), keras.layers.Dense(1)])
layers.compile("adam", "mse", jit_compile=False)
layers.fit(np.ones((16, 5, 3)), np.ones((16, 1)), verbose=0)
""",
    )
    assert recorded.checked > 20
    assert recorded.nan is None


def test_replicas_and_their_data(warm_server: WarmServer) -> None:
    with warm_server.session(logical_devices=(("cpu", 2),)) as live:
        live.check("import numpy as np\nimport tensorflow as tf\nimport keras")
        recorded, _ = record(
            live,
            """
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
rows = tf.data.Dataset.range(8).map(lambda i: (tf.ones(4) / tf.cast(i + 1, tf.float32), tf.ones(1))).batch(4)
model.fit(rows, verbose=0)

@tf.function
def step(x):
    return strategy.run(lambda x: tf.math.log(x), args=(x,))

values = step(tf.constant(0.0))
""",
        )
    assert line(recorded.inf)[0] == "Log"
    assert recorded.inf is not None
    assert recorded.inf.site is not None
    assert recorded.nan is None

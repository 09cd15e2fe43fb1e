"""What the Tensors panel is told of each kind of value, without anything being consumed or run."""

from __future__ import annotations

import math

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession, WarmServer
from tflab.protocol.events import TensorRecord, TensorsRecorded


@pytest.fixture(scope="module")
def recorded(shared_session: LiveSession) -> dict[str, TensorRecord]:
    run = shared_session.check(
        """
import numpy as np
import tensorflow as tf
import keras

dense = tf.constant([[1.0, -2.0], [0.0, float("nan")], [float("inf"), 3.0]])
scalar = tf.constant(7)
text = tf.constant(["hello", "world"])
truth = tf.constant([True, False, True])
half = tf.cast(tf.range(4), tf.bfloat16)
waves = tf.constant([3 + 4j, 0j])
empty = tf.zeros([0, 3])
variable = tf.Variable([1.0, 2.0], name="v")
keras_variable = keras.Variable([1.0, 2.0, 3.0], name="kv")
ragged = tf.ragged.constant([[1.0, 2.0], [3.0]])
sparse = tf.sparse.SparseTensor([[0, 0], [2, 1]], [5.0, 7.0], [3, 4])
slices = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 4]), tf.constant([10, 3]))
array = np.arange(12.0).reshape(3, 4)
turned = array.T
words = np.array(["a", "b"])
objects = np.array([object(), None], dtype=object)
handle = variable.handle
tensor_array = tf.TensorArray(tf.float32, 3, element_shape=[2])
dataset = tf.data.Dataset.range(10).map(lambda i: i * 2).shuffle(4).batch(3)
iterator = iter(dataset)
queue = tf.queue.FIFOQueue(10, [tf.float32]); queue.enqueue(1.0)
table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="head")])
unbuilt = keras.layers.Dense(3)
optimizer = keras.optimizers.Adam(0.002); optimizer.build(model.trainable_variables)
metric = keras.metrics.Mean(name="m"); metric.update_state([1.0, 3.0])

class Linear(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.ones([2, 1]))

linear = Linear()
params = [tf.Variable(1.0), tf.Variable(2.0)]
named = {"a": tf.constant(1.0), "b": np.ones(2)}
large = tf.random.normal([1000, 1000])
assert int(next(iterator)[0]) in (0, 2, 4, 6)
""",
        cell=0,
    )
    return seen.tensors(run)


def described(record: TensorRecord) -> tuple[object, ...]:
    return record.kind, record.shape, record.dtype, record.device, record.bytes


def test_kinds_shapes_types_devices_and_bytes(recorded: dict[str, TensorRecord]) -> None:
    assert {name: described(record) for name, record in recorded.items() if "." not in name and "[" not in name} == {
        "dense": ("tensor", (3, 2), "float32", "CPU:0", 24),
        "scalar": ("tensor", (), "int32", "CPU:0", 4),
        "text": ("string", (2,), "string", "CPU:0", None),
        "truth": ("tensor", (3,), "bool", "CPU:0", 3),
        "half": ("tensor", (4,), "bfloat16", "CPU:0", 8),
        "waves": ("tensor", (2,), "complex128", "CPU:0", 32),
        "empty": ("tensor", (0, 3), "float32", "CPU:0", 0),
        "variable": ("variable", (2,), "float32", "CPU:0", 8),
        "keras_variable": ("keras_variable", (3,), "float32", "CPU:0", 12),
        "ragged": ("ragged", (2, None), "float32", "CPU:0", 12),
        "sparse": ("sparse", (3, 4), "float32", "CPU:0", 8),
        "slices": ("indexed_slices", (10, 3), "float32", "CPU:0", 24),
        "array": ("array", (3, 4), "float64", None, 96),
        "turned": ("array", (4, 3), "float64", None, 96),
        "words": ("string", (2,), "<U1", None, 8),
        "objects": ("array", (2,), "object", None, 16),
        "handle": ("resource", None, "resource", "CPU:0", None),
        "tensor_array": ("tensor_array", (3, 2), "float32", None, None),
        "dataset": ("dataset", None, None, None, None),
        "iterator": ("iterator", None, None, None, None),
        "queue": ("queue", None, None, None, None),
        "table": ("table", None, None, None, None),
        "model": ("model", None, None, None, 40),
        "unbuilt": ("layer", None, None, None, 0),
        "optimizer": ("optimizer", None, None, None, recorded["optimizer"].bytes),
        "metric": ("metric", None, None, None, 8),
        "linear": ("module", None, None, None, 8),
        "large": ("tensor", (1000, 1000), "float32", "CPU:0", 4_000_000),
    }


def test_statistics_are_over_the_finite_values_and_count_the_others(recorded: dict[str, TensorRecord]) -> None:
    dense = recorded["dense"]
    assert (dense.min, dense.max, dense.mean) == (-2.0, 3.0, 0.5)
    assert dense.std == pytest.approx(math.sqrt((0.25 + 6.25 + 0.25 + 6.25) / 4))
    assert (dense.nan, dense.inf, dense.zeros, dense.examined, dense.sampled) == (1, 1, 1, 6, False)
    assert (dense.negative, dense.negative_inf) == (1, 0)
    assert dense.histogram == (1, *[0] * 7, 1, *[0] * 3, 1, *[0] * 6, 1)
    assert recorded["truth"].mean == pytest.approx(2 / 3)
    assert recorded["truth"].zeros == 1
    assert (recorded["half"].max, recorded["waves"].max, recorded["waves"].zeros) == (3.0, 5.0, 1)
    assert (recorded["ragged"].max, recorded["sparse"].mean, recorded["slices"].mean) == (3.0, 6.0, 1.0)
    assert recorded["turned"].max == 11.0
    for name in ("text", "words", "objects", "handle", "empty", "dataset"):
        assert (recorded[name].min, recorded[name].nan, recorded[name].examined) == (None, None, None)


def test_large_ones_are_sampled(recorded: dict[str, TensorRecord]) -> None:
    large = recorded["large"]
    assert (large.sampled, large.examined) == (True, 65536)
    assert large.mean == pytest.approx(0.0, abs=0.05)
    assert large.std == pytest.approx(1.0, abs=0.05)


def test_previews(recorded: dict[str, TensorRecord]) -> None:
    previews = {name: record.preview for name, record in recorded.items()}
    assert previews["scalar"] == "7"
    assert previews["dense"] == "[1, -2, 0, nan, inf, 3]"
    assert previews["text"] == "['hello', 'world']"
    assert previews["large"].endswith(", …]")
    assert previews["ragged"] == "row lengths [2, 1]"
    assert previews["sparse"] == "2 values stored"
    assert previews["dataset"] == "4 × int64 (None) ← Batch ← Shuffle ← Map ← Range"
    assert previews["queue"] == "1 items"
    assert previews["model"] == "Sequential: 10 parameters"
    assert previews["unbuilt"] == "Dense: not built yet"
    assert previews["optimizer"] == "Adam: learning rate 0.002, step 0"
    assert previews["metric"] == "Mean: 2"
    assert previews["objects"] == "[object, NoneType]"


def test_what_is_inside_has_rows_of_its_own(recorded: dict[str, TensorRecord]) -> None:
    assert recorded["model.head/kernel"].kind == "keras_variable"
    assert recorded["model.head/kernel"].shape == (4, 2)
    assert recorded["linear.w"].shape == (2, 1)
    assert recorded["params[1]"].mean == 2.0
    assert recorded["named['b']"].kind == "array"
    assert any(name.startswith("optimizer.") and "momentum" in name for name in recorded)


def test_nothing_of_the_learners_runs_and_nothing_is_consumed(session: LiveSession) -> None:
    run = session.check(
        """
import numpy as np
import tensorflow as tf
import keras
touched = []

def generate():
    for i in range(3):
        touched.append(f"generator {i}")
        yield i

class Shy:
    def __getattribute__(self, name):
        touched.append(name)
        return object.__getattribute__(self, name)

    def __repr__(self):
        touched.append("repr")
        return "shy"

class Nosy(keras.layers.Layer):
    def __repr__(self):
        touched.append("layer repr")
        return "nosy"

    @property
    def curious(self):
        touched.append("property")
        return 1

class Streak(keras.metrics.Metric):
    def result(self):
        touched.append("result")
        return 0.0

shy, nosy, streak = Shy(), Nosy(), Streak()
shy_list = [Shy()]
shy_array = np.array([shy], dtype=object)
lazy = tf.data.Dataset.from_generator(generate, output_types=tf.int32)
iterator = iter(tf.data.Dataset.range(3))
del touched[:]
"""
    )
    assert seen.tensors(run)["lazy"].kind == "dataset"
    again = session.check("print(touched)\nrest = [int(i) for i in iterator]\nprint(rest)")
    assert again.text() == "[]\n[0, 1, 2]\n"


def test_changes_are_told_against_the_run_before(session: LiveSession) -> None:
    session.check(
        "import numpy as np\nimport tensorflow as tf\na, v, n = tf.ones([2]), tf.Variable([1.0, 2.0]), np.ones(3)"
    )
    same = seen.tensors(session.check("b = tf.zeros([2])"))
    assert {name: record.changed for name, record in same.items()} == {"a": False, "v": False, "n": False, "b": True}
    changed = seen.tensors(session.check("v.assign_add([0.0, 1.0]); n[1] = 5; a = a + 0"))
    assert {name: record.changed for name, record in changed.items()} == {"a": False, "v": True, "n": True, "b": False}
    assert (changed["v"].max, changed["n"].max) == (3.0, 5.0)
    gone = seen.tensors(session.check("del a, n"))
    assert set(gone) == {"v", "b"}


def test_they_are_told_while_a_cell_runs(session: LiveSession) -> None:
    run = session.check(
        """
import time
import tensorflow as tf
counter = tf.Variable(0.0)
deadline = time.monotonic() + 1.5
while time.monotonic() < deadline:
    counter.assign_add(1.0)
    time.sleep(0.01)
"""
    )
    means = [event.tensors[0].mean for event in run.all(TensorsRecorded)]
    assert 2 <= len(means) <= 4 * run.finished.seconds + 2
    assert means == sorted(means, key=lambda mean: mean or 0.0)


def test_what_is_not_the_learners_is_hidden(session: LiveSession) -> None:
    run = session.check("import tensorflow as tf\n_private = tf.ones(2)\ntf.ones(3)")
    assert seen.tensors(run) == {}
    assert seen.tensors(session.check("shown = _")) != {}


def test_a_namespace_before_tensorflow_is_used(session: LiveSession) -> None:
    run = session.check(
        """
import numpy as np
array = np.ones([2, 2])
from tensorflow.python.eager import context
print(context.context_safe() is not None and context.context()._initialized)
"""
    )
    assert seen.tensors(run)["array"].shape == (2, 2)
    assert run.text().strip() in ("False", "None")
    again = session.check("print(context.context_safe() is not None and context.context()._initialized)")
    assert again.text().strip() in ("False", "None")


def test_a_view_of_something_huge_takes_no_copy(warm_server: WarmServer) -> None:
    with warm_server.session() as live:
        live.check("import tensorflow as tf, resource\nhuge = tf.zeros([100, 1000, 1000])")
        before = live.check("print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)")
        after = live.check("huge2 = huge\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)")
        record = seen.tensors(after)["huge"]
    assert (record.bytes, record.zeros, record.examined) == (400_000_000, 65536, 65536)
    assert int(after.text()) - int(before.text()) < 50_000

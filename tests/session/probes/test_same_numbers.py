"""What a program computes and saves is the same to the last bit with the probes and without."""

from __future__ import annotations

import json

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession, WarmServer
from tflab.protocol.events import MetricsLogged

TRAIN = """
import hashlib, json
import numpy as np
import tensorflow as tf
import keras

def train(form):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([
        keras.Input((20,)), keras.layers.Dense(32, "relu"), keras.layers.Dropout(0.3), keras.layers.Dense(10),
    ])
    optimizer = keras.optimizers.Adam(1e-2)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    x, y = tf.random.normal([64, 20]), tf.random.uniform([64], 0, 10, tf.int32)
    if form == "fit":
        model.compile(optimizer=optimizer, loss=loss_of)
        model.fit(x, y, batch_size=16, epochs=50, verbose=0)
    else:
        def step(x, y):
            with tf.GradientTape() as tape:
                loss = loss_of(y, model(x, training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            return loss
        step = {"eager": step, "graph": tf.function(step), "xla": tf.function(step, jit_compile=True)}[form]
        for _ in range(200):
            step(x, y)
    after = tf.random.normal([4])
    content = b"".join(v.numpy().tobytes() for v in (*model.variables, *optimizer.variables)) + after.numpy().tobytes()
    return hashlib.sha256(content).hexdigest()
"""


def test_weights_are_the_same_to_the_last_bit(warm_server: WarmServer) -> None:
    line = TRAIN.splitlines().index("            gradients = tape.gradient(loss, model.trainable_variables)") + 1
    steps = 0
    with warm_server.session(probes=True) as watched, warm_server.session(probes=False) as plain:
        watched.check(TRAIN, cell=0)
        plain.check(TRAIN, cell=0)
        for form in ("eager", "graph", "xla", "fit"):
            train = f"print(json.dumps(train({form!r})))"
            with_probes = watched.check(train, cell=1)
            assert seen.printed(with_probes) == json.loads(plain.check(train, cell=1).text())
            steps += sum(
                len(event.steps)
                for event in with_probes.all(MetricsLogged)
                if event.site is not None and event.site.line == line
            )
    assert steps == 3 * 200


SAVE = """
import json, os, tempfile
import numpy as np
import tensorflow as tf
import keras

class Trainable(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([1.0, 2.0])

    @tf.function
    def inner(self, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(self.w * x)
        self.w.assign_sub(tape.gradient(loss, self.w))
        return loss

    @tf.function(input_signature=[tf.TensorSpec([2])])
    def train(self, x):
        return self.inner(x) + 0.0

    @tf.function
    def scaled(self, x, k=2.0):
        return k * self.inner(x)

ones = tf.ones([2])
module = Trainable()
module.train(ones)
module.scaled(ones, 3.0)
folder = tempfile.mkdtemp()

def is_clean(folder):
    return b"tflab" not in open(folder + "/saved_model.pb", "rb").read()
"""


@pytest.fixture
def saving(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SAVE, cell=0)
    return shared_session


@pytest.mark.parametrize(
    "how",
    [
        "tf.saved_model.save(module, folder)",
        "tf.saved_model.save(module, folder, signatures=module.train.get_concrete_function())",
        "kept = {'a': module.scaled.get_concrete_function(ones), 'b': module.train}; "
        "tf.saved_model.save(module, folder, signatures=kept)",
        "module.kept = module.scaled.get_concrete_function(ones); tf.saved_model.save(module, folder)",
        "keras_model.export(folder, verbose=False)",
        "tf.saved_model.save(keras_model, folder)",
    ],
    ids=["module", "signature", "signatures", "attribute", "keras export", "keras model"],
)
def test_a_saved_model_holds_nothing_of_the_probes(saving: LiveSession, how: str) -> None:
    run = saving.check(
        f"""
keras_model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
keras_model.compile("adam", "mse")
keras_model.fit(np.ones((8, 2)), np.ones((8, 1)), verbose=0)
{how}
assert is_clean(folder)
loaded = tf.saved_model.load(folder)
if hasattr(loaded, "train"):
    before = loaded.w.numpy()
    np.testing.assert_allclose(loaded.train(ones).numpy(), before.sum())
""",
        cell=1,
    )

    # What TensorFlow traces to save is no trace of the learner's.
    assert set(seen.causes(run)) <= {"first", "python_value", "object"}


def test_checkpoints_and_keras_files(saving: LiveSession) -> None:
    saving.check(
        """
path = tf.train.Checkpoint(module=module).save(os.path.join(folder, "checkpoint"))
names = [name for name, _ in tf.train.list_variables(path)]
assert names == ["_CHECKPOINTABLE_OBJECT_GRAPH", "module/w/.ATTRIBUTES/VARIABLE_VALUE",
                 "save_counter/.ATTRIBUTES/VARIABLE_VALUE"], names
assert [v.name for v in module.variables] == ["Variable:0"]

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.ones((8, 2)), np.ones((8, 1)), verbose=0)
model.save(folder + "/model.keras")
again = keras.models.load_model(folder + "/model.keras")
assert len(again.variables) == len(model.variables) == 2
""",
        cell=1,
    )


def test_freezing_and_tflite(saving: LiveSession) -> None:
    saving.check(
        """
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

@tf.function
def slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(module.w * x)
    return tape.gradient(loss, x)

slope(ones)
frozen = convert_variables_to_constants_v2(slope.get_concrete_function(ones))
kinds = {node.op for node in frozen.graph.as_graph_def().node}
assert kinds <= {"Placeholder", "Const", "Reshape", "Tile", "Identity", "Mul", "NoOp", "Sum"}, kinds

converter = tf.lite.TFLiteConverter.from_concrete_functions([module.train.get_concrete_function()], module)
converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
converter.experimental_enable_resource_variables = True
assert b"tflab" not in converter.convert()
""",
        cell=1,
    )


def test_a_function_still_counts_its_steps_after_it_was_saved(saving: LiveSession) -> None:
    run = saving.check(
        """
tf.saved_model.save(module, folder, signatures=module.train.get_concrete_function())
for _ in range(3):
    module.train(ones)
""",
        cell=1,
    )

    assert len(seen.losses(run)) == 3

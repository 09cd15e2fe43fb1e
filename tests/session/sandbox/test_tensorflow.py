"""TensorFlow and Keras lose nothing by the sandbox: what training programs do, in a real confined session."""

from __future__ import annotations

import pytest

from tests.sessions import LiveSession

SETUP = """
import os
import numpy as np, tensorflow as tf, keras
inputs, targets = np.random.rand(64, 4).astype("float32"), np.random.rand(64, 1).astype("float32")
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(inputs, targets, verbose=0)
"""
PROGRAMS = {
    "eager": "assert float(tf.reduce_sum(tf.ones((300, 300)) @ tf.ones((300, 300)))) == 27_000_000",
    "xla": "assert tf.function(lambda x: tf.tanh(x @ x) + 1, jit_compile=True)(tf.ones((64, 64))).shape == (64, 64)",
    "save as .keras": "model.save('m.keras'); keras.models.load_model('m.keras').predict(inputs, verbose=0)",
    "save as .h5": "model.save('m.h5'); keras.models.load_model('m.h5', compile=False).predict(inputs, verbose=0)",
    "save weights": "model.save_weights('m.weights.h5'); model.load_weights('m.weights.h5')",
    "export": "model.export('saved', verbose=False); tf.saved_model.load('saved')",
    "checkpoint": """
manager = tf.train.CheckpointManager(tf.train.Checkpoint(model=model), "checkpoints", max_to_keep=2)
for _ in range(4):
    manager.save()
assert len(manager.checkpoints) == 2
""",
    "callbacks": """
model.fit(inputs, targets, epochs=2, verbose=0, validation_split=0.25, callbacks=[
    keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True),
    keras.callbacks.CSVLogger("log.csv"), keras.callbacks.BackupAndRestore("backup")])
assert os.path.exists("best.keras") and os.path.exists("log.csv")
""",
    "tf.data": """
numbers = tf.data.Dataset.range(1000).map(lambda x: x * 2, num_parallel_calls=4).cache("cache").shuffle(100)
assert sum(int(tf.size(batch)) for batch in numbers.batch(8).prefetch(2)) == 1000
numbers.save("dataset"); assert len(list(tf.data.Dataset.load("dataset"))) == 1000
""",
    "tf.data from a generator": """
given = tf.data.Dataset.from_generator(lambda: range(5), output_signature=tf.TensorSpec((), tf.int32))
assert [int(x) for x in given] == [0, 1, 2, 3, 4]
""",
    "py_function": """
doubled = tf.data.Dataset.range(3).map(lambda x: tf.py_function(lambda v: v * 2, [x], tf.int64))
assert [int(x) for x in doubled] == [0, 2, 4]
""",
    "tfrecord": """
with tf.io.TFRecordWriter("a.tfrecord", tf.io.TFRecordOptions("GZIP")) as writer:
    writer.write(b"one")
assert [x.numpy() for x in tf.data.TFRecordDataset("a.tfrecord", "GZIP")] == [b"one"]
""",
    "gfile": """
tf.io.gfile.makedirs("g/h"); tf.io.write_file("g/h/x", "x")
tf.io.gfile.copy("g/h/x", "g/y"); tf.io.gfile.rename("g/y", "z")
assert tf.io.gfile.glob("g/*/x"); tf.io.gfile.rmtree("g")
""",
    "summary": """
writer = tf.summary.create_file_writer("logs")
with writer.as_default():
    tf.summary.write("a", tf.constant(1.0), 1); tf.summary.flush()
writer.close()
assert os.listdir("logs")
""",
    "profiler": """
tf.profiler.experimental.start("profile"); tf.ones(10) + 1; tf.profiler.experimental.stop()
assert os.listdir("profile")
""",
    "hard-coded /tmp": """
tf.io.write_file("/tmp/tutorial/log", "x"); assert os.path.exists("/tmp/tutorial/log")
model.save("/tmp/m.keras"); import tempfile; assert tempfile.mkdtemp()
""",
    "matplotlib": """
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.title("title"); plt.savefig("figure.png"); plt.savefig("figure.pdf"); plt.close()
assert os.path.getsize("figure.png") > 1000
""",
    "threads that load batches": """
class Batches(keras.utils.PyDataset):
    def __len__(self): return 4
    def __getitem__(self, index): return inputs[index * 16:index * 16 + 16], targets[index * 16:index * 16 + 16]
model.fit(Batches(workers=2), verbose=0)
""",
    "multiprocessing": """
import multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(abs, [-1, -2]) == [1, 2]
multiprocessing.Queue(); multiprocessing.Lock()
""",
    "logical devices and distribution": """
strategy = tf.distribute.MirroredStrategy(["CPU:0"])
with strategy.scope():
    variable = tf.Variable(1.0)
assert float(strategy.reduce("sum", strategy.run(lambda: variable + 1.0), axis=None)) == 2.0
""",
    "images and archives": """
import shutil, zipfile
keras.utils.save_img("i.png", np.zeros((8, 8, 3))); keras.utils.load_img("i.png")
shutil.make_archive("all", "zip", "saved"); zipfile.ZipFile("all.zip").extractall("unpacked")
""",
    "the Keras folder": "import keras.src.backend.config as c; assert c.keras_home() == os.environ['KERAS_HOME']",
    "late imports": "import sqlite3, xml.etree.ElementTree, unittest, tensorflow.compiler, h5py, IPython.display",
}


@pytest.fixture(scope="module")
def trained(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP)
    return shared_session


def test_the_session_is_confined(shared_session: LiveSession) -> None:
    assert shared_session.ready.isolation in ("full", "good")


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_works(trained: LiveSession, name: str) -> None:
    trained.check(PROGRAMS[name])


@pytest.mark.parametrize(
    "source",
    [
        "keras.utils.get_file('x.npz', 'https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz')",
        "keras.datasets.mnist.load_data()",
    ],
)
def test_downloads_fail_at_once(trained: LiveSession, source: str) -> None:
    run = trained.run(source)
    assert run.finished.error is not None
    assert run.finished.seconds < 30
    assert "URL fetch failure" in run.finished.error.message

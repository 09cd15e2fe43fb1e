"""Cells that measure the process CPU of training steps; they run in sessions and end with a line of JSON."""

from __future__ import annotations

from typing import Final

MODELS: Final = """
import json, os, tempfile, time
import numpy as np
import tensorflow as tf
tf.keras.utils.set_random_seed(0)
layers = tf.keras.layers
x = tf.random.normal([64, 32]); y = tf.reduce_sum(x, axis=1, keepdims=True)
image = tf.random.normal([16, 28, 28, 1]); label = tf.random.uniform([16], 0, 10, tf.int32)
mse = tf.keras.losses.MeanSquaredError()
cross = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

def tiny():
    return tf.keras.Sequential([tf.keras.Input([32]), layers.Dense(16, "relu"), layers.Dense(1)]), x, y, mse
def mlp():
    hidden = [layers.Dense(700, "relu") for _ in range(3)]
    return tf.keras.Sequential([tf.keras.Input([32]), *hidden, layers.Dense(1)]), x, y, mse
def cnn():
    return tf.keras.Sequential([tf.keras.Input([28, 28, 1]), layers.Conv2D(16, 3, activation="relu"),
                                layers.MaxPool2D(), layers.Flatten(), layers.Dense(10)]), image, label, cross

def seconds_of(run, steps):
    begin = time.process_time()
    run(steps)
    return (time.process_time() - begin) / steps * 1e6

def measure(build, steps, form, watch=lambda loss, gradients: None):
    model, inputs, targets, loss_function = build()
    optimizer = tf.keras.optimizers.SGD(1e-4)
    def step(a, b):
        with tf.GradientTape() as tape:
            loss = loss_function(b, model(a, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        watch(loss, gradients)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss
    if form != "eager":
        step = tf.function(step, jit_compile=form == "xla" or None)
    def run(steps):
        for _ in range(steps):
            loss = step(inputs, targets)
        float(loss)
    run(max(10, steps // 10))
    return seconds_of(run, steps)

def measure_fit(build, steps, callbacks=()):
    model, inputs, targets, loss_function = build()
    # Not compiled by XLA: that would hide what a step costs besides.
    model.compile(tf.keras.optimizers.SGD(1e-4), loss_function, jit_compile=False)
    data = tf.data.Dataset.from_tensors((inputs, targets)).repeat()
    def run(steps):
        model.fit(data, steps_per_epoch=steps, epochs=1, verbose=0, callbacks=list(callbacks))
    run(max(10, steps // 10))
    return seconds_of(run, steps)
"""

FORMS: Final = (
    MODELS
    + """
print(json.dumps({
    "graph, tiny model": measure(tiny, 3000, "graph"),
    "graph, 1M parameters": measure(mlp, 150, "graph"),
    "graph, convolutional": measure(cnn, 200, "graph"),
    "eager, tiny model": measure(tiny, 200, "eager"),
    "eager, 1M parameters": measure(mlp, 60, "eager"),
    "eager, convolutional": measure(cnn, 60, "eager"),
    "XLA, tiny model": measure(tiny, 3000, "xla"),
    "XLA, 1M parameters": measure(mlp, 150, "xla"),
    "XLA, convolutional": measure(cnn, 200, "xla"),
    "fit, tiny model": measure_fit(tiny, 1500),
    "fit, 1M parameters": measure_fit(mlp, 150),
    "fit, convolutional": measure_fit(cnn, 200),
}))
"""
)
"""Every form of a step with every model."""

_WATCHED: Final = """
print(json.dumps({
    "eager, tiny model": measure(tiny, 100, "eager", watch),
    "graph, tiny model": measure(tiny, 1000, "graph", watch),
    "graph, 1M parameters": measure(mlp, 100, "graph", watch),
    "fit, tiny model": measure_fit(tiny, 500, callbacks),
    "fit, 1M parameters": measure_fit(mlp, 100, callbacks),
}))
"""

WAYS: Final[dict[str, str]] = {
    "nothing": "callbacks, watch = (), lambda loss, gradients: None",
    "numpy_function logger": """
logged = []
callbacks = ()
def log(*numbers):
    logged.append(numbers)
    return np.int32(0)
def watch(loss, gradients):
    tf.numpy_function(log, [loss, *[tf.norm(gradient) for gradient in gradients]], tf.int32)
""",
    "TensorBoard with histograms": """
folder = tempfile.mkdtemp()
callbacks = (tf.keras.callbacks.TensorBoard(folder, histogram_freq=1, write_graph=False, update_freq=1),)
watch = lambda loss, gradients: None
""",
    "enable_check_numerics": """
callbacks, watch = (), lambda loss, gradients: None
tf.debugging.enable_check_numerics()
""",
    "Debugger V2": """
callbacks, watch = (), lambda loss, gradients: None
tf.debugging.experimental.enable_dump_debug_info(tempfile.mkdtemp(), tensor_debug_mode="FULL_HEALTH",
                                                 circular_buffer_size=1000)
""",
}
"""What people use to look into a training loop, by name; the custom loops of TensorBoard's row are plain."""


def cell_of(way: str) -> str:
    """The cell that measures with one of `WAYS`."""
    return MODELS + WAYS[way] + _WATCHED

"""A training loop that is recorded, checks for NaN included, beside TensorFlow's ``enable_check_numerics``."""

from __future__ import annotations

from tests.benchmarks.measured_cell import figures_of
from tests.benchmarks.measuring import show

SOURCE = """
import json, statistics, time
import tensorflow as tf
from tflab.session.probes import probe_set

operations = probe_set.active()._find("operations")
tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 32]); y = tf.reduce_sum(x, axis=1, keepdims=True)

def make(graph):
    model = tf.keras.Sequential([tf.keras.Input([32]), *[tf.keras.layers.Dense(256, "relu") for _ in range(4)],
                                 tf.keras.layers.Dense(1)])
    optimizer = tf.keras.optimizers.SGD(1e-4)
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((y - model(x, training=True)) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss
    return tf.function(step) if graph else step

def seconds(step, steps):
    for _ in range(5):
        step()
    begin = time.process_time()
    for _ in range(steps):
        step()
    return (time.process_time() - begin) / steps

def plain(graph, steps):
    return seconds(make(graph), steps)

def recorded(graph, steps):
    operations.want()
    operations.cell_started()
    try:
        return seconds(make(graph), steps)
    finally:
        operations._end()

def checked(graph, steps):
    tf.debugging.enable_check_numerics()
    try:
        return seconds(make(graph), steps)
    finally:
        tf.debugging.disable_check_numerics()

figures = {}
for graph, steps in ((False, 30), (True, 150)):
    kind = "graph" if graph else "eager"
    times = {"plain": [], "recorded": [], "checked": []}
    for _ in range(5):
        for name, function in (("plain", plain), ("recorded", recorded), ("checked", checked)):
            times[name].append(function(graph, steps) * 1e6)
    for name in times:
        figures[f"{kind} {name}"] = statistics.median(times[name])
        figures[f"{kind} {name} ratio"] = statistics.median(
            mine / other for mine, other in zip(times[name], times["plain"]))
print(json.dumps(figures))
"""


def run() -> None:
    """Prints microseconds of process CPU a step, and ratios to the step that nobody looks at."""
    figures = figures_of(SOURCE)
    for kind in ("eager", "graph"):
        show(f"{kind}: a step", figures[f"{kind} plain"], "us")
        show("... recorded", figures[f"{kind} recorded"], "us", figures[f"{kind} recorded ratio"])
        show("... under enable_check_numerics", figures[f"{kind} checked"], "us", figures[f"{kind} checked ratio"])

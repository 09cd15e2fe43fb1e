"""How long a tensor takes to be looked at, from 1 KB to 400 MB, beside NumPy going through all of it."""

from __future__ import annotations

from tests.benchmarks.measured_cell import figures_of
from tests.benchmarks.measuring import show

SIZES = ("1 KB", "64 KB", "1 MB", "20 MB", "400 MB")

SOURCE = """
import json, resource, statistics, time
import numpy as np
import tensorflow as tf
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.session.probes.owner_rows import rows_of
from tflab.session.probes.tensor_reader import TensorReader

names = {}
for label, rows, columns in (("1 KB", 16, 16), ("64 KB", 128, 128), ("1 MB", 512, 512), ("20 MB", 2000, 2500),
                             ("400 MB", 10000, 10000)):
    names[label] = tf.random.stateless_uniform([rows, columns], [1, 2])
looked_at = {label.replace(" ", ""): tensor for label, tensor in names.items()}
reader = TensorReader(looked_at)

def milliseconds(function, rounds):
    times = []
    for _ in range(rounds):
        # This thread's own CPU time: whatever else the machine does is left out.
        begin = time.thread_time()
        function()
        times.append((time.thread_time() - begin) * 1000)
    return statistics.median(times)

figures = {}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for label, tensor in names.items():
    name = label.replace(" ", "")
    figures[label + " record"] = milliseconds(lambda: list(rows_of(name, tensor, lambda *_: None)), 25)
    window = ReadTensorRequest(request_id=0, name=name, at=(3, 3), rows=40, columns=12)
    figures[label + " elements"] = milliseconds(lambda: reader.read(window), 25)
    plane = ReadTensorRequest(request_id=0, name=name, rows=60, columns=100, overview=True)
    figures[label + " heat map"] = milliseconds(lambda: reader.read(plane), 15)
figures["copied"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
for label, tensor in names.items():
    name = label.replace(" ", "")
    rounds = 3 if label == "400 MB" else 9
    array = tensor._numpy()
    def all_of_it():
        array.min(), array.max(), array.mean(), array.std(), np.isfinite(array).all(), np.histogram(array, 20)
    figures[label + " numpy"] = milliseconds(all_of_it, rounds)
    exact = MeasureTensorRequest(request_id=0, name=name)
    figures[label + " exact"] = milliseconds(lambda: reader.measure(exact), rounds)
print(json.dumps(figures))
"""


def run() -> None:
    """Prints milliseconds of CPU time, and the ratio to NumPy's own statistics of all elements."""
    figures = figures_of(SOURCE)
    for size in SIZES:
        reference = figures[f"{size} numpy"]
        show(f"{size}: NumPy's statistics of all of it", reference, "ms")
        for what in ("record", "elements", "heat map", "exact"):
            budget = "budget 5 ms" if what != "exact" else ""
            show(f"... {what}", figures[f"{size} {what}"], "ms", figures[f"{size} {what}"] / reference, budget)
    show("memory that grew by looking at all of them", figures["copied"], "MiB", None, "none copied")

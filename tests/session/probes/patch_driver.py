"""Run by test_patches in a process of its own: installs probes in this very process, one after another."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import context

from tflab.session.probes import ProbeSet
from tflab.session.probes.journal import Journal
from tflab.session.probes.private_names import PRIVATE_NAMES
from tflab.session.probes.probe_set import _PROBES

PATCHED_OWNERS = (
    "tensorflow.python.eager.backprop:GradientTape",
    "tensorflow.python.ops.parallel_for.control_flow_ops",
    "tensorflow.python.eager.polymorphic_function.function_context",
    "tensorflow.python.eager.polymorphic_function.tracing_compilation",
    "tensorflow.python.eager.polymorphic_function.polymorphic_function",
    "tensorflow.python.eager.polymorphic_function.polymorphic_function:Function",
    "tensorflow.python.eager.polymorphic_function.polymorphic_function:_FrequentTracingDetectorManager",
    "tensorflow.python.autograph.impl.api",
    "tensorflow.python.autograph.operators.conditional_expressions",
    "tensorflow.python.autograph.operators.control_flow",
    "tensorflow.python.autograph.operators.control_flow:for_loop_registry",
    "tensorflow.python.framework.convert_to_constants",
    "tensorflow.python.saved_model.save",
    "tensorflow.python.saved_model.save:_AugmentedGraphView",
    "tensorflow.python.saved_model.signature_serialization",
    "keras.src.callbacks.callback_list:CallbackList",
    "keras.src.backend.tensorflow.optimizer:TFOptimizer",
    "keras.src.optimizers.base_optimizer:BaseOptimizer",
    "keras.src.optimizers.loss_scale_optimizer:LossScaleOptimizer",
    "tensorflow:summary",
    "timeit:Timer",
    "tensorflow:nn",
    "tensorflow.python.data.ops.iterator_ops:OwnedIterator",
    "keras.src.backend.tensorflow.nn",
    "keras.src.layers.layer:Layer",
    "keras:layers.Dropout",
    "keras:layers.BatchNormalization",
    "keras:metrics.Metric",
    "keras:metrics.Mean",
)


def owner(name: str) -> Any:
    module, _, path = name.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in filter(None, path.split(".")):
        found = getattr(found, attribute)
    return found


def attributes() -> dict[tuple[str, str], int]:
    """The identity of everything that a probe could have replaced."""
    return {(name, key): id(value) for name in PATCHED_OWNERS for key, value in vars(owner(name)).items()}


def initialised() -> bool:
    found = context.context_safe()
    return found is not None and bool(found._initialized)


def restored() -> dict[str, Any]:
    """By probe: what it replaced, and whether all of it is back afterwards."""
    answers: dict[str, Any] = {}
    for name, (module, kind) in _PROBES.items():
        before = attributes()
        with getattr(importlib.import_module(module), kind)(Journal()).patched():
            during = attributes()
        answers[name] = {
            "replaced": sorted(
                f"{where}.{key}" for (where, key), at in during.items() if before.get((where, key)) != at
            ),
            "restored": attributes() == before,
        }
    return answers


def without(name: str) -> dict[str, Any]:
    """What happens where ``name`` is missing: which probes are off, what they say, and whether the others work."""
    module, _, path = name.partition(":")
    *way, last = path.split(".")
    holder = owner(f"{module}:{'.'.join(way)}")
    events: list[Any] = []
    probes = ProbeSet()
    found = vars(holder)[last]
    delattr(holder, last)
    try:
        probes.install()
    finally:
        setattr(holder, last, found)
    probes.start(events.append, {})
    probes.cell_started(0, "<cell 1>", 1)
    probes.cell_finished()
    probes.stop()
    off = sorted(name for name, reason in probes.names().items() if reason is not None)
    probes.uninstall()
    return {
        "off": off,
        "told": [[event.probe, event.reason] for event in events if type(event).__name__ == "ProbeDisabled"],
    }


def main() -> None:
    threads = threading.active_count()
    report: dict[str, Any] = {"restored": restored()}
    probes = ProbeSet()
    before = attributes()
    probes.install()
    report["installed"] = {"initialised": initialised(), "threads": threading.active_count() - threads}
    probes.uninstall()
    report["all restored"] = attributes() == before
    report["missing"] = {
        "tape": without("tensorflow.python.ops.gen_nn_ops:l2_loss"),
        "graphs": without("tensorflow.python.autograph.impl.api:_convert_actual"),
        "traces": without("tensorflow.core.function.trace_type.default_types:Weakref"),
        "devices": without("tensorflow:config.experimental.get_memory_info"),
    }
    # The learner's first words to TensorFlow may be about devices.
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )
    report["logical devices"] = len(tf.config.list_logical_devices("CPU"))
    report["names"] = sorted(PRIVATE_NAMES)
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()

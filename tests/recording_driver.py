"""Run by test_lab in a process of its own: what ``tflab.lab`` does outside a session."""

from __future__ import annotations

import json
import sys
from typing import Any

from tflab import lab


def refused(question: Any) -> bool:
    try:
        question()
    except lab.NotRecordingError as error:
        return "tflab" in str(error)
    return False


def main() -> None:
    report: dict[str, Any] = {"imports": sorted({"tensorflow", "keras", "numpy"} & set(sys.modules))}
    lab.log(nothing=1.0)
    report["refused"] = [refused(question) for question in (lab.traces, lab.gradients, lab.losses)]

    import tensorflow as tf
    from tensorflow.python.eager import backprop

    original = backprop.GradientTape.gradient
    w = tf.Variable([1.0, 2.0], name="w")

    @tf.function  # type: ignore[untyped-decorator]
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(w * x)
        w.assign_sub(0.1 * tape.gradient(loss, w))
        return loss

    with lab.recording() as seen:
        own = [float(step(tf.ones([2]))) for _ in range(3)]
        lab.log(extra=0.5)
        report["inside"] = lab.losses() == own == seen.losses()
        with lab.recording() as inner:
            own.append(float(step(tf.ones([2]))))
        report["nested"] = [type(event).__name__ for event in inner.events].count("MetricsLogged")
    report["outside"] = seen.losses() == own
    report["causes"] = [trace.cause for trace in seen.traces(step)]
    report["norm"] = seen.gradients()[-1].gradients[0].norm
    report["kinds"] = sorted({type(event).__name__ for event in seen.events})
    report["restored"] = backprop.GradientTape.gradient is original
    report["refused after"] = refused(lab.losses)

    try:
        with lab.recording():
            raise KeyError("learner's")
    except KeyError:
        report["restored after an error"] = backprop.GradientTape.gradient is original
    with lab.recording(namespace={"w": w}) as again:
        step(tf.ones([2]))
    report["again"] = len(again.losses())
    report["tensors"] = [
        record.name
        for event in again.events
        if type(event).__name__ == "TensorsRecorded"
        for record in event.tensors  # type: ignore[attr-defined]
    ]
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()

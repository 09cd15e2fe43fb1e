"""The README's test of a training loop, run by pytest on a loop that is well and on two that are not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
TRAINING = """
import tensorflow as tf

x = tf.random.stateless_normal([32, 3], seed=[1, 2])
y = tf.reduce_sum(x, axis=1, keepdims=True)
model = tf.keras.Sequential([tf.keras.Input([3]), tf.keras.layers.Dense(1)])
scale = tf.Variable(1.0, name="scale")
optimizer = tf.keras.optimizers.SGD(0.1)
weights = [*model.trainable_variables, scale]


@tf.function
def train_step(number):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) * scale - y) ** 2)
    gradients = tape.gradient(loss, weights)
    optimizer.apply_gradients([pair for pair in zip(gradients, weights) if pair[0] is not None])
    return loss


def train(steps):
    for number in range(steps):
        train_step(tf.constant(number))
"""


def example() -> str:
    (found,) = re.findall(r"```python\n(# test_training\.py.*?)```", README.read_text("utf-8"), re.DOTALL)
    return str(found)


@pytest.mark.parametrize(
    ("training", "fault"),
    [
        (TRAINING, ""),
        (TRAINING.replace("tf.constant(number)", "number"), "assert 20 == 1"),
        (TRAINING.replace("* scale", "* tf.stop_gradient(scale)"), "{'scale': 'stop-gradient'}"),
    ],
    ids=["well", "traced again and again", "a weight out of reach"],
)
def test_the_example_finds_the_fault(tmp_path: Path, training: str, fault: str) -> None:
    (tmp_path / "training.py").write_text(training)
    (tmp_path / "test_training.py").write_text(example())
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_training.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert result.returncode == (1 if fault else 0), result.stdout
    assert fault in result.stdout

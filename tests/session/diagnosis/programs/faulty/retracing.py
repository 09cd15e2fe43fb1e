# === a Python number
import tensorflow as tf

@tf.function
def scale(x, step):  # finds retracing/python_value: scale
    return x * step

for step in range(5):
    scale(tf.constant(2.0), step)

# === a method, a number in a dictionary
import tensorflow as tf

class Trainer:
    def __init__(self):
        self.w = tf.Variable(1.0)

    @tf.function
    def step(self, batch):  # finds retracing/python_value: Trainer.step
        return self.w * batch["x"] * batch["rate"]

trainer = Trainer()
for epoch in range(6):
    trainer.step({"x": tf.constant(1.0), "rate": 0.1 / (1 + epoch)})

# === wrapped anew at every call
import tensorflow as tf

def run(x):
    @tf.function
    def double(t):  # finds retracing/new_function: run.<locals>.double
        return 2.0 * t

    return double(x)

for _ in range(5):
    run(tf.constant(1.0))

# === a lambda wrapped in a loop
import tensorflow as tf

total = tf.constant(0.0)
for value in [1.0, 2.0, 3.0, 4.0, 5.0]:
    total += tf.function(lambda x: x * 2.0)(tf.constant(value))  # finds retracing/new_function

# === shapes
import tensorflow as tf

@tf.function
def mean(values):  # finds retracing/shape: mean
    return tf.reduce_mean(values)

for length in range(1, 7):
    mean(tf.ones((length,)))

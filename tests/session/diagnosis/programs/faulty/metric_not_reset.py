# === an accuracy over all epochs
import keras
import tensorflow as tf

accuracy = keras.metrics.BinaryAccuracy()
data = tf.data.Dataset.from_tensor_slices((tf.ones((8, 1)), tf.ones((8, 1)))).batch(4)
for epoch in range(3):
    for x, y in data:
        accuracy.update_state(y, x)
    print(float(accuracy.result()))  # finds metric-not-reset: accuracy

# === in a class, updated in a graph
import keras
import tensorflow as tf

class Loop:
    def __init__(self):
        self.mean = keras.metrics.Mean()

    @tf.function
    def step(self, value):
        self.mean(value)

    def epoch(self):
        for value in tf.range(3.0):
            self.step(value)
        return float(self.mean.result())  # finds metric-not-reset: self.mean

loop = Loop()
history = [loop.epoch() for _ in range(3)]

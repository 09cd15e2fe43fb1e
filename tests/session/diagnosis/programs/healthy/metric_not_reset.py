# === reset in each epoch, or read while it runs
import keras
import tensorflow as tf

mean, running = keras.metrics.Mean(), keras.metrics.Mean()
for epoch in range(3):
    mean.reset_state()
    for value in (1.0, 2.0, 3.0):
        mean.update_state(value)
        running.update_state(value)
        print(float(running.result()))
    print(float(mean.result()))

# === one pass, read twice; a new metric for each pass; fit
import keras
import tensorflow as tf

def evaluate(data):
    metric = keras.metrics.Mean()
    for value in data:
        metric.update_state(value)
    return float(metric.result())

evaluate([1.0]), evaluate([2.0]), evaluate([3.0])
total = keras.metrics.Sum()
for value in (1.0, 2.0):
    total.update_state(value)
print(float(total.result()), float(total.result()))
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
model.fit(tf.ones((4, 2)), tf.ones((4, 1)), epochs=3, verbose=0)

# === a train_step that reads its metrics after a loop over them, in graphs, and an eager one
import keras
import tensorflow as tf

class Own(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            prediction = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=prediction)
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, prediction)
        return {metric.name: metric.result() for metric in self.metrics}

    def test_step(self, data):
        x, y = data
        for metric in self.metrics:
            if metric.name != "loss":
                metric.update_state(y, self(x, training=False))
        return {metric.name: metric.result() for metric in self.metrics}

for is_eager in (False, True):
    inputs = keras.Input((3,))
    own = Own(inputs, keras.layers.Dense(1)(inputs))
    own.compile("adam", "mse", metrics=["mae"], run_eagerly=is_eager)
    own.fit(tf.ones((8, 3)), tf.ones((8, 1)), batch_size=2, epochs=2, verbose=0)
    own.evaluate(tf.ones((8, 3)), tf.ones((8, 1)), verbose=0)

# === a step of one's own that goes over the metrics, reset each epoch
import keras
import tensorflow as tf

metrics = [keras.metrics.MeanSquaredError(), keras.metrics.MeanAbsoluteError()]

def step(y, prediction):
    for metric in metrics:
        metric.update_state(y, prediction)
    return [float(metric.result()) for metric in metrics]

for epoch in range(2):
    for metric in metrics:
        metric.reset_state()
    for value in range(3):
        step([1.0], [float(value)])

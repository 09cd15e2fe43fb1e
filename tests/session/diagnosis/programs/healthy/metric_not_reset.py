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

"""An ordinary custom training loop that prints what it knows of itself; `graph` as argument decorates the step."""

import json
import sys

import tensorflow as tf

tf.keras.utils.set_random_seed(7)
features = tf.random.normal([90, 6])
targets = tf.reduce_sum(features[:, :2] ** 2, axis=1, keepdims=True)
batches = tf.data.Dataset.from_tensor_slices((features, targets)).batch(32)

model = tf.keras.Sequential(
    [
        tf.keras.Input([6]),
        tf.keras.layers.Dense(16, activation="tanh", name="hidden"),
        tf.keras.layers.Dense(1, name="head"),
    ]
)
optimizer = tf.keras.optimizers.SGD(0.05)
mean_squared_error = tf.keras.losses.MeanSquaredError()


def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = mean_squared_error(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss, [tf.norm(gradient) for gradient in gradients]


if sys.argv[1] == "graph":
    train_step = tf.function(train_step)

losses, norms_by_step = [], []
for _ in range(20):
    for x, y in batches:
        loss, norms = train_step(x, y)
        losses.append(float(loss))
        norms_by_step.append([float(norm) for norm in norms])
print(json.dumps({"losses": losses, "names": [v.path for v in model.trainable_variables], "norms": norms_by_step}))

# === a loss that jumps, falls, and starts near 0
import tensorflow as tf

w, outlier = tf.Variable(1.0), [0.0, 1e4, 0.0, 0.0, 1e5, 0.0, 0.0]
for extra in outlier:
    with tf.GradientTape() as tape:
        loss = tf.square(w) + extra
    w.assign_sub(0.1 * tape.gradient(loss, w))
for value in [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 2e-5, 1e-5]:
    with tf.GradientTape() as tape:
        loss = value * w
    tape.gradient(loss, w)

# === a loss that rises slowly, as in a game of two
import tensorflow as tf

w = tf.Variable(0.1)
for _ in range(30):
    with tf.GradientTape() as tape:
        loss = w * w + 0.5
    w.assign_add(0.05 * tape.gradient(loss, w) + 0.02)

# === guarded logarithms, roots and quotients
import tensorflow as tf

x = tf.Variable([0.0, 4.0])
with tf.GradientTape() as tape:
    positive = tf.where(x > 0, x, 1.0)
    loss = tf.reduce_sum(tf.where(x > 0, tf.math.log(positive), 0.0)) + tf.reduce_sum(tf.sqrt(x + 1e-6))
    loss += tf.reduce_sum(tf.math.log(tf.maximum(x, 1e-7))) + tf.reduce_sum(tf.math.divide_no_nan(1.0, x))
tape.gradient(loss, x)

# === mixed precision, whose scaled gradients overflow now and then
import keras
import tensorflow as tf

keras.mixed_precision.set_global_policy("mixed_float16")
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, dtype="mixed_float16")])
optimizer = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=2.0**24)
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(tf.cast(model(tf.ones((2, 2))), tf.float32) - 50.0))
        scaled = optimizer.scale_loss(loss)
    optimizer.apply_gradients(zip(tape.gradient(scaled, model.trainable_variables), model.trainable_variables))
keras.mixed_precision.set_global_policy("float32")

# === the same, by the policy of a layer
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, dtype="mixed_float16")])
optimizer = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=2.0**24)
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(tf.cast(model(tf.ones((2, 2))), tf.float32) - 50.0))
        scaled = optimizer.scale_loss(loss)
    optimizer.apply_gradients(zip(tape.gradient(scaled, model.trainable_variables), model.trainable_variables))

# === a loss that leaps up for some steps and comes back
import tensorflow as tf

error = tf.Variable(3.0)
for wanted in (8, 7, 20, 60, 300, 1500, 4000, 5000, 900, 300, 60, 30, 20, 9, 8, 7, 6, 5, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2):
    error.assign(float(wanted) ** 0.5)
    with tf.GradientTape() as tape:
        loss = error * error
    tape.gradient(loss, error)

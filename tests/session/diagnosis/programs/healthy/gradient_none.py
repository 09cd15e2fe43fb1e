# === a tensor that is watched
import tensorflow as tf

x = tf.constant(3.0)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = x * x
tape.gradient(y, x)

# === zero instead of None was asked for
import tensorflow as tf

w, b = tf.Variable(2.0), tf.Variable(1.0)
with tf.GradientTape() as tape:
    loss = w * w
tape.gradient(loss, [w, b], unconnected_gradients=tf.UnconnectedGradients.ZERO)

# === variables changed in place, a frozen layer left out
import keras
import tensorflow as tf

base, head = keras.layers.Dense(2, trainable=False), keras.layers.Dense(1)
model = keras.Sequential([keras.Input((3,)), base, head])
optimizer = keras.optimizers.SGD(0.1)
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(1.0 - model(tf.ones((4, 3)))))
    gradients = tape.gradient(loss, model.trainable_variables)
    for variable, gradient in zip(model.trainable_variables, gradients):
        variable.assign_sub(0.01 * gradient)

# === stop_gradient on one way only, and a straight-through estimator
import tensorflow as tf

w = tf.Variable([1.2, 2.7])
with tf.GradientTape() as tape:
    rounded = w + tf.stop_gradient(tf.round(w) - w)
    loss = tf.reduce_sum(rounded)
tape.gradient(loss, w)

# === second derivatives
import tensorflow as tf

x = tf.Variable(2.0)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = x**3
    first = inner.gradient(y, x)
outer.gradient(first, x)

# === what was computed before the tape is a constant, and only the rest is trained
import keras
import tensorflow as tf

body, head = keras.layers.Dense(3), keras.layers.Dense(1)
features = body(tf.ones((4, 2)))
for _ in range(2):
    with tf.GradientTape() as tape:
        error = tf.reduce_mean(tf.square(head(features)))
    tape.gradient(error, head.trainable_variables)

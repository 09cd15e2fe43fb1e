# === equal shapes, a built-in loss, a scalar, rows against their mean
import keras
import tensorflow as tf

w = tf.Variable([[1.0], [2.0]])
x, y = tf.random.normal((8, 2)), tf.random.normal((8,))
with tf.GradientTape() as tape:
    prediction = x @ w
    loss = tf.reduce_mean(tf.square(y - tf.squeeze(prediction, axis=-1)))
    loss += keras.losses.MeanSquaredError()(y, prediction)
    loss += tf.reduce_mean((prediction - 1.0) ** 2)
    loss += tf.reduce_mean((x @ tf.ones((2, 3)) - prediction) ** 2)
tape.gradient(loss, w)

# === all pairs on purpose
import tensorflow as tf

points = tf.Variable(tf.random.normal((6,)))
with tf.GradientTape() as tape:
    distances = tf.abs(points[:, tf.newaxis] - points)
    energy = tf.reduce_sum(tf.exp(-distances))
tape.gradient(energy, points)

# === all pairs of predictions and centers on purpose
import tensorflow as tf

@tf.function
def spread(points, centers):
    with tf.GradientTape() as tape:
        gap = tf.expand_dims(points * scale, -1) - centers
        loss = tf.reduce_mean(tf.square(gap))
    return tape.gradient(loss, scale)

scale = tf.Variable(1.0)
spread(tf.ones((4,)), tf.zeros((4,)))

# === a loss that is a tf.function, with shapes that fit, called for two models
import tensorflow as tf

@tf.function
def loss_of(wanted, given):
    return tf.reduce_mean((wanted - tf.squeeze(given, -1)) ** 2)

first, second = tf.Variable([[1.0], [2.0]]), tf.Variable([[3.0], [4.0]])
x, y = tf.random.normal((6, 2)), tf.ones((6,))
with tf.GradientTape() as tape:
    total = loss_of(y, x @ first) + loss_of(y, x @ second)
tape.gradient(total, [first, second])

# === every point against every centre, as many of one as of the other
import tensorflow as tf

centres, points = tf.Variable([[0.0], [1.0], [2.0]]), tf.constant([0.1, 0.9, 2.2])
for _ in range(2):
    with tf.GradientTape() as tape:
        distance = tf.reduce_mean(tf.reduce_min(tf.abs(centres - points), axis=0))
    centres.assign_sub(0.1 * tape.gradient(distance, centres))

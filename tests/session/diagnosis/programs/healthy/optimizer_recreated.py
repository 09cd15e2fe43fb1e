# === an optimizer for each of several models, and several rates tried with one step each
import keras
import tensorflow as tf

for fold in range(4):
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    adam = keras.optimizers.Adam(0.1)
    for _ in range(2):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(tf.ones((2, 2))))
        adam.apply(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables)
w = tf.Variable(2.0)
for rate in (0.1, 0.01, 0.001, 0.0001):
    w.assign(2.0)
    keras.optimizers.Adam(rate).apply_gradients([(tf.constant(1.0), w)])

# === two optimizers in turn, and plain descent, which keeps nothing
import keras
import tensorflow as tf

a, b = tf.Variable(1.0), tf.Variable(2.0)
first, second = (keras.optimizers.Adam(0.1) for _ in range(2))
for _ in range(4):
    with tf.GradientTape() as tape:
        loss = a * a + b * b
    of_a, of_b = tape.gradient(loss, [a, b])
    first.apply_gradients([(of_a, a)])
    second.apply_gradients([(of_b, b)])
    keras.optimizers.SGD(0.01).apply_gradients([(of_a, a)])

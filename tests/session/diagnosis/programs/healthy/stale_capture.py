# === a variable, an argument, and a number that changes after the last call
import tensorflow as tf

rate, factor, limit = tf.Variable(0.1), 2.0, 5.0

@tf.function
def step(x, scale):
    return tf.minimum(x * rate * factor, limit) * scale

for scale in (1.0, 0.5):
    rate.assign(rate / 2)
    step(tf.constant(1.0), tf.constant(scale))
factor = 3.0

# === a name that the function sets itself, and one with the same value again
import tensorflow as tf

base = 3.0

@tf.function
def doubled(x):
    base2 = x * base
    return base2 + x

for _ in range(3):
    base = 3.0
    doubled(tf.constant(1.0))

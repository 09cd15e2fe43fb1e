# === everything is cast, or meets a Python number
import numpy as np
import tensorflow as tf

data = tf.constant(np.array([0.5, 0.25]))
weights = tf.Variable([1.0, 2.0])
result = tf.cast(data, tf.float32) * weights + 1
total = tf.cast(tf.constant([1, 2]), tf.float32) - 0.5 + np.ones(2)

# === an error that is caught
import tensorflow as tf

try:
    tf.constant(1) + tf.constant(1.0)
except tf.errors.InvalidArgumentError:
    print("as expected")

# === shapes that do not fit are another matter
import tensorflow as tf

tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))  # raises

# === values are asked for outside, and in a py_function
import numpy as np
import tensorflow as tf

@tf.function
def square(x):
    tf.print("", end="")
    return x * x, tf.py_function(lambda v: np.square(v.numpy()), [x], tf.float32)

one, other = square(tf.constant([1.0, 2.0]))
print(one.numpy().sum(), np.mean(other.numpy()))

# === shapes are Python numbers while a function is traced, and functions may run eagerly
import tensorflow as tf

@tf.function
def rows(x):
    return [tf.reduce_sum(x[index]) for index in range(x.shape[0])]

rows(tf.ones((3, 2)))
tf.config.run_functions_eagerly(True)
try:
    tf.function(lambda x: float(x.numpy().sum()))(tf.ones((2,)))
finally:
    tf.config.run_functions_eagerly(False)

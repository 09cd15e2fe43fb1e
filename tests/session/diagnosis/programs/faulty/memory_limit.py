# === more than there is room for
import tensorflow as tf

big = tf.zeros((1 << 22, 1 << 22))  # finds memory-limit # raises

# === more than there is room for, in NumPy, in a function
import numpy as np

def table(rows):
    return np.ones((rows, rows))  # finds memory-limit

table(1 << 24)  # raises

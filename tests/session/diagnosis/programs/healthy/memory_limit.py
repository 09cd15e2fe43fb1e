# === a large tensor that there is room for
import tensorflow as tf

big = tf.zeros((1 << 12, 1 << 10))
print(float(tf.reduce_sum(big)))

# === a program that asks for too much and does without
import numpy as np

try:
    table = np.ones((1 << 24, 1 << 24))
except MemoryError:
    table = np.ones((8, 8))
print(table.sum())

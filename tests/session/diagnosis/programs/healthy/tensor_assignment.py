# === items of variables, lists and arrays
import numpy as np
import tensorflow as tf

v, items, table = tf.Variable([1.0, 2.0]), [0, 0], np.zeros(3)
v[0].assign(5.0)
items[0] = v.numpy()[0]
table[1] = float(v[0])

# === a new tensor in the place of the old, and a dictionary of tensors
import tensorflow as tf

scores = tf.zeros((3,))
scores = tf.tensor_scatter_nd_update(scores, [[0]], [5.0])
by_name = {}
by_name["scores"] = scores
by_name["scores"] += 1.0

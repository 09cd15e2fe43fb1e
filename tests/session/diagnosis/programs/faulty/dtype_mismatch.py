# === float64 from NumPy
import numpy as np
import tensorflow as tf

weights = tf.Variable([1.0, 2.0])
data = tf.constant(np.array([0.5, 0.25]))
result = data * weights  # finds dtype-mismatch: data, weights # raises

# === float64 in a nested function, in a graph
import numpy as np
import tensorflow as tf

def make(rows):
    features = tf.constant(np.random.rand(rows, 3))

    @tf.function
    def predict(kernel):
        return tf.matmul(features, kernel)  # finds dtype-mismatch: features, kernel

    return predict

make(4)(tf.ones((3, 1)))  # raises

# === integers against floats
import tensorflow as tf

count = tf.constant([1, 2, 3])
mean = tf.constant(0.5)
print(count - mean)  # finds dtype-mismatch: count, mean # raises

# === an array of NumPy, in a class
import numpy as np
import tensorflow as tf

class Linear:
    def __init__(self, size):
        self.kernel = tf.Variable(tf.ones((size, 1)))

    def __call__(self, rows):
        return tf.linalg.matmul(rows, self.kernel)  # finds dtype-mismatch: rows, self.kernel

Linear(3)(np.random.rand(4, 3))  # raises

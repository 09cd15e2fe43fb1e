# === made on the first call only
import tensorflow as tf

class Once(tf.Module):
    def __init__(self):
        super().__init__()
        self.v = None

    @tf.function
    def __call__(self, x):
        if self.v is None:
            self.v = tf.Variable(1.0)
        return self.v * x

once = Once()
once(tf.constant(1.0)), once(tf.constant([1.0, 2.0])), once(tf.constant(3.0))

# === made outside, and a layer that builds on its first call
import keras
import tensorflow as tf

count, layer = tf.Variable(0.0), keras.layers.Dense(2)

@tf.function
def f(x):
    count.assign_add(1.0)
    return layer(x)

f(tf.ones((2, 3))), f(tf.ones((4, 3)))

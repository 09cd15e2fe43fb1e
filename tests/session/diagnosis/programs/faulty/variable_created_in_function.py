# === a variable at every call
import tensorflow as tf

@tf.function
def f(x):
    v = tf.Variable(1.0)  # finds variable-created-in-function: v, f
    return v * x

f(tf.constant(2.0))  # raises

# === in a method, across cells
import tensorflow as tf

class Model(tf.Module):
    @tf.function
    def __call__(self, x):
        self.bias = tf.Variable(tf.zeros((3,)))  # finds variable-created-in-function: self.bias, __call__
        return x + self.bias

# %%
model = Model()
model(tf.ones((2, 3)))  # raises

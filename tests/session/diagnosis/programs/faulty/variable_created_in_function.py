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

# === a layer
import keras
import tensorflow as tf

@tf.function
def project(x):
    dense = keras.layers.Dense(2)  # finds variable-created-in-function: dense, project
    y = x + 1.0
    return dense(y)

project(tf.ones((2, 3)))  # raises

# === an optimizer at every step
import keras
import tensorflow as tf

w = keras.Variable([1.0, 2.0])

@tf.function
def step():
    adam = keras.optimizers.Adam(0.1)  # finds variable-created-in-function: adam, step
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * w)
    adam.apply_gradients(zip(tape.gradient(loss, [w]), [w]))

step()  # raises

# === a variable made in a plain function that a tf.function calls
import tensorflow as tf

def scaled(x):
    gain = tf.Variable(1.0)  # finds variable-created-in-function: gain, apply_gain
    return gain * x

@tf.function
def apply_gain(x):
    return scaled(x)

apply_gain(tf.constant(1.0))  # raises

# === numpy() in a function
import tensorflow as tf

@tf.function
def show(x):
    value = x.numpy()  # finds symbolic-value: x
    return value

show(tf.ones((2,)))  # raises

# === NumPy computes in a train_step
import keras
import numpy as np
import tensorflow as tf

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        features, target = data
        with tf.GradientTape() as tape:
            error = self(features, training=True) - target
            loss = np.mean(error**2)  # finds symbolic-value: np.mean(error ** 2), tf.reduce_mean
        return {"loss": loss}

net = Net()
net.compile("sgd")
net.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)  # raises

# === a tensor that escaped
import tensorflow as tf

kept = []

@tf.function
def remember(x):
    kept.append(x * 2.0)
    return x

remember(tf.constant(1.0))
# %%
total = kept[0] + 1.0  # finds symbolic-value # raises

# === a list comprehension over a tensor
import tensorflow as tf

@tf.function
def squares(values):
    return [value**2 for value in values]  # finds symbolic-value

squares(tf.ones((3,)))  # raises

# === a function of TensorFlow on a symbolic input of Keras
import keras
import tensorflow as tf

inputs = keras.Input((3,))
hidden = tf.square(inputs)  # finds symbolic-value: tf.square(inputs) # raises

# === a layer at every call
import keras
import tensorflow as tf

class Head(keras.layers.Layer):
    def call(self, inputs):
        hidden = keras.layers.Dense(4)(inputs)  # finds layer-created-in-call: keras.layers.Dense(4), Head
        return tf.reduce_mean(hidden, axis=-1)

head = Head()
for _ in range(3):
    head(tf.ones((2, 3)))

# === in a helper, inside a model, across cells
import keras
import tensorflow as tf
from keras import layers

def block(x):
    return layers.Conv1D(2, 1)(x)

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(1)

    def call(self, inputs):
        return self.out(block(inputs))  # finds layer-created-in-call: Net

# %%
net = Net()
net(tf.ones((1, 4, 3)))
net(tf.ones((1, 4, 3)))

# === kept, but too late
import keras
import tensorflow as tf

class Lazy(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = None

    def call(self, inputs):
        if self.inner is None:
            self.inner = keras.layers.Dense(2)  # finds layer-created-in-call: self.inner
        return self.inner(inputs)

Lazy()(tf.ones((1, 2)))  # raises

# === in fit
import keras
import tensorflow as tf

class Model(keras.Model):
    def call(self, inputs):
        last = keras.layers.Dense(1)  # finds layer-created-in-call: last
        return last(inputs)

model = Model()
model.compile("sgd", "mse")
model.fit(tf.ones((2, 2)), tf.ones((2, 1)), verbose=0)  # raises

# === a raw variable in a layer
import keras
import tensorflow as tf

class Scale(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(1.0)  # finds untracked-variable: factor, Scale

    def call(self, inputs):
        return inputs * self.factor

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), Scale()])
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(model(tf.ones((3, 2))))
tape.gradient(loss, model.trainable_variables)

# === made in build, trained by fit
import keras
import tensorflow as tf

class Shift(keras.layers.Layer):
    def build(self, input_shape):
        self.offset = tf.Variable(tf.zeros((input_shape[-1],)))  # finds untracked-variable: offset, Shift

    def call(self, inputs):
        return inputs + self.offset

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), Shift()])
model.compile("sgd", "mse")
model.fit(tf.ones((4, 2)), tf.ones((4, 2)), verbose=0)

# === a list of them in a model, across cells
import keras
import tensorflow as tf

class Stack(keras.Model):
    def __init__(self, depth):
        super().__init__()
        self.first = keras.layers.Dense(2)
        self.gates = [tf.Variable(tf.ones((2,))) for _ in range(depth)]  # finds untracked-variable: gates, Stack

    def call(self, inputs):
        outputs = self.first(inputs)
        for gate in self.gates:
            outputs = outputs * gate
        return outputs

# %%
stack = Stack(2)
stack(tf.ones((1, 2)))

@tf.function
def train(batch):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(stack(batch)))
    return tape.gradient(loss, stack.trainable_variables)

train(tf.ones((3, 2)))

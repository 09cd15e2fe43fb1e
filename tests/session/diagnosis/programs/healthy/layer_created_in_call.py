# === made in __init__ and in build, and layers without weights made in call
import keras
import tensorflow as tf

class Block(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(4)

    def build(self, shape):
        self.second = keras.layers.Dense(2)

    def call(self, inputs):
        return keras.layers.ReLU()(self.second(self.first(inputs)))

block = Block()
block(tf.ones((2, 3))), block(tf.ones((2, 3)))

# === a model made by a function, and inside another functional model
import keras
import tensorflow as tf

def make(units):
    inputs = keras.Input((3,))
    return keras.Model(inputs, keras.layers.Dense(units)(keras.layers.Dropout(0.1)(inputs)))

outer = keras.Sequential([keras.Input((3,)), make(4), keras.layers.Dense(1)])
outer(tf.ones((2, 3)))

# === add_weight, a counter, and a raw variable that is trained by hand
import keras
import tensorflow as tf

class Counted(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.calls = tf.Variable(0, trainable=False)
        self.extra = tf.Variable(1.0)

    def build(self, shape):
        self.scale = self.add_weight(name="scale", shape=(shape[-1],), initializer="ones")

    def call(self, inputs):
        self.calls.assign_add(1)
        return inputs * self.scale * self.extra

layer = Counted()
layer(tf.ones((1, 2)))
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(layer(tf.ones((3, 2))))
tape.gradient(loss, [*layer.trainable_variables, layer.extra])

# === a gradient with respect to the input, and a tf.Module
import keras
import tensorflow as tf

class Fixed(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable([[1.0], [2.0]])

    def call(self, inputs):
        return inputs @ self.kernel

image, layer = tf.ones((1, 2)), Fixed()
with tf.GradientTape() as tape:
    tape.watch(image)
    score = tf.reduce_sum(layer(image))
tape.gradient(score, image)

class Affine(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([[1.0], [2.0]])

    def __call__(self, x):
        return x @ self.w

affine = Affine()
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(affine(image))
tape.gradient(loss, affine.trainable_variables)

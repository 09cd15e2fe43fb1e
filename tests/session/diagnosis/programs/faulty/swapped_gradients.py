# === gradients and variables swapped
import keras
import tensorflow as tf

w = keras.Variable([1.0, 2.0])
sgd = keras.optimizers.SGD(0.1)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w * w)
grads = tape.gradient(loss, [w])
sgd.apply_gradients(zip([w], grads))  # finds swapped-gradients: sgd.apply_gradients # raises

# === swapped, in a class, with apply
import keras
import tensorflow as tf

class Trainer:
    def __init__(self):
        self.layer = keras.layers.Dense(1)
        self.layer.build((None, 2))
        self.adam = keras.optimizers.Adam()

    def step(self):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(self.layer(tf.ones((2, 2))))
        found = tape.gradient(loss, self.layer.trainable_variables)
        self.adam.apply(self.layer.trainable_variables, found)  # finds swapped-gradients: self.adam.apply

Trainer().step()  # raises

# === an optimizer made in the loop
import keras
import tensorflow as tf

w = tf.Variable([1.0, 2.0])
for step in range(5):
    adam = keras.optimizers.Adam(0.1)  # finds optimizer-recreated: keras.optimizers.Adam(0.1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * w)
    adam.apply_gradients([(tape.gradient(loss, w), w)])

# === an optimizer made in a method that takes one step
import keras
import tensorflow as tf

class Trainer:
    def __init__(self, model, rate):
        self.model, self.rate = model, rate

    def make(self):
        return keras.optimizers.SGD(self.rate, momentum=0.9)  # finds optimizer-recreated: keras.optimizers.SGD(self.rate, momentum=0.9)

    def step(self, x, y):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean(tf.square(self.model(x, training=True) - y))
        variables = self.model.trainable_variables
        self.make().apply(tape.gradient(error, variables), variables)

trainer = Trainer(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), 0.01)
# %%
for _ in range(4):
    trainer.step(tf.ones((4, 2)), tf.ones((4, 1)))

# === a print and a list
import tensorflow as tf

history = []

@tf.function
def step(x):
    print("the loss is", x)  # finds python-side-effect: step
    history.append(x)  # finds python-side-effect: history, step
    return x * 2.0

for value in range(3):
    step(tf.constant(float(value)))

# === a counter and NumPy's random numbers, in a class
import numpy as np
import tensorflow as tf

class Noise:
    def __init__(self):
        self.calls = 0

    @tf.function
    def add(self, x):
        self.calls += 1  # finds python-side-effect: self.calls, Noise.add
        return x + np.random.normal()  # finds python-side-effect: Noise.add

noise = Noise()
# %%
for _ in range(4):
    noise.add(tf.constant(1.0))

# === NumPy's noise and a list, in a Keras train_step
import keras
import numpy as np
import tensorflow as tf

losses = []

class Noisy(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        features, target = data
        features += np.random.normal(size=(1, 2))  # finds python-side-effect: Noisy.train_step
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(features, training=True) - target))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        losses.append(loss)  # finds python-side-effect: losses, Noisy.train_step
        return {"loss": loss}

noisy = Noisy()
noisy.compile("sgd")
# %%
noisy.fit(tf.ones((8, 2)), tf.ones((8, 1)), batch_size=2, verbose=0)

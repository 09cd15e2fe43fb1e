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

# === a global number
import tensorflow as tf

rate = 0.1

@tf.function
def step(x):  # finds stale-capture: step, rate
    return x * rate

step(tf.constant(1.0))
rate = 0.01
step(tf.constant(1.0))

# === an attribute, across cells
import tensorflow as tf

class Trainer:
    def __init__(self):
        self.scale = 1.0

    @tf.function
    def run(self, x):  # finds stale-capture: self.scale
        return x * self.scale

trainer = Trainer()
# %%
for epoch in range(3):
    trainer.scale = 1.0 / (1 + epoch)
    trainer.run(tf.constant(2.0))

# === a nested function that a closure feeds
import tensorflow as tf

def make():
    weight = 1.0

    @tf.function
    def weighted(x):  # finds stale-capture: weight
        return x * weight

    for _ in range(3):
        weighted(tf.constant(1.0))
        weight = weight / 2

make()

# === an object without methods that holds the settings
import tensorflow as tf

class Settings:
    pass

settings = Settings()
settings.rate = 0.1
value = tf.Variable(1.0)

@tf.function
def descend():  # finds stale-capture: settings.rate, descend
    value.assign_sub(settings.rate * value)

for _ in range(3):
    descend()
    settings.rate *= 0.5

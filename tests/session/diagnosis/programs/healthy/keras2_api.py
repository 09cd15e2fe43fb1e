# === errors of the learner's own that look alike
class Session:
    pass

Session().reset_states()  # raises

# === an argument that never was
def build(units):
    return units

build(lr=3)  # raises

# === a wrong key
values = {"lr": 1}
values["learning_rate"]  # raises

# === a rate that is set, a weight decay, a shape that a layer is given, a schedule
import keras
import tensorflow as tf

optimizer = keras.optimizers.AdamW(learning_rate=0.1, weight_decay=1e-4)
optimizer.learning_rate = 0.05
keras.optimizers.SGD(keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 1e-4))
model = keras.Sequential([keras.layers.Dense(3, input_shape=(2,), activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer, "mse")
model.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)

# === an optimizer of one's own with a decay of its own
import keras

class Decaying(keras.optimizers.SGD):
    def __init__(self, learning_rate, decay, **others):
        super().__init__(learning_rate, **others)
        self.decay = decay

class Plain:
    def __init__(self):
        self.lr = 0.1

Decaying(0.1, decay=0.5), Plain()

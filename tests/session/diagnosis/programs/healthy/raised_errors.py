# === errors of the learner's own
class Session:
    pass

Session().reset_states()  # raises

# === a wrong index
values = {"lr": 1}
values["learning_rate"]  # raises

# === a RuntimeError about something else
raise RuntimeError("the tape is full")  # raises

# === an argument that never was
def build(units):
    return units

build(lr=3)  # raises

# === a persistent tape, casts, an optimizer for each model
import keras
import numpy as np
import tensorflow as tf

x = tf.Variable(3.0)
with tf.GradientTape(persistent=True) as tape:
    y = x * x
    z = y * y
tape.gradient(z, x), tape.gradient(y, x)
data = tf.cast(tf.constant(np.ones(3)), tf.float32) * tf.Variable(tf.ones(3)) + np.ones(3)
for _ in range(2):
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    keras.optimizers.SGD(0.1).apply_gradients([(tf.ones_like(v), v) for v in layer.trainable_variables])

# === a signature with an open axis, items of variables and lists
import tensorflow as tf

@tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
def predict(x):
    tf.print("")
    return x * 2.0

for size in (32, 5):
    predict(tf.ones((size, 3))).numpy()
v, items = tf.Variable([1.0, 2.0]), [0, 0]
v[0].assign(5.0)
items[0] = v.numpy()[0]

# === an error that is caught
import tensorflow as tf

try:
    tf.constant(1) + tf.constant(1.0)
except tf.errors.InvalidArgumentError:
    print("as expected")

# === shapes that do not fit are another matter
import tensorflow as tf

tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))  # raises

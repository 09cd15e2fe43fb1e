# === a persistent tape, asked three times
import tensorflow as tf

x = tf.Variable(3.0)
with tf.GradientTape(persistent=True) as tape:
    y = x * x
    z = y * y
for target in (z, y, z):
    tape.gradient(target, x)
del tape

# === one call for two gradients, and a new tape for each pass of a loop
import tensorflow as tf

a, b = tf.Variable(1.0), tf.Variable(2.0)
for _ in range(2):
    with tf.GradientTape() as tape:
        loss = a * b
    tape.gradient(loss, [a, b])

# === the learner's own error that speaks of a tape
raise RuntimeError("the tape is full")  # raises

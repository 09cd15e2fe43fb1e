# === a tape used twice
import tensorflow as tf

x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
    z = y * y
dz_dx = tape.gradient(z, x)
dy_dx = tape.gradient(y, x)  # finds tape-reused: tape # raises

# === a tape used twice, in a method
import tensorflow as tf

class Pair:
    def __init__(self):
        self.g, self.d = tf.Variable(1.0), tf.Variable(2.0)

    @tf.function
    def step(self):
        with tf.GradientTape(watch_accessed_variables=True) as recorder:
            loss = self.g * self.d
        first = recorder.gradient(loss, self.g)
        second = recorder.gradient(loss, self.d)  # finds tape-reused: recorder
        return first, second

pair = Pair()
pair.step()  # raises

# === a learning rate that is too large
import keras
import tensorflow as tf

w = tf.Variable(1.0)
x = tf.constant([10.0, 20.0, 30.0])
for _ in range(12):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(w * x - 2.0 * x))
    w.assign_sub(0.01 * tape.gradient(loss, w))  # finds diverging

# === a summed loss until it is no number, in a graph
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
sgd = keras.optimizers.SGD(0.1)
data, target = 5.0 + tf.random.normal((64, 3)), tf.ones((64, 1))

@tf.function
def train():
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(tf.square(target - model(data)))
    gradients = tape.gradient(total, model.trainable_variables)  # finds diverging
    sgd.apply_gradients(zip(gradients, model.trainable_variables))

for _ in range(60):
    train()

# === the logarithm of 0
import tensorflow as tf

p = tf.Variable([0.0, 1.0])
with tf.GradientTape() as tape:
    loss = -tf.reduce_sum(tf.math.log(p))  # finds loss-not-finite: tf.math.log(p)
tape.gradient(loss, p)

# === a hand-made cross-entropy in a class, in a graph
import tensorflow as tf

class Classifier:
    def __init__(self):
        self.w = tf.Variable([[200.0], [-300.0]])

    def cost(self, labels, p):
        return -tf.reduce_mean(labels * tf.math.log(p))  # finds loss-not-finite: tf.math.log(p)

    @tf.function
    def step(self, x, labels):
        with tf.GradientTape() as tape:
            p = tf.squeeze(tf.nn.relu(x @ self.w), -1)
            loss = self.cost(labels, tf.minimum(p, 1.0))
        return tape.gradient(loss, self.w)

classifier = Classifier()
classifier.step(tf.eye(2), tf.ones((2,)))

# === divided by 0
import tensorflow as tf

w, seen = tf.Variable([1.0, 2.0]), tf.constant([0.0, 0.0])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w) / tf.reduce_sum(seen)  # finds loss-not-finite: tf.reduce_sum(w) / tf.reduce_sum(seen)
tape.gradient(loss, w)

# === the branch that tf.where does not take
import tensorflow as tf

x = tf.Variable([0.0, 4.0], name="x")
with tf.GradientTape() as tape:
    safe = tf.where(x > 0, tf.math.log(x), tf.zeros_like(x))  # finds gradient-not-finite: tf.math.log(x), x
    loss = tf.reduce_sum(safe)
tape.gradient(loss, x)

# === in a graph: a quotient that tf.where hides
import tensorflow as tf

amount = tf.Variable([0.0, 2.0], name="amount")

def ratio(a):
    return tf.where(a > 0, 1.0 / a, 0.0)  # finds gradient-not-finite: 1.0 / a, amount

@tf.function
def learn():
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(ratio(amount))
    return tape.gradient(loss, amount)

learn()

# === the norm of nothing
import tensorflow as tf

v = tf.Variable([0.0, 0.0], name="v")
with tf.GradientTape() as tape:
    length = tf.sqrt(tf.reduce_sum(v**2))  # finds gradient-not-finite: v, tf.sqrt
tape.gradient(length, v)

# === the logarithm of 0 in a tf.function, under an eager tape
import tensorflow as tf

q = tf.Variable([0.0, 1.0])

@tf.function
def likelihood(given):
    return -tf.reduce_sum(tf.math.log(given))  # finds loss-not-finite: tf.math.log(given)

with tf.GradientTape() as tape:
    value = likelihood(q)
tape.gradient(value, q)

# === the branch that tf.where does not take, in a tf.function inside another, under an eager tape
import tensorflow as tf

r = tf.Variable([0.0, 2.0], name="r")

@tf.function
def inverse(given):
    return tf.where(given > 0, 1.0 / given, 0.0)  # finds gradient-not-finite: 1.0 / given, r

@tf.function
def whole(given):
    return tf.reduce_sum(inverse(given))

with tf.GradientTape() as tape:
    value = whole(r)
tape.gradient(value, r)

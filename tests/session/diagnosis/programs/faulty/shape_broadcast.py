# === a hand-written loss
import tensorflow as tf

w = tf.Variable([[1.0], [2.0]])
x, y = tf.random.normal((8, 2)), tf.random.normal((8,))
with tf.GradientTape() as tape:
    prediction = x @ w
    loss = tf.reduce_mean(tf.square(y - prediction))  # finds shape-broadcast: y, prediction, tf.squeeze(prediction
tape.gradient(loss, w)

# === a Huber loss in a train_step, any batch size
import keras
import tensorflow as tf

def huber(truth, guess):
    error = truth - guess  # finds shape-broadcast: truth, guess
    return tf.reduce_mean(tf.where(tf.abs(error) < 1, error**2 / 2, tf.abs(error) - 0.5))

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = keras.layers.Dense(1)

    def call(self, inputs):
        return self.out(inputs)

    def train_step(self, data):
        inputs, target = data
        with tf.GradientTape() as tape:
            loss = huber(target, self(inputs, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}

net = Net()
net.compile("sgd")
net.fit(tf.data.Dataset.from_tensor_slices((tf.ones((10, 3)), tf.ones((10,)))).batch(4), verbose=0)

# === squared_difference in a tf.function, across cells
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.01)

def cost(labels, outputs):
    return tf.reduce_mean(tf.math.squared_difference(outputs, labels))  # finds shape-broadcast: outputs, labels

# %%
@tf.function
def train(batch, labels):
    with tf.GradientTape() as tape:
        value = cost(labels, model(batch))
    optimizer.apply_gradients(zip(tape.gradient(value, model.trainable_variables), model.trainable_variables))

for batch, labels in tf.data.Dataset.from_tensor_slices((tf.ones((10, 3)), tf.ones((10,)))).batch(4):
    train(batch, labels)

# === a loss that is a tf.function, under an eager tape
import tensorflow as tf

kernel = tf.Variable([[1.0], [2.0]])
inputs, labels = tf.random.normal((6, 2)), tf.ones((6,))

@tf.function
def squared_error(wanted, given):
    return tf.reduce_mean((wanted - given) ** 2)  # finds shape-broadcast: wanted, given

for _ in range(2):
    with tf.GradientTape() as tape:
        cost = squared_error(labels, inputs @ kernel)
    kernel.assign_sub(0.1 * tape.gradient(cost, kernel))

# === a loss that is a tf.function, inside another, in a class
import tensorflow as tf

class Regression:
    def __init__(self):
        self.slope = tf.Variable([[0.5]])

    @tf.function
    def cost(self, error):
        return tf.reduce_mean(tf.abs(error))

    @tf.function
    def compare(self, y, p):
        return self.cost(y - p)  # finds shape-broadcast: y, p

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as recorder:
            value = self.compare(y, x * self.slope)
        self.slope.assign_sub(0.1 * recorder.gradient(value, self.slope))

regression = Regression()
regression.step(tf.ones((5, 1)), tf.ones((5,)))

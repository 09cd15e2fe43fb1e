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

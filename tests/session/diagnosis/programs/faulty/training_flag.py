# === Dropout in a loop
import keras
import tensorflow as tf

model = keras.Sequential(
    [keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dropout(0.5, name="drop"), keras.layers.Dense(1)]
)
optimizer = keras.optimizers.SGD(0.01)
for _ in range(3):
    with tf.GradientTape() as tape:
        prediction = model(tf.ones((4, 3)))  # finds training-flag-missing: drop, model(tf.ones((4, 3)), training=True)
        loss = tf.reduce_mean(tf.square(1.0 - prediction))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

# === BatchNormalization in a subclass, in a graph
import keras
import tensorflow as tf

class Block(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(4)
        self.norm = keras.layers.BatchNormalization(name="norm")

    def call(self, inputs, training=None):
        return self.norm(self.dense(inputs), training=training)

block = Block()

@tf.function
def learn(batch):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(block(batch)))  # finds training-flag-missing: norm, block(batch)
    return tape.gradient(loss, block.trainable_variables)

block(tf.ones((2, 3)))
learn(tf.ones((4, 3)))

# === in a train_step
import keras
import tensorflow as tf

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
        self.noise = keras.layers.Dropout(0.2, name="noise")

    def call(self, inputs, training=False):
        return self.dense(self.noise(inputs, training=training))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            guess = self(x)  # finds training-flag-missing: noise, self(x)
            loss = tf.reduce_mean(tf.square(y - guess))
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return {"loss": loss}

net = Net()
net.compile("sgd")
net.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)

# === a penalty that nobody adds
import keras
import tensorflow as tf

model = keras.Sequential(
    [keras.Input((3,)), keras.layers.Dense(2, kernel_regularizer="l2", name="hidden"), keras.layers.Dense(1)]
)
optimizer = keras.optimizers.SGD(0.01)
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(1.0 - model(tf.ones((4, 3)))))
    gradients = tape.gradient(loss, model.trainable_variables)  # finds regularization-ignored: hidden/kernel
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

# === add_loss, in a train_step
import keras
import tensorflow as tf

class Sparse(keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(0.01 * tf.reduce_mean(tf.abs(inputs)))
        return inputs

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2)
        self.sparse = Sparse(name="sparse")

    def call(self, inputs):
        return self.sparse(self.dense(inputs))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        found = tape.gradient(loss, self.trainable_variables)  # finds regularization-ignored: sparse
        self.optimizer.apply_gradients(zip(found, self.trainable_variables))
        return {"loss": loss}

net = Net()
net.compile("sgd")
net.fit(tf.ones((4, 2)), tf.ones((4, 2)), verbose=0)

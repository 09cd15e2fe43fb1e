# === the penalty is added, in eager code and in a graph
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_regularizer="l2")])

def step(x):
    with tf.GradientTape() as tape:
        main = tf.reduce_mean(tf.square(1.0 - model(x)))
        loss = tf.add_n([main, *model.losses])
    return tape.gradient(loss, model.trainable_variables)

for train in (step, tf.function(step)):
    train(tf.ones((4, 3)))

# === fit and compute_loss add it, two tapes share it
import keras
import tensorflow as tf

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1, bias_regularizer="l1")

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape(persistent=True) as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        kernel = tape.gradient(loss, self.dense.kernel)
        bias = tape.gradient(loss, self.dense.bias)
        self.optimizer.apply([kernel, bias], [self.dense.kernel, self.dense.bias])
        return {"loss": loss}

for net in (Net(), keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_regularizer="l2")])):
    net.compile("sgd", "mse")
    net.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)

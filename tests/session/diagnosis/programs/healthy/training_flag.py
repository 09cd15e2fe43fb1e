# === training=True, and prediction outside the tape
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((3,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(1.0 - model(tf.ones((4, 3)), training=True)))
    tape.gradient(loss, model.trainable_variables)
    model(tf.ones((4, 3)))
model.compile("sgd", "mse")
model.fit(tf.ones((4, 3)), tf.ones((4, 1)), verbose=0)

# === prediction mode on purpose: a frozen base, a critic, a saliency map
import keras
import tensorflow as tf

base = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.BatchNormalization()])
head = keras.layers.Dense(1)
head.build((None, 4))
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(head(base(tf.ones((4, 3)), training=False))))
tape.gradient(loss, head.trainable_variables)
image = tf.ones((1, 3))
with tf.GradientTape() as tape:
    tape.watch(image)
    score = tf.reduce_sum(base(image))
tape.gradient(score, image)
base.trainable = False
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(head(base(tf.ones((4, 3))))))
tape.gradient(loss, head.trainable_variables)

# === fine-tuning: the base keeps its statistics inside a model that is trained
import keras
import tensorflow as tf

class Tuned(keras.Model):
    def __init__(self):
        super().__init__()
        self.base = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.BatchNormalization()])
        self.head = keras.layers.Dense(1)

    def call(self, inputs):
        return self.head(self.base(inputs, training=False))

tuned = Tuned()

@tf.function
def train(batch):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(tuned(batch)))
    return tape.gradient(loss, tuned.trainable_variables)

tuned(tf.ones((1, 3)))
train(tf.ones((4, 3)))

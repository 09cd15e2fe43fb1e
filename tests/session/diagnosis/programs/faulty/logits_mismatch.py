# === a linear layer and a loss for probabilities
import keras
import tensorflow as tf

keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
loss_fn = keras.losses.SparseCategoricalCrossentropy()
with tf.GradientTape() as tape:
    loss = loss_fn(tf.constant([0, 1, 2, 0]), model(tf.random.normal((4, 4))))  # finds logits-mismatch: softmax
tape.gradient(loss, model.trainable_variables)

# === compiled, and trained by fit
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "binary_crossentropy")
model.fit(tf.random.normal((8, 4)), tf.ones((8, 1)), verbose=0)  # finds logits-mismatch: sigmoid

# === a hand-made network in a graph
import keras
import tensorflow as tf

w, b = tf.Variable(tf.random.normal((4, 3))), tf.Variable(tf.zeros((3,)))

@tf.function
def learn(images, labels):
    with tf.GradientTape() as tape:
        outputs = images @ w + b
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, outputs))  # finds logits-mismatch
    return tape.gradient(loss, [w, b])

learn(tf.random.normal((5, 4)), tf.constant([0, 1, 2, 0, 1]))

# === softmax twice
import tensorflow as tf

w = tf.Variable(tf.random.normal((4, 3)))
with tf.GradientTape() as tape:
    probabilities = tf.nn.softmax(tf.random.normal((6, 4)) @ w)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(  # finds logits-mismatch: softmax
        labels=[0, 1, 2, 0, 1, 2], logits=probabilities
    )
    loss = tf.reduce_mean(losses)
tape.gradient(loss, w)

# === sigmoid twice, in a class, in a graph
import keras
import tensorflow as tf

class Critic:
    def __init__(self):
        self.model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        self.loss = keras.losses.BinaryCrossentropy(from_logits=True)

    @tf.function
    def step(self, batch):
        with tf.GradientTape() as tape:
            real = tf.sigmoid(self.model(batch))
            loss = self.loss(tf.ones_like(real), real)  # finds logits-mismatch: sigmoid
        return tape.gradient(loss, self.model.trainable_variables)

critic = Critic()
critic.step(tf.random.normal((6, 4)))

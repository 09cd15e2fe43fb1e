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

# === float64 from NumPy
import numpy as np
import tensorflow as tf

weights = tf.Variable([1.0, 2.0])
data = tf.constant(np.array([0.5, 0.25]))
result = data * weights  # finds dtype-mismatch: data, weights # raises

# === float64 in a nested function, in a graph
import numpy as np
import tensorflow as tf

def make(rows):
    features = tf.constant(np.random.rand(rows, 3))

    @tf.function
    def predict(kernel):
        return tf.matmul(features, kernel)  # finds dtype-mismatch: features, kernel

    return predict

make(4)(tf.ones((3, 1)))  # raises

# === integers against floats
import tensorflow as tf

count = tf.constant([1, 2, 3])
mean = tf.constant(0.5)
print(count - mean)  # finds dtype-mismatch: count, mean # raises

# === an optimizer for two models
import keras
import tensorflow as tf

optimizer = keras.optimizers.Adam(0.01)

def train(model):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(tf.ones((4, 2)))))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))  # finds optimizer-reused: optimizer

first, second = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]) for _ in range(2))
train(first)
train(second)  # raises

# === an optimizer that two models were compiled with, across cells
import keras
import tensorflow as tf

adam = keras.optimizers.SGD(0.1)
data = tf.ones((4, 2)), tf.ones((4, 1))
one = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
one.compile(adam, "mse")
one.fit(*data, verbose=0)
# %%
two = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
two.compile(adam, "mse")
two.fit(*data, verbose=0)  # finds optimizer-reused # raises

# === numpy() in a function
import tensorflow as tf

@tf.function
def show(x):
    value = x.numpy()  # finds symbolic-value: x
    return value

show(tf.ones((2,)))  # raises

# === NumPy computes in a train_step
import keras
import numpy as np
import tensorflow as tf

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        features, target = data
        with tf.GradientTape() as tape:
            error = self(features, training=True) - target
            loss = np.mean(error**2)  # finds symbolic-value: np.mean(error ** 2), tf.reduce_mean
        return {"loss": loss}

net = Net()
net.compile("sgd")
net.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)  # raises

# === a tensor that escaped
import tensorflow as tf

kept = []

@tf.function
def remember(x):
    kept.append(x * 2.0)
    return x

remember(tf.constant(1.0))
# %%
total = kept[0] + 1.0  # finds symbolic-value # raises

# === a list comprehension over a tensor
import tensorflow as tf

@tf.function
def squares(values):
    return [value**2 for value in values]  # finds symbolic-value

squares(tf.ones((3,)))  # raises

# === a function of TensorFlow on a symbolic input of Keras
import keras
import tensorflow as tf

inputs = keras.Input((3,))
hidden = tf.square(inputs)  # finds symbolic-value: tf.square(inputs) # raises

# === a signature that fixes the batch
import tensorflow as tf

@tf.function(input_signature=[tf.TensorSpec([32, 3], tf.float32)])  # finds fixed-signature: predict
def predict(x):
    return x * 2.0

predict(tf.ones((32, 3)))
predict(tf.ones((7, 3)))  # raises

# === a signature that fixes the batch, of a method, two arguments
import tensorflow as tf

class Step(tf.Module):
    @tf.function(
        input_signature=[
            tf.TensorSpec(shape=(None, 2), dtype=tf.float32),
            tf.TensorSpec(shape=(8,), dtype=tf.float32),  # finds fixed-signature: step.run
        ]
    )
    def run(self, x, y):
        return tf.reduce_sum(x) + tf.reduce_sum(y)

step = Step()
for size in (8, 5):
    step.run(tf.ones((size, 2)), tf.ones((size,)))  # raises

# === an item of a tensor
import tensorflow as tf

scores = tf.zeros((3,))
scores[0] = 5.0  # finds tensor-assignment: scores[0], scores # raises

# === an item of a variable, in a loop in a function
import tensorflow as tf

def fill(table):
    for row in range(2):
        table[row] -= 1.0  # finds tensor-assignment: table[row], table[row].assign_sub(1.0)

fill(tf.Variable(tf.zeros((2,))))  # raises

# === an item of a tensor in a graph
import tensorflow as tf

@tf.function
def first_to_zero(batch):
    batch[0] = 0.0  # finds tensor-assignment: batch[0]
    return batch

first_to_zero(tf.ones((3,)))  # raises

# === gradients and variables swapped
import keras
import tensorflow as tf

w = keras.Variable([1.0, 2.0])
sgd = keras.optimizers.SGD(0.1)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w * w)
grads = tape.gradient(loss, [w])
sgd.apply_gradients(zip([w], grads))  # finds swapped-gradients: sgd.apply_gradients # raises

# === swapped, in a class, with apply
import keras
import tensorflow as tf

class Trainer:
    def __init__(self):
        self.layer = keras.layers.Dense(1)
        self.layer.build((None, 2))
        self.adam = keras.optimizers.Adam()

    def step(self):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(self.layer(tf.ones((2, 2))))
        found = tape.gradient(loss, self.layer.trainable_variables)
        self.adam.apply(self.layer.trainable_variables, found)  # finds swapped-gradients: self.adam.apply

Trainer().step()  # raises

# === a label outside the classes
import keras
import tensorflow as tf

loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print(loss_fn(tf.constant([0, 3]), tf.random.normal((2, 3))))  # finds label-out-of-range # raises

# === labels from 1 to 3, in fit
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(tf.ones((6, 2)), tf.constant([1, 2, 3, 1, 2, 3]), verbose=0)  # finds label-out-of-range # raises

# === the learning rate of Keras 2
import keras

optimizer = keras.optimizers.Adam(lr=0.001)  # finds keras2-api: lr, learning_rate # raises

# === a metric of Keras 2, in a function
import keras

def fresh(metric):
    metric.update_state(1.0)
    metric.reset_states()  # finds keras2-api: reset_states, reset_state

fresh(keras.metrics.Mean())  # raises

# === saved as in Keras 2
import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.save("my_model")  # finds keras2-api # raises

# === a loss of tf.keras
import tensorflow as tf

print(tf.keras.losses.mean_squared_error([1.0], [2.0]))  # finds keras2-api: mean_squared_error # raises

# === fit_generator, and a rate that is set
import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.optimizer.learning_rate = 0.5
model.fit_generator([1])  # finds keras2-api: fit_generator, fit # raises

# === more than there is room for
import tensorflow as tf

big = tf.zeros((1 << 22, 1 << 22))  # finds memory-limit # raises

# === more than there is room for, in NumPy, in a function
import numpy as np

def table(rows):
    return np.ones((rows, rows))  # finds memory-limit

table(1 << 24)  # raises

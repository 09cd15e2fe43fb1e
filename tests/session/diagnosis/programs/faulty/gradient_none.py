# === not watched, as in the textbook
import tensorflow as tf

x = tf.constant(3.0)
with tf.GradientTape() as tape:
    y = x * x
dy_dx = tape.gradient(y, x)  # finds gradient-none/not-watched: x

# === not watched, one of several, in a class
import tensorflow as tf

class Saliency:
    def __init__(self):
        self.weights = tf.Variable([1.0, 2.0])

    def of(self, image):
        with tf.GradientTape() as recorder:
            score = tf.reduce_sum(image * self.weights)
        return recorder.gradient(score, [image, self.weights])  # finds gradient-none/not-watched: image, recorder

Saliency().of(tf.constant([0.5, 0.5]))

# === an integer variable
import tensorflow as tf

x = tf.Variable(3)
with tf.GradientTape() as tape:
    y = tf.cast(x, tf.float32) * 2.0
grad = tape.gradient(y, x)  # finds gradient-none/integer: x

# === integers on the way, in a graph
import tensorflow as tf

scale = tf.Variable([0.3, 0.9, 0.1], name="scale")

@tf.function
def step():
    with tf.GradientTape() as tape:
        picked = tf.cast(tf.argmax(scale), tf.float32)
        loss = picked * picked
    return tape.gradient(loss, [scale])  # finds gradient-none/integer: scale

step()

# === rounded
import tensorflow as tf

w = tf.Variable([1.2, 2.7])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.round(w))
tape.gradient(loss, w)  # finds gradient-none/non-differentiable: w

# === an accuracy taken for a loss
import tensorflow as tf
import keras

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid", name="head")])
inputs, labels = tf.random.normal((8, 3)), tf.ones((8, 1))

@tf.function
def train(images, truth):
    with tf.GradientTape() as tape:
        guess = model(images)
        accuracy = tf.reduce_mean(tf.cast(tf.equal(guess > 0.5, truth > 0.5), tf.float32))
        loss = 1.0 - accuracy
    return tape.gradient(loss, model.trainable_variables)  # finds gradient-none/non-differentiable: head/kernel

train(inputs, labels)

# === through NumPy
import numpy as np
import tensorflow as tf

w = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(np.square(w))
tape.gradient(loss, w)  # finds gradient-none/left-tensorflow: w

# === through numpy() in a nested function
import tensorflow as tf

def make_loss(target):
    def loss(prediction):
        error = (prediction - target).numpy()
        return tf.reduce_mean(tf.constant(error) ** 2)

    return loss

theta = tf.Variable([0.5, -0.5], name="theta")
mse = make_loss(tf.constant([1.0, 1.0]))
with tf.GradientTape() as tape:
    result = tf.constant(float(mse(theta * 2.0)))
tape.gradient(result, theta)  # finds gradient-none/left-tensorflow: theta

# === the loss outside the tape
import tensorflow as tf

w = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    prediction = w * 3.0
loss = tf.reduce_mean(prediction)
tape.gradient(loss, w)  # finds gradient-none/outside-tape: w

# === the forward pass outside the tape, in a graph
import tensorflow as tf
import keras

net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False, name="only")])

@tf.function
def fit_batch(batch, truth):
    guess = net(batch)
    with tf.GradientTape() as t:
        loss = tf.reduce_mean(tf.square(truth - guess))
    return t.gradient(loss, net.trainable_variables)  # finds gradient-none/outside-tape: only/kernel, t

fit_batch(tf.ones((4, 2)), tf.ones((4, 1)))

# === a variable replaced by a tensor
import tensorflow as tf

w = tf.Variable(2.0)
for _ in range(2):
    with tf.GradientTape() as tape:
        loss = w * w
    grad = tape.gradient(loss, w)  # finds gradient-none/variable-replaced: w
    if grad is not None:
        w = w - 0.1 * grad

# === replaced in a list, across cells
import tensorflow as tf

params = [tf.Variable([1.0, 1.0], name="a"), tf.Variable(0.5, name="b")]

def gradients():
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(params[0] * params[1])
    return tape.gradient(loss, params)  # finds gradient-none/variable-replaced: params

# %%
for _ in range(2):
    grads = gradients()
    if None not in grads:
        params = [p - 0.1 * g for p, g in zip(params, grads)]

# === never used
import tensorflow as tf

w, b = tf.Variable(2.0, name="w"), tf.Variable(1.0, name="b")
with tf.GradientTape() as tape:
    loss = w * w
tape.gradient(loss, [w, b])  # finds gradient-none/unused: b

# === a layer left out of call, in train_step
import keras
import tensorflow as tf

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(4, name="hidden")
        self.extra = keras.layers.Dense(4, name="extra")
        self.extra.build((None, 4))

    def call(self, x):
        return self.hidden(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        grads = tape.gradient(loss, self.trainable_variables)  # finds gradient-none/unused: extra/kernel
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}

net = Net()
net.compile(optimizer="sgd")
net.fit(tf.ones((4, 4)), tf.ones((4, 4)), epochs=1, verbose=0)

# === stopped
import tensorflow as tf

w = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.stop_gradient(w * 2.0))
tape.gradient(loss, w)  # finds gradient-none/stop-gradient: w

# === stopped inside a layer
import keras
import tensorflow as tf

class Encoder(keras.layers.Layer):
    def __init__(self):
        super().__init__(name="encoder")
        self.dense = keras.layers.Dense(3, use_bias=False, name="inner")

    def call(self, x):
        return tf.stop_gradient(self.dense(x))

encoder, head = Encoder(), keras.layers.Dense(1, use_bias=False, name="head")

@tf.function
def learn(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(head(encoder(x)))
    return tape.gradient(loss, encoder.trainable_variables + head.trainable_variables)  # finds gradient-none/stop-gradient: encoder/inner/kernel

encoder.build((None, 2)), encoder(tf.ones((1, 2))), head.build((None, 3))
learn(tf.ones((5, 2)))

# === trainable=False
import tensorflow as tf

w = tf.Variable([1.0, 2.0], trainable=False)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w * w)
tape.gradient(loss, w)  # finds gradient-none/untrainable: w

# === all variables instead of the trainable ones
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.BatchNormalization(name="norm")])

@tf.function
def train(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - 1.0))
    return tape.gradient(loss, model.variables)  # finds gradient-none/untrainable: norm/moving_mean

train(tf.ones((3, 2)))

# === no gradients provided
import keras
import tensorflow as tf

v = tf.Variable(2.0)
optimizer = keras.optimizers.SGD(0.1)
optimizer.apply_gradients([(None, v)])  # finds gradient-none # raises

# === computed while the tape was told to stop
import tensorflow as tf

one, other = tf.Variable(1.0), tf.Variable(2.0)
with tf.GradientTape() as tape:
    part = one * one
    with tape.stop_recording():
        rest = other * other
    whole = part + rest
tape.gradient(whole, [one, other])  # finds gradient-none/outside-tape: other, tape

# === rounded inside of a tf.function, under an eager tape
import tensorflow as tf

@tf.function
def combined(smooth, rough):
    return smooth * 2.0 + tf.round(rough)

a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
with tf.GradientTape() as tape:
    value = combined(a, b)
tape.gradient(value, [a, b])  # finds gradient-none/non-differentiable: b

# === a list of variables that is made anew in the loop
import tensorflow as tf

weights = [tf.Variable(1.0), tf.Variable(2.0)]
for _ in range(2):
    with tf.GradientTape() as tape:
        cost = weights[0] * weights[1]
    slopes = tape.gradient(cost, weights)  # finds gradient-none/variable-replaced: weights[0], weights[1]
    weights = [w - 0.1 * (g if g is not None else 0.0) for w, g in zip(weights, slopes)]

# === the body of a model runs before the tape, in a method behind a decorator
import functools
import keras
import tensorflow as tf

def logged(method):
    @functools.wraps(method)
    def inner(*arguments):
        return method(*arguments)

    return inner

class Learner:
    def __init__(self):
        self.body, self.head = keras.layers.Dense(3, name="body"), keras.layers.Dense(1, name="head")
        self.body.build((None, 2))
        self.head.build((None, 3))

    @logged
    def update(self, x, y):
        features = self.body(x)
        with tf.GradientTape() as recorder:
            error = tf.reduce_mean(tf.square(y - self.head(features)))
        variables = self.body.trainable_variables + self.head.trainable_variables
        return recorder.gradient(error, variables)  # finds gradient-none/outside-tape: body, recorder

learner = Learner()
for _ in range(2):
    learner.update(tf.ones((4, 2)), tf.ones((4, 1)))

# === a part of a product that is treated as a constant, beside a number of the same value
import tensorflow as tf

def area(width, height):
    return 3 * width**2 + tf.stop_gradient(2 * width * height)

width, height = tf.Variable(5.0), tf.Variable(3.0)
with tf.GradientTape() as tape:
    whole = area(width, height)
tape.gradient(whole, [width, height])  # finds gradient-none/stop-gradient: height

# === a variable that was read in the block for something else
import tensorflow as tf

used, read = tf.Variable(2.0), tf.Variable(4.0)
with tf.GradientTape() as tape:
    ratio = read * 2.0
    loss = used * 4.0
tape.gradient(loss, [used, read])  # finds gradient-none/unused: read

# === a way through the state of another variable
import tensorflow as tf

start, state = tf.Variable(3.0, name="start"), tf.Variable(0.0, name="state")
with tf.GradientTape() as tape:
    state.assign_add(start)
    end = state**2
tape.gradient(end, start)  # finds gradient-none: start

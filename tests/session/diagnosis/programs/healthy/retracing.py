# === the last, smaller batch
import tensorflow as tf

@tf.function
def mean(batch):
    return tf.reduce_mean(batch)

for epoch in range(3):
    for batch in tf.data.Dataset.range(10).batch(4):
        mean(tf.cast(batch, tf.float32))

# === a flag, two kinds of input and a tensor for a number
import tensorflow as tf

@tf.function
def f(x, training):
    return x * 2 if training else x

for value in (tf.constant(1.0), tf.constant([1.0, 2.0]), tf.constant(1)):
    for training in (True, False):
        f(value, training)

@tf.function
def g(x, n):
    return x * n

for n in range(6):
    g(tf.constant(1.0), tf.constant(float(n)))

# === reduce_retracing, and one object for each function
import tensorflow as tf

@tf.function(reduce_retracing=True)
def total(values):
    return tf.reduce_sum(values)

for length in range(1, 7):
    total(tf.ones((length,)))

functions = [tf.function(tf.nn.relu), tf.function(lambda x: x + 1.0), tf.function(lambda x: x - 1.0)]
for function in functions:
    function(tf.constant(1.0))

# === a function that calls itself with Python numbers
import tensorflow as tf

@tf.function
def countdown(n):
    if n > 0:
        return countdown(n - 1)
    return 1

countdown(5)

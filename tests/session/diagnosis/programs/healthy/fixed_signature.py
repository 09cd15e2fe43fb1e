# === a signature with an open axis
import tensorflow as tf

@tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
def predict(x):
    return x * 2.0

for size in (32, 5):
    predict(tf.ones((size, 3))).numpy()

# === a fixed signature whose last batch is dropped
import tensorflow as tf

@tf.function(input_signature=[tf.TensorSpec([4, 1], tf.float32)])
def double(x):
    return x * 2.0

for batch in tf.data.Dataset.from_tensor_slices(tf.ones((10, 1))).batch(4, drop_remainder=True):
    double(batch)

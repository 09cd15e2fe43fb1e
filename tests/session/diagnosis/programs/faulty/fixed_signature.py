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

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

# === a label too large where nothing raises, as on a GPU
import keras
import tensorflow as tf

def silent(labels, logits):
    inside = tf.cast(labels, tf.int64) < logits.shape[-1]
    return tf.where(inside, tf.reduce_sum(logits, -1), float("nan"))

loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
raising, tf.nn.sparse_softmax_cross_entropy_with_logits = tf.nn.sparse_softmax_cross_entropy_with_logits, silent
try:
    print(loss_fn(tf.constant([1, 0, 2]), tf.zeros((3, 2))))  # finds label-out-of-range
finally:
    tf.nn.sparse_softmax_cross_entropy_with_logits = raising

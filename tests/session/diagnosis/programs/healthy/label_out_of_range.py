# === the first and the last class
import keras
import tensorflow as tf

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(tf.ones((6, 2)), tf.constant([0, 1, 2, 0, 1, 2]), verbose=0)

# === a label that is left out on purpose
import keras
import tensorflow as tf

loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
logits = tf.random.normal((3, 2))
print(loss_fn(tf.constant([0, 1, -1]), logits))
print(tf.nn.sparse_softmax_cross_entropy_with_logits(tf.constant([1, 0, 1]), logits))

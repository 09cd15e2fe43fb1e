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

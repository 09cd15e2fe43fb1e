# === probabilities where probabilities are expected, logits where logits are
import keras
import tensorflow as tf

x, y = tf.random.normal((6, 4)), tf.constant([0, 1, 2, 0, 1, 2])
for activation in ("softmax", None):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=activation)])
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=activation is None)
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x))
    tape.gradient(loss, model.trainable_variables)
    model.compile("sgd", loss_fn)
    model.fit(x, y, verbose=0)
tf.nn.softmax_cross_entropy_with_logits(tf.one_hot(y, 3), tf.random.normal((6, 3)))

# === a binary classifier, both ways, in graphs
import keras
import tensorflow as tf

x, y = tf.random.normal((6, 4)), tf.ones((6, 1))
one = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])

@tf.function
def losses():
    first = keras.losses.BinaryCrossentropy()(y, one(x))
    return first + keras.losses.BinaryCrossentropy(from_logits=True)(y, other(x))

losses()
mixed = 0.5 * tf.nn.softmax(tf.ones((2, 3))) + 0.5 * tf.nn.softmax(tf.ones((2, 3)))
tf.function(lambda p: keras.losses.CategoricalCrossentropy()(tf.eye(2, 3), 0.5 * p + 0.5 * p))(mixed)

# === few logits that happen to lie between 0 and 1
import keras
import tensorflow as tf

keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones((4, 1)), tf.constant([[0.2], [0.4], [0.9], [0.1]]))
keras.losses.CategoricalCrossentropy(from_logits=True)(tf.eye(2), tf.constant([[0.2, 0.4], [0.9, 0.5]]))

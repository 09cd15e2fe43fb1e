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

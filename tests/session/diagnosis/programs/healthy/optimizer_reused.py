# === an optimizer for each model
import keras
import tensorflow as tf

for _ in range(2):
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.apply_gradients([(tf.ones_like(each), each) for each in layer.trainable_variables])

# === one optimizer that was built for the variables of two models
import keras
import tensorflow as tf

first, second = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]) for _ in range(2))
both = first.trainable_variables + second.trainable_variables
adam = keras.optimizers.Adam(0.01)
adam.build(both)
for variables in (first.trainable_variables, second.trainable_variables):
    adam.apply_gradients([(tf.ones_like(each), each) for each in variables])

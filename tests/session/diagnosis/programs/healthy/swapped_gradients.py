# === gradients first, in pairs and in lists
import keras
import tensorflow as tf

w = keras.Variable([1.0, 2.0])
sgd = keras.optimizers.SGD(0.1)
for _ in range(2):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * w)
    grads = tape.gradient(loss, [w])
    sgd.apply_gradients(zip(grads, [w]))
    sgd.apply(grads, [w])

# === two lists that are zipped for something else
import tensorflow as tf

variables = [tf.Variable(1.0), tf.Variable(2.0)]
with tf.GradientTape() as tape:
    loss = variables[0] * variables[1]
for variable, gradient in zip(variables, tape.gradient(loss, variables)):
    variable.assign_sub(0.1 * gradient)

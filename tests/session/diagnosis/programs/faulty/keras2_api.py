# === the learning rate of Keras 2
import keras

optimizer = keras.optimizers.Adam(lr=0.001)  # finds keras2-api: lr, learning_rate # raises

# === a metric of Keras 2, in a function
import keras

def fresh(metric):
    metric.update_state(1.0)
    metric.reset_states()  # finds keras2-api: reset_states, reset_state

fresh(keras.metrics.Mean())  # raises

# === saved as in Keras 2
import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.save("my_model")  # finds keras2-api # raises

# === a loss of tf.keras
import tensorflow as tf

print(tf.keras.losses.mean_squared_error([1.0], [2.0]))  # finds keras2-api: mean_squared_error # raises

# === fit_generator, and a rate that is set
import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.optimizer.learning_rate = 0.5
model.fit_generator([1])  # finds keras2-api: fit_generator, fit # raises

# === a decay that does nothing, and a rate that is set in vain, in a function
import keras

slow = keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, decay=1e-4)  # finds keras2-api: decay

def halve(optimizer):
    optimizer.lr = 0.5 * float(optimizer.learning_rate)  # finds keras2-api: lr, learning_rate

halve(keras.optimizers.Adam(0.1))

# === the shape of a batch, given to a layer in a class
import keras

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.rnn = keras.layers.LSTM(4, stateful=True, batch_input_shape=(1, 5, 2))  # finds keras2-api: batch_input_shape

Net()  # raises

# === values of the backend, in a nested function
import keras

def slower(factor):
    def set_rate(optimizer):
        keras.backend.set_value(optimizer.learning_rate, factor)  # finds keras2-api: set_value, variable.assign(...)

    return set_rate

slower(0.1)(keras.optimizers.SGD())  # raises

# === how losses were reduced
import keras

loss_fn = keras.losses.MeanSquaredError(reduction=keras.losses.Reduction.NONE)  # finds keras2-api: Reduction # raises

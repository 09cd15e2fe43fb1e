# === an item of a tensor
import tensorflow as tf

scores = tf.zeros((3,))
scores[0] = 5.0  # finds tensor-assignment: scores[0], scores # raises

# === an item of a variable, in a loop in a function
import tensorflow as tf

def fill(table):
    for row in range(2):
        table[row] -= 1.0  # finds tensor-assignment: table[row], table[row].assign_sub(1.0)

fill(tf.Variable(tf.zeros((2,))))  # raises

# === an item of a tensor in a graph
import tensorflow as tf

@tf.function
def first_to_zero(batch):
    batch[0] = 0.0  # finds tensor-assignment: batch[0]
    return batch

first_to_zero(tf.ones((3,)))  # raises

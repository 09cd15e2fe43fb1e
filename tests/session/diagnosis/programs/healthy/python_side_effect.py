# === tf.print, tf.random, a variable, and a print that tells of tracing
import tensorflow as tf

count, seen = tf.Variable(0), []

@tf.function
def step(x):
    print("tracing with", x)
    tf.print("", end="")
    count.assign_add(1)
    parts = []
    for _ in range(2):
        parts.append(x + tf.random.normal(()))
    return tf.add_n(parts)

for value in range(3):
    seen.append(float(step(tf.constant(float(value)))))

# === a function that is called once for each trace, and eager code
import tensorflow as tf

log = []

@tf.function
def once(x):
    print(x)
    return x

once(tf.constant(1.0))

def eager(x):
    print("eager")
    log.append(x)
    return x

for _ in range(3):
    eager(tf.constant(1.0))

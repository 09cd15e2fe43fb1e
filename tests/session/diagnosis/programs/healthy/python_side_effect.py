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

# === a counter of traces, and what is lifted out of the graph on purpose
import tensorflow as tf

count_of_traces = 0

class Lazy(tf.Module):
    def __init__(self):
        self.made = 0

    @tf.function
    def __call__(self, x):
        global count_of_traces
        count_of_traces += 1
        if self.made == 0:
            with tf.init_scope():
                self.made += 1
        return x + 1.0

lazy = Lazy()
for _ in range(3):
    lazy(tf.constant(1.0))
print(count_of_traces, lazy.made)

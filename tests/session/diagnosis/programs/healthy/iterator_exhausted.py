# === datasets and lists may be gone through again, one pass over an iterator is fine
import tensorflow as tf

dataset = tf.data.Dataset.range(6).batch(2)
values = [1, 2, 3]
once = zip(values, values)
for epoch in range(2):
    for batch in dataset:
        for value in values:
            pass
for pair in once:
    pass
stream = iter(dataset)
for batch in stream:
    pass

# === an endless iterator in portions, one made anew, one that is left early
import tensorflow as tf

endless = iter(tf.data.Dataset.range(6).repeat())
lines = iter(range(10))
numbers = (n for n in range(100))
for epoch in range(2):
    for _ in range(4):
        next(endless)
    batches = iter(tf.data.Dataset.range(4))
    for batch in batches:
        pass
    for number in numbers:
        if number % 10 == 9:
            break
    pairs = zip(range(3), range(3))
    for pair in pairs:
        pass

# === asked twice with a default
import tensorflow as tf

short = iter(tf.data.Dataset.range(1))
found = [next(short, None) for _ in range(3)]
for only_once in range(1):
    rest = zip([1], [2])
    for pair in rest:
        pass

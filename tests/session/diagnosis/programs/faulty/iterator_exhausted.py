# === an iterator over two epochs
import tensorflow as tf

batches = iter(tf.data.Dataset.range(6).batch(2))
for epoch in range(2):
    for batch in batches:  # finds iterator-exhausted: batches
        pass

# === in a class, by reference
import tensorflow as tf

class Trainer:
    def __init__(self, data):
        self.data = iter(data)

    def epoch(self):
        total = 0
        for value in self.data:  # finds iterator-exhausted: self.data
            total += int(value)
        return total

# %%
trainer = Trainer(tf.data.Dataset.range(3))
sums = [trainer.epoch() for _ in range(3)]

# === a zip
xs, ys = [1.0, 2.0], [3.0, 4.0]
pairs = zip(xs, ys)
for epoch in range(3):
    for x, y in pairs:  # finds iterator-exhausted: pairs
        x + y

# === a generator
def numbers():
    yield from range(3)

epochs = 4
source = numbers()
for epoch in range(epochs):
    for number in source:  # finds iterator-exhausted: source
        number + 1

# === next after the end
import tensorflow as tf

def first_two(stream):
    return [next(stream), next(stream)]  # finds iterator-exhausted: stream

first_two(iter(tf.data.Dataset.range(1)))  # raises

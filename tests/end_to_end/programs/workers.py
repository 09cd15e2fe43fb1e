# A training loop for several workers, as the guide to distributed training has it; the word after -- says how it ends.
import json
import os
import signal
import sys
import threading

import numpy as np
import tensorflow as tf

how = sys.argv[1] if len(sys.argv) > 1 else "well"
me = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
if how == "absent" and me == 1:
    sys.exit(0)
if how == "late" and me == 1:
    signal.pause()

strategy = tf.distribute.MultiWorkerMirroredStrategy()
print("worker", me, "of", strategy.num_replicas_in_sync)

BATCH = 16
rng = np.random.default_rng(0)
x = rng.normal(size=(64, 3)).astype("float32")
y = x @ np.array([[1.0], [-2.0], [0.5]], "float32")
options = tf.data.Options()
options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH).repeat().with_options(options)

with strategy.scope():
    weights = tf.Variable(tf.zeros([3, 1]), name="weights")


def replica_step(features, targets):
    with tf.GradientTape() as tape:
        errors = tf.reduce_sum((features @ weights - targets) ** 2, axis=1)
        loss = tf.nn.compute_average_loss(errors, global_batch_size=BATCH)
    gradient = tape.gradient(loss, weights)
    total = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, gradient)
    weights.assign_sub(0.1 * total)
    return loss


@tf.function
def train_step(features, targets):
    losses = strategy.run(replica_step, (features, targets))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)


batches = iter(strategy.experimental_distribute_dataset(dataset))
steps = 10**9 if how == "for ever" else 10 if how == "uneven" and me == 1 else 20
for step in range(steps):
    loss = train_step(*next(batches))
    if step == 3 and me == 1:
        if how == "raise":
            raise ValueError("no more")
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
    if step == 3:
        print("training", flush=True)
print("weights", np.round(weights.numpy().ravel(), 3).tolist())
if how == "alone" and me == 0:
    # It evaluates by itself, long after the other's end: until it is told that nobody is there any more.
    from tensorflow.python.eager import context

    told = threading.Event()
    abort = context.Context.abort_collective_ops

    def abort_and_tell(*arguments):
        abort(*arguments)
        told.set()

    context.Context.abort_collective_ops = abort_and_tell
    told.wait()
    print("evaluated", int(tf.size(tf.constant(x) @ weights)))

"""Whether TensorFlow's context exists yet.

A probe must never be the one to make it: a forked child, and ``tf.config`` calls before the first operation, rely on
its absence.
"""

from __future__ import annotations

from tensorflow.python.eager import context


def is_initialised() -> bool:
    """Whether the learner's code has run an operation (or otherwise initialised the devices)."""
    current = context.context_safe()
    return current is not None and bool(current._initialized)

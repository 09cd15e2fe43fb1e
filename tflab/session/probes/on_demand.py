"""Numbers that a graph computes only in a step in which they are asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, NamedTuple

import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.ops import control_flow_util
from tensorflow.python.ops import gen_resource_variable_ops as raw

from tflab.session.probes.ring import make_resource

Numbers = Callable[[], list[Any]]
"""Makes scalars or vectors in the graph being traced."""

_NOTHING, _NUMBERS, _ALL = 0, 1, 2
"""What may be asked."""

_HEAD: Final = 2
"""Numbers before the answer's own: the step, and what was asked."""

_ONE_CALL: Final = {"_noinline": True}


class Answer(NamedTuple):
    """The numbers of one step."""

    step: int
    numbers: list[float]
    more: list[float] | None
    """Those that are asked for less often; None where this step was not asked for them."""


class NumbersOnDemand:
    """Numbers that are dear to compute, written by the graph only in a step that starts after they were asked for. One
    question serves for two kinds of them, one dearer than the other: a graph pays for each question in every step."""

    def __init__(self, count: int, more: int = 0, *, on_host: bool) -> None:
        """``count`` numbers a step, and ``more`` where these are asked for, too. ``on_host`` keeps the question in the
        host's memory, where it costs a GPU no pause to ask; without a GPU, or under XLA, everything lies on one device
        anyway."""
        self._on_host = on_host
        self._count = count
        self._size = _HEAD + count + more
        self._lacks_more = more > 0
        with self._question():
            self._wanted = make_resource([], tf.int64, self._wish)
        # A float64 holds any count of steps exactly.
        self._numbers = make_resource([self._size], tf.float64, -1)
        self._seen = -1

    @property
    def _wish(self) -> int:
        return _ALL if self._lacks_more else _NUMBERS

    def _question(self) -> AbstractContextManager[Any]:
        return tf.device("/CPU:0") if self._on_host else contextlib.nullcontext()

    def write(self, step: Any, numbers: Numbers, more: Numbers | None = None) -> None:
        """Adds to the graph: where wanted, store ``step`` and what ``numbers()`` and ``more()`` make."""

        def store(asked: int) -> Any:
            # Answered before it is written: once the step can be read, the next question may be put.
            with self._question():
                answered = raw.assign_variable_op(self._wanted, tf.constant(_NOTHING, tf.int64))
            with ops.control_dependencies([answered]):
                parts = [step, tf.constant(asked), *numbers()]
                if more is not None and asked == _ALL:
                    parts += more()
                flat = tf.concat([tf.reshape(tf.cast(part, tf.float64), [-1]) for part in parts], 0)
                whole = tf.pad(flat, [[0, self._size - int(flat.shape[0])]])
                written = raw.assign_variable_op(self._numbers, whole)
            with ops.control_dependencies([written]):
                return tf.constant(0)

        with self._question():
            wanted = raw.read_variable_op(self._wanted, tf.int64)
        answers = [lambda: store(_NUMBERS)] if more is None else [lambda: store(_NUMBERS), lambda: store(_ALL)]
        if not control_flow_util.GraphOrParentsInXlaContext(ops.get_default_graph()):
            # TensorFlow spreads the conditional out: each tensor that the answer needs is let go as soon as it is
            # there, not kept until the last one is, so that its memory is used again as it would be without. The
            # answer is one call that is passed over, where, as nearly always, it is not wanted.
            answers = [_one_call(answer) for answer in answers]
        if more is None:
            tf.cond(wanted > 0, answers[0], _no_answer)
        else:
            tf.switch_case(tf.cast(wanted, tf.int32), [_no_answer, *answers])

    def read(self, *, more: bool = False) -> Answer | None:
        """The numbers written since the last call, which are asked for anew; None where there are none yet. With
        ``more`` the dearer ones are asked for, too, until they have come once."""
        is_new_wish = more and not self._lacks_more
        self._lacks_more |= more
        step, asked, *numbers = raw.read_variable_op(self._numbers, tf.float64).numpy().tolist()
        if step == self._seen:
            if is_new_wish:
                raw.assign_variable_op(self._wanted, tf.constant(_ALL, tf.int64))
            return None
        self._seen = step
        has_more = asked == _ALL
        if has_more:
            self._lacks_more = more
        raw.assign_variable_op(self._wanted, tf.constant(self._wish, tf.int64))
        return Answer(int(step), numbers[: self._count], numbers[self._count :] if has_more else None)


def _one_call(answer: Callable[[], Any]) -> Callable[[], Any]:
    function = tf.function(answer, autograph=False, experimental_attributes=_ONE_CALL)
    return lambda: function.get_concrete_function()()


def _no_answer() -> Any:
    return tf.constant(0)

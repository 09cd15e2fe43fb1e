"""Every trace with its cause, a reason in the argument's own name, and a fix; and none but the learner's."""

from __future__ import annotations

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession, WarmServer
from tflab.protocol.events import FunctionTraced

SETUP = """
import collections
import json
import numpy as np
import tensorflow as tf
import keras

c = tf.constant
Pair = collections.namedtuple("Pair", "a b")

class Config:
    pass

class Scaler:
    def __init__(self, factor):
        self.factor = factor

    @tf.function
    def call(self, x):
        return x * self.factor

kept, u, v = Config(), tf.Variable(1.0), tf.Variable(2.0)
"""

# First call, second call, cause of the second, what its reason says, what its fix says.
PAIRS = {
    "shape": (
        "tf.zeros([32, 64])",
        "tf.zeros([5, 64])",
        "shape",
        "`x`: shape (32, 64) became (5, 64): axis 0",
        "None, 64",
    ),
    "inner axis": ("tf.zeros([8, 3, 2])", "tf.zeros([8, 4, 5])", "shape", "axes 1, 2 differ", "[8, None, None]"),
    "rank": ("tf.zeros([2])", "tf.zeros([2, 1])", "rank", "(2,) became (2, 1)", "Reshape `x`"),
    "dtype": ("c([1.0])", "c([1])", "dtype", "float32 became int32", "tf.cast(x, tf.float32)"),
    "value": ("3", "4", "python_value", "Python value 3 became 4", "tf.constant"),
    "flag": ("True", "False", "python_value", "True became False", "One trace for each"),
    "type": ("3", "3.5", "python_type", "the Python int 3 became the Python float 3.5", "tensor"),
    "tensor or not": ("c(1.0)", "1.0", "python_type", "the tensor float32 () became the Python float 1.0", "`x`"),
    "nested": ("{'a': [c(1.0), c([1.0])]}", "{'a': [c(1.0), c([1.0, 2.0])]}", "shape", "`x['a'][1]`: shape (1,)", ""),
    "length": ("[c(1.0)]", "[c(1.0), c(1.0)]", "structure", "1 items became 2", "stack"),
    "keys": ("{'a': c(1.0)}", "{'b': c(1.0)}", "structure", "keys differ", "keys of `x`"),
    "kind": ("[c(1.0)]", "{'b': c(1.0)}", "structure", "became", "same kind"),
    "named tuple": ("Pair(c(1.0), 2)", "Pair(c(1.0), 3)", "python_value", "`x.b`: the Python value 2 became 3", ""),
    "object": ("kept", "Config()", "object", "another Config object", "same object"),
    "variable": ("tf.Variable(1.0)", "tf.Variable([1.0])", "variable", "tf.Variable float32 ()", "value"),
    "aliases": ("[u, v]", "[u, u]", "variable", "shared", "pattern"),
}


@pytest.fixture
def session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


def trace(session: LiveSession, source: str) -> list[FunctionTraced]:
    return session.check(source, cell=1).all(FunctionTraced)


@pytest.mark.parametrize("case", PAIRS)
def test_why_it_was_traced_again(session: LiveSession, case: str) -> None:
    one, other, cause, reason, fix = PAIRS[case]
    # GIVEN a function that was traced for one argument, WHEN it is called with another
    first, second = trace(session, f"f = tf.function(lambda x: tf.constant(0))\nf({one})\nf({one})\nf({other})")

    # THEN the trace says what differed
    assert (first.ordinal, first.cause, first.fix) == (1, "first", "")
    assert (second.ordinal, second.cause) == (2, cause)
    assert reason in second.reason
    assert fix in second.fix
    assert second.reason.endswith(".")
    assert not second.fix or second.fix.endswith(".")


def test_what_an_event_holds(session: LiveSession) -> None:
    [event] = trace(
        session,
        """
@tf.function
def add(x, y, training=False):
    return x + y

def caller():
    return add(tf.zeros([2, 3]), c(1.0), training=True)

caller()
""",
    )

    assert (event.function, event.line, event.file) == ("add", 3, "<cell 2>")
    assert event.signature == "x: float32 (2, 3), y: float32 (), training: True"
    assert event.site is not None
    assert (event.site.file, event.site.line) == ("<cell 2>", 7)
    assert event.milliseconds > 0
    # Two placeholders, the sum and what it returns.
    assert event.operations == 4


def test_operations_are_counted_without_the_probes_own(session: LiveSession) -> None:
    [event] = trace(
        session,
        """
@tf.function
def step(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    return tape.gradient(y, x)

step(c(1.0))
""",
    )

    # x, the product, the ones, two products, their sum, what it returns.
    assert event.operations <= 8


def test_the_arguments_differ(session: LiveSession) -> None:
    _, second = trace(session, "f = tf.function(lambda *a, **k: tf.constant(0))\nf(c(1.0))\nf(c(1.0), scale=c(2.0))")
    assert second.cause == "structure"
    assert "scale" in second.reason


def test_several_differences_are_told_together(session: LiveSession) -> None:
    _, second = trace(
        session,
        "f = tf.function(lambda x, y: x)\nf(tf.zeros([32, 4]), tf.zeros([32]))\nf(tf.zeros([5, 4]), tf.zeros([5]))",
    )
    assert second.cause == "shape"
    assert "`x`" in second.reason
    assert "`y`" in second.reason


def test_the_closest_earlier_trace_explains(session: LiveSession) -> None:
    events = trace(
        session,
        "f = tf.function(lambda x, k: x)\nf(tf.zeros([2]), 1)\nf(tf.zeros([2, 2], tf.int32), 2)\nf(tf.zeros([3]), 1)",
    )
    assert "(2,) became (3,)" in events[2].reason


def test_tensorflows_own_warning_gives_way(session: LiveSession) -> None:
    run = session.check("f = tf.function(lambda x: x)\nfor i in range(8):\n    f(i)", cell=1)
    assert len(run.all(FunctionTraced)) == 8
    assert "retracing" not in run.text("stderr")


def test_reduce_retracing_says_that_the_axis_is_open(session: LiveSession) -> None:
    events = trace(
        session,
        "f = tf.function(lambda x: x, reduce_retracing=True)\nfor n in (1, 2, 3, 4):\n    f(tf.zeros([n, 2]))",
    )
    assert [event.cause for event in events] == ["first", "shape"]
    assert "reduce_retracing" in events[1].fix


def test_a_new_function_at_each_call(session: LiveSession) -> None:
    events = trace(
        session,
        """
def once(x, factor):
    @tf.function
    def inner(x):
        return x * factor
    return inner(x)

for i in range(3):
    once(c(1.0), i)
""",
    )
    assert [(event.cause, event.ordinal) for event in events] == [
        ("first", 1),
        ("new_function", 1),
        ("new_function", 1),
    ]
    assert "number 3" in events[2].reason
    assert "once" in events[2].fix


def test_two_functions_of_one_code_are_no_mistake(session: LiveSession) -> None:
    events = trace(
        session,
        """
def plain(x):
    return x + 1

graph, compiled = tf.function(plain), tf.function(plain, jit_compile=True)
for f in (graph, compiled):
    f(c(1.0))

def make(model):
    @tf.function
    def step(x):
        return model(x)
    return step

for model in (lambda x: x * 2, lambda x: x * 3):
    make(model)(c(1.0))
""",
    )
    assert [event.cause for event in events if event.function == "plain"] == ["first", "first"]
    assert [event.cause for event in events if "step" in event.function] == ["first", "first"]


def test_a_cell_that_runs_again_is_no_retrace(session: LiveSession) -> None:
    source = """
@tf.function
def again(x):
    return x + 1

again(c(1.0))
wrapped = tf.function(kept_plain)
wrapped(c(1.0))
"""
    session.check("def kept_plain(x):\n    return x", cell=2)
    for _ in range(3):
        events = trace(session, source)
        assert [(event.ordinal, event.cause) for event in events] == [(1, "first"), (1, "first")]


def test_a_method_on_another_object(session: LiveSession) -> None:
    events = trace(session, "a, b = Scaler(2.0), Scaler(3.0)\na.call(c(1.0)), b.call(c(1.0)), a.call(c([1.0]))")
    assert [event.cause for event in events] == ["first", "object", "rank"]
    assert "Scaler" in events[1].reason
    assert events[0].function == "Scaler.call"


def test_a_nested_function_has_its_own_trace_and_place(session: LiveSession) -> None:
    events = trace(
        session,
        """
@tf.function
def inner(x):
    return x + 1

@tf.function
def outer(x):
    y = x
    return inner(y)

outer(c(1.0))
inner(c(1.0))
""",
    )
    assert [(event.function, event.site.line if event.site else 0) for event in events] == [("inner", 9), ("outer", 11)]


def test_a_trace_that_fails_is_told_with_its_error(session: LiveSession) -> None:
    events = trace(
        session,
        """
@tf.function
def bad(x):
    return tf.matmul(x, x)

for _ in range(2):
    try:
        bad(c([1.0]))
    except ValueError:
        pass
bad(tf.zeros([2, 2]))
""",
    )
    assert [event.cause for event in events] == ["first", "failed", "failed"]
    assert "ValueError" in events[0].reason
    assert "rank" in events[0].reason
    assert "ValueError" not in events[2].reason
    assert events[0].operations == 0


def test_the_surroundings(session: LiveSession) -> None:
    events = trace(
        session,
        """
f = tf.function(lambda x: x + 1)
f(c(1.0))
with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
    f(c(1.0))
""",
    )
    assert events[0].cause == "first"
    assert all(event.cause == "context" for event in events[1:])


def test_the_learners_own_are_told_and_no_others(session: LiveSession) -> None:
    events = trace(
        session,
        """
data = tf.data.Dataset.range(4).map(lambda i: i * 2).filter(lambda i: i > 0).batch(2)
list(data)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.ones((10, 4)), np.ones((10, 1)), batch_size=4, verbose=0)
model.predict(np.ones((4, 4)), verbose=0)
keras.utils.set_random_seed(1)
tf.map_fn(lambda x: x + 1, c([1.0, 2.0]))
tf.vectorized_map(lambda x: x + 1, c([1.0, 2.0]))
""",
    )
    assert events == []


def test_what_lab_traces_answers(session: LiveSession) -> None:
    run = session.check(
        """
from tflab import lab

@tf.function
def asked(x):
    return x + 1

asked(c(1.0)), asked(c(2.0)), asked(c([1.0]))
scaler = Scaler(1.0)
scaler.call(c(1.0))
print(json.dumps([
    [trace.cause for trace in lab.traces(asked)],
    [trace.cause for trace in lab.traces("asked")],
    [trace.cause for trace in lab.traces(asked.python_function)],
    len(lab.traces(scaler.call)),
    len(lab.traces()) >= 3,
    len(lab.traces(tf.function(lambda x: x))),
]))
""",
        cell=1,
    )
    two = ["first", "rank"]
    assert seen.printed(run) == [two, two, two, 1, True, 0]


def test_sentences_come_in_the_sessions_language(warm_server: WarmServer) -> None:
    with warm_server.session(language="id") as live:
        run = live.check(
            "import tensorflow as tf\nf = tf.function(lambda x: x)\nf(tf.zeros([2, 3]))\nf(tf.zeros([4, 3]))"
        )
    reasons = [trace.reason for trace in run.all(FunctionTraced)]
    assert reasons[0] == "Panggilan pertama."
    assert "bentuk (2, 3) menjadi (4, 3)" in reasons[1]

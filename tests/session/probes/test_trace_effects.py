"""What happened only while a function was traced, what it read that is no longer so, and how often it was called."""

from __future__ import annotations

import pytest

from tests.session.probes import seen
from tests.sessions import LiveSession
from tflab.protocol.events import FunctionTraced, SideEffect
from tflab.protocol.trace_events import CallsCounted, CaptureOutdated

SETUP = """
import collections, random, types
import numpy as np
import tensorflow as tf

c = tf.constant
history, table, counter = [], {"steps": 0}, 0

class Loop:
    def __init__(self):
        self.steps = 0
        self.rate = 2.0

    @tf.function
    def step(self, x):
        self.steps += 1
        return x * self.rate
"""


@pytest.fixture
def session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


def effects(session: LiveSession, source: str) -> list[tuple[str, str, str, int | None]]:
    run = session.check(source, cell=1)
    found: list[SideEffect] = [effect for trace in run.all(FunctionTraced) for effect in trace.effects]
    return [(effect.kind, effect.name, effect.detail, effect.line) for effect in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("print('once', 1)", ("print", "", "once 1", 4)),
        ("history.append(1)", ("added", "history", "0 → 1", 4)),
        ("table['new'] = 1", ("added", "table", "1 → 2", 4)),
        ("table['steps'] += 1", ("changed", "table['steps']", "0 → 1", 4)),
        ("global counter; counter += 2", ("changed", "counter", "0 → 2", 4)),
        ("x = x + random.random()", ("random", "random", "", 4)),
        ("x = x + np.random.normal()", ("random", "numpy.random", "", 4)),
    ],
    ids=["print", "append", "new key", "item", "global", "random", "numpy"],
)
@pytest.mark.parametrize("autograph", [True, False], ids=["autograph", "as it is"])
def test_what_python_did_is_told_once_with_its_line(
    session: LiveSession, body: str, expected: tuple[str, str, str, int], autograph: bool
) -> None:
    source = f"""
@tf.function(autograph={autograph})
def f(x):
    {body}
    return x

f(c(1.0)), f(c(2.0))
"""
    assert effects(session, source) == [expected]


def test_what_was_done_in_functions_that_it_calls(session: LiveSession) -> None:
    source = """
def note(x):
    history.append(x)

loop = Loop()

@tf.function
def f(x):
    note(x)
    return loop.step(x)

f(c(1.0))
"""
    assert ("added", "history", "0 → 1", 3) in effects(session, source)
    assert ("changed", "self.steps", "0 → 1", 16) in effects(session, "loop = Loop()\nloop.step(c(1.0))")


def test_closures_and_leaked_tensors(session: LiveSession) -> None:
    source = """
def make():
    kept = []
    last = None
    @tf.function
    def f(x):
        nonlocal last
        kept.append(x)
        last = x
        return x
    return f

make()(c(1.0))
"""
    assert effects(session, source) == [
        ("added", "kept", "0 → 1", 8),
        ("changed", "last", "None → symbolic float32 ()", 9),
    ]


def test_a_healthy_function_has_none(session: LiveSession) -> None:
    source = """
w = tf.Variable([1.0, 2.0])
model = tf.keras.Sequential([tf.keras.layers.Dense(2), tf.keras.layers.Dropout(0.5)])

@tf.function
def step(x):
    local = []
    for i in range(3):
        local.append(x * i)
    tf.print("graph", output_stream=lambda text: None) if False else None
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(tf.stack(local), training=True)) + tf.reduce_sum(w)
    w.assign_sub(tape.gradient(loss, w))
    return loss

step(c([1.0, 2.0]))
"""
    assert effects(session, source) == []


def test_standard_output_is_the_same_afterwards(session: LiveSession) -> None:
    run = session.check(
        """
import sys
before = sys.stdout

@tf.function
def f(x):
    print("traced")
    return tf.matmul(x, x)

f(c([[1.0]]))
try:
    f(c([1.0]))
except ValueError:
    pass
print(sys.stdout is before)
""",
        cell=1,
    )
    assert run.text() == "traced\ntraced\nTrue\n"


# --- what a trace had read and is no longer so ----------------------------------------------------------------------


def outdated(session: LiveSession, source: str) -> list[tuple[str, str, str, int | None]]:
    run = session.check(source, cell=1)
    found = run.all(CaptureOutdated)
    assert {event.function for event in found} <= {"f", "Loop.step"}
    return [
        (event.name, event.traced, event.current, None if event.site is None else event.site.line) for event in found
    ]


F = """
@tf.function
def f(x):
    return x * {read}
"""


@pytest.mark.parametrize(
    ("define", "read", "change", "expected"),
    [
        ("scale = 2.0", "scale", "scale = 3.0", ("scale", "2.0", "3.0")),
        ("cfg = {'rate': 1.0}", "cfg['rate']", "cfg['rate'] = 0.5", ("cfg['rate']", "1.0", "0.5")),
        ("ns = types.SimpleNamespace(k=1.0)", "ns.k", "ns.k = 2.0", ("ns.k", "1.0", "2.0")),
        ("t = c([1.0, 2.0])", "t", "t = c([3.0, 2.0])", ("t", "float32 (2,)", "float32 (2,)")),
        ("a = np.ones(2)", "a", "a = np.zeros(2)", ("a", "float64 (2,)", "float64 (2,)")),
        ("v = tf.Variable(1.0)", "v", "v = tf.Variable(2.0)", ("v", "ResourceVariable", "ResourceVariable")),
        ("def g(x): return x + 1", "g(x)", "def g(x): return x + 2", ("g", "function", "function")),
    ],
    ids=["number", "item", "attribute", "tensor", "array", "variable", "function"],
)
def test_a_value_that_changed_after_the_trace(
    session: LiveSession, define: str, read: str, change: str, expected: tuple[str, str, str]
) -> None:
    source = define + F.format(read=read) + f"\nf(c(1.0)), f(c(1.0))\n{change}\nf(c(1.0))\nf(c(1.0))\n"
    assert outdated(session, source) == [(*expected, 8)]


@pytest.mark.parametrize(
    "source",
    [
        "scale = 2.0" + F.format(read="scale") + "\nf(c(1.0)), f(c(1.0))\nscale = 3.0\n",
        "scale = 2.0" + F.format(read="scale") + "\nf(c(1.0))\nscale = 3.0\nf(c([1.0]))\n",
        "scale = 2.0" + F.format(read="scale") + "\nf(c(1.0))\nscale = 4.0 / 2\nf(c(1.0))\n",
        "x = 2.0" + F.format(read="x") + "\nf(c(1.0))\nx = 3.0\nf(c(1.0))\n",
        "w = tf.Variable(1.0)" + F.format(read="w") + "\nf(c(1.0))\nw.assign(3.0)\nf(c(1.0))\n",
        "n = 0\n@tf.function\ndef f(x):\n    global n\n    n += 1\n    return x\nf(c(1.0))\nn = 7\nf(c(1.0))\n",
        "def g(x): return x + 1" + F.format(read="g(x)") + "\nf(c(1.0))\ndef g(x): return x + 1\nf(c(1.0))\n",
    ],
    ids=["not called", "traced anew", "equal", "an argument", "assigned", "its own counter", "the same function"],
)
def test_no_change_that_matters(session: LiveSession, source: str) -> None:
    assert outdated(session, source) == []


def test_two_objects_are_told_apart(session: LiveSession) -> None:
    source = """
one, two = Loop(), Loop()
one.step(c(1.0)), two.step(c(1.0))
two.rate = 5.0
one.step(c(1.0))
two.step(c(1.0))
"""
    assert outdated(session, source) == [("self.rate", "2.0", "5.0", 6)]


# --- calls ----------------------------------------------------------------------------------------------------------


def test_calls_and_hits_are_counted(session: LiveSession) -> None:
    source = """
@tf.function
def f(x):
    return x + 1

for i in range(50):
    f(c(1.0))
f(c([1.0]))
"""
    latest: dict[str, tuple[int, int]] = {}
    run = session.check(source, cell=1)
    for event in run.all(CallsCounted):
        latest.update({one.function: (one.calls, one.hits) for one in event.functions})
    assert latest["f"] == (51, 49)
    again = session.check("f(c(1.0))", cell=2)
    [counted] = [one for event in again.all(CallsCounted) for one in event.functions]
    assert (counted.function, counted.line, counted.calls, counted.hits) == ("f", 3, 52, 50)
    assert seen.causes(run) == ["first", "rank"]

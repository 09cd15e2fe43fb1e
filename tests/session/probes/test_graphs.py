"""Source, generated code and operations of what was traced, linked by line; what became of each statement."""

from __future__ import annotations

import pytest

from tests.sessions import LiveSession
from tflab.protocol.events import FunctionTraced
from tflab.protocol.trace_events import GraphBuilt, TracedStatement

SETUP = """
import numpy as np
import tensorflow as tf
import keras

c = tf.constant
"""


@pytest.fixture
def session(shared_session: LiveSession) -> LiveSession:
    shared_session.check(SETUP, cell=0)
    return shared_session


def built(session: LiveSession, source: str) -> list[GraphBuilt]:
    return session.check(source, cell=1).all(GraphBuilt)


def fate(statement: TracedStatement) -> tuple[int, str, int, int, int, int]:
    return (
        statement.line,
        statement.kind,
        statement.graph,
        statement.python,
        statement.iterations,
        statement.taken,
    )


def test_source_generated_code_and_operations_are_linked_by_line(session: LiveSession) -> None:
    [event] = built(
        session,
        """
@tf.function
def scaled(x, k=2.0):
    y = x * k
    if tf.reduce_sum(y) > 0:
        y = tf.nn.relu(y)
    return y

scaled(c([1.0, 2.0]))
""",
    )
    [source] = event.sources
    assert (event.function, event.file, event.line, event.ordinal, event.omitted) == ("scaled", "<cell 2>", 3, 1, 0)
    assert (source.name, source.file, source.line) == ("scaled", "<cell 2>", 2)
    assert source.source.splitlines()[1] == "def scaled(x, k=2.0):"
    # Every line of AutoGraph's that does the work of a line of the learner's says which.
    lines = source.generated.splitlines()
    assert len(lines) == len(source.origins)
    assert source.origins[next(i for i, line in enumerate(lines) if "ag__.if_stmt" in line)] == 5
    assert source.origins[next(i for i, line in enumerate(lines) if "relu" in line)] == 6
    by_type = {operation.type: operation for operation in event.operations}
    assert (by_type["Mul"].line, by_type["Mul"].file, by_type["Mul"].output) == (4, "<cell 2>", "float32 (2,)")
    assert by_type["Mul"].inputs == ("x", "mul/y")
    assert (by_type["StatelessIf"].line, by_type["StatelessIf"].within) == (5, "")
    assert by_type["Relu"].line == 6
    assert by_type["Relu"].within == "cond:then"
    assert by_type["Relu"].name.startswith("cond/")


def test_what_became_of_each_statement(session: LiveSession) -> None:
    [event] = built(
        session,
        """
@tf.function
def f(x, flag=True):
    for i in range(3):
        x = x + i
    for j in tf.range(4):
        if j > 2:
            break
        x = x * 2.0
    for k in tf.data.Dataset.range(2):
        x += tf.cast(k, tf.float32)
    for row in tf.zeros([3]):
        x += row
    n = 0
    while n < 2:
        n += 1
    while tf.reduce_sum(x) < 0:
        x += 1.0
    if flag:
        x = x + 1.0
    elif x.shape.rank == 0:
        x = x - 1.0
    y = x if flag else -x
    return y

f(c(1.0))
""",
    )
    [source] = event.sources
    assert list(map(fate, source.statements)) == [
        (4, "for", 0, 1, 3, 0),
        (6, "for", 1, 0, 0, 0),
        (7, "if", 1, 0, 0, 0),
        (10, "for", 1, 0, 0, 0),
        (12, "for", 1, 0, 0, 0),
        (15, "while", 0, 1, 2, 0),
        (17, "while", 1, 0, 0, 0),
        (19, "if", 0, 1, 0, 1),
        # The other branch was taken.
        (21, "if", 0, 0, 0, 0),
        (23, "if", 0, 1, 0, 1),
    ]


def test_functions_that_it_calls_come_with_it(session: LiveSession) -> None:
    [event] = built(
        session,
        """
def helper(x, n):
    for _ in range(n):
        x = x * 2.0
    return x

@tf.function
def f(x):
    return helper(x, 2) + helper(x, 3)

f(c(1.0))
""",
    )
    assert [source.name for source in event.sources] == ["f", "helper"]
    [statement] = event.sources[1].statements
    assert fate(statement) == (3, "for", 0, 2, 5, 0)
    assert {operation.line for operation in event.operations if operation.type == "Mul"} == {4}
    assert event.sources[1].generated.startswith("def tf__helper")


def test_without_autograph(session: LiveSession) -> None:
    [event] = built(
        session,
        """
@tf.function(autograph=False)
def f(x):
    for _ in range(3):
        x = x + 1.0
    return x

f(c(1.0))
""",
    )
    [source] = event.sources
    assert (source.generated, source.origins) == ("", ())
    assert fate(source.statements[0]) == (4, "for", 0, 0, 0, 0)
    assert [operation.line for operation in event.operations if operation.type == "AddV2"] == [5, 5, 5]


def test_nested_functions_have_a_graph_each(session: LiveSession) -> None:
    inner, outer = built(
        session,
        """
@tf.function
def inner(x):
    if tf.reduce_sum(x) > 0:
        x = x + 1.0
    return x

@tf.function
def outer(x):
    return inner(x) * 2.0

outer(c(1.0))
""",
    )
    assert (inner.function, outer.function) == ("inner", "outer")
    assert [fate(statement) for statement in inner.sources[0].statements] == [(4, "if", 1, 0, 0, 0)]
    assert [source.name for source in outer.sources] == ["outer"]
    call = next(operation for operation in outer.operations if "PartitionedCall" in operation.type)
    assert call.line == 10
    assert {operation.within for operation in outer.operations} >= {"", call.name}


def test_the_probes_own_operations_are_left_out(session: LiveSession) -> None:
    [event] = built(
        session,
        """
w = tf.Variable([1.0, 2.0])

@tf.function
def step(x):
    for _ in tf.range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(w * x)
        w.assign_sub(tape.gradient(loss, w))
    return loss

step(c([1.0, 2.0]))
""",
    )
    assert not [operation for operation in event.operations if "tflab" in operation.name.lower()]
    assert "resource ()" in {operation.output for operation in event.operations}
    updates = [operation for operation in event.operations if operation.type == "AssignSubVariableOp"]
    assert [(operation.line, operation.within) for operation in updates] == [(9, "while:body")]


def test_a_function_traced_again_and_again_is_described_now_and_then(session: LiveSession) -> None:
    run = session.check("f = tf.function(lambda x, k: x + k)\nfor i in range(60):\n    f(c(1.0), i)", cell=1)
    described = run.all(GraphBuilt)
    assert len(run.all(FunctionTraced)) == 60
    assert len(described) < 60
    # The last one in any case.
    assert described[-1].ordinal == 60


def test_a_keras_train_step(session: LiveSession) -> None:
    run = session.check(
        """
class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(x) - y) ** 2)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": loss}

model = Model()
model.compile("sgd")
model.fit(np.ones((8, 2)), np.ones((8, 1)), verbose=0)
""",
        cell=1,
    )
    event = run.all(GraphBuilt)[-1]
    assert event.function == "Model.train_step"
    assert {operation.line for operation in event.operations if operation.type == "MatMul"} >= {8, 14}

"""Problems from run to run: told again while they last, gone when they are mended, once a run, in either language."""

from __future__ import annotations

import ast
from pathlib import Path

import tflab
from tests.sessions import LiveSession, Run, WarmServer
from tflab.curriculum.lesson import list_lessons
from tflab.protocol.events import ProblemEdit, ProblemFound

DEFINITION = """
import tensorflow as tf

w = tf.Variable([[1.0], [2.0]])
x, y = tf.ones((4, 2)), tf.ones((4,))

{decorator}
def step():
    with tf.GradientTape() as tape:
        guess = x @ w
        loss = tf.reduce_mean(tf.square(y - {guess}))
    w.assign_sub(0.01 * tape.gradient(loss, w))
"""
LOOP = "for _ in range(5):\n    step()"


def codes(run: Run) -> list[str]:
    """What was found, in order."""
    return [problem.code for problem in run.all(ProblemFound)]


def check_told_again(session: LiveSession, decorator: str) -> None:
    session.check(DEFINITION.format(decorator=decorator, guess="guess"), cell=0)
    assert codes(session.check(LOOP, cell=1)) == ["shape-broadcast"]
    assert codes(session.check(LOOP, cell=1)) == ["shape-broadcast"], "the code is as wrong as before"
    session.check(DEFINITION.format(decorator=decorator, guess="tf.squeeze(guess, axis=-1)"), cell=0)
    assert codes(session.check(LOOP, cell=1)) == []


def test_eager_code_is_told_of_again_until_it_is_mended(session: LiveSession) -> None:
    check_told_again(session, "")


def test_a_graph_that_is_not_traced_again_is_told_of_again(session: LiveSession) -> None:
    check_told_again(session, "@tf.function")


def test_a_cell_that_runs_again_has_its_own_lines_and_names(session: LiveSession) -> None:
    session.check("import tensorflow as tf", cell=0)
    for name in ("first", "second"):
        source = f"{name} = tf.constant(1.0)\n\nwith tf.GradientTape() as t_{name}:\n    z = {name} * 2.0\n"
        run = session.check(f"{source}t_{name}.gradient(z, {name})", cell=1)
        [problem] = run.all(ProblemFound)
        assert (problem.file, problem.line) == ("<cell 2>", 5)
        assert f"`{name}`" in problem.message
        assert f"`t_{name}.watch({name})`" in problem.fix


def test_a_script_counts_its_lines_in_the_file(session: LiveSession, tmp_path: Path) -> None:
    path = str(tmp_path / "train.py")
    run = session.run("import tensorflow as tf\nt = tf.ones(2)\nt[0] = 1.0", cell=0, filename=path, first_line=11)
    [problem] = run.all(ProblemFound)
    assert (problem.file, problem.line) == (path, 13)


def test_a_mechanical_mend_is_the_line_to_be_changed(session: LiveSession) -> None:
    source = "import tensorflow as tf\nv = tf.Variable([1.0, 2.0])\nv[0] = 5.0"
    [problem] = session.run(source, cell=0).all(ProblemFound)
    assert problem.edit == ProblemEdit(line=3, old="v[0] = 5.0", new="v[0].assign(5.0)")
    assert "TypeError" in problem.evidence
    assert problem.lesson == "variables"
    session.check(source.replace(problem.edit.old, problem.edit.new), cell=1)


def test_in_indonesian(warm_server: WarmServer) -> None:
    with warm_server.session(language="id") as session:
        run = session.run("import tensorflow as tf\nv = tf.Variable([1.0, 2.0])\nv[0] = 5.0", cell=0)
    [problem] = run.all(ProblemFound)
    assert problem.message.startswith("`v[0]` tidak bisa diisi")
    assert problem.fix == "Tulis `v[0].assign(5.0)`."


def test_every_lesson_that_is_named_exists() -> None:
    # The session's package would load TensorFlow here: the names are read from the source.
    source = (Path(tflab.__file__).parent / "session" / "diagnosis" / "lessons.py").read_text()
    [table] = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AnnAssign)]
    assert table is not None
    lessons = {lesson.short_name for lesson in list_lessons().lessons}
    assert set(ast.literal_eval(table).values()) <= lessons


def test_the_recorder_names_the_operation_for_certain(session: LiveSession) -> None:
    source = "import tensorflow as tf\np = tf.constant([0.0, 1.0])\nx = 0.0 * tf.math.log(p)"
    run = session.check(source, cell=0, record=True)
    [problem] = run.all(ProblemFound)
    assert (problem.code, problem.line) == ("loss-not-finite", 3)
    assert "NaN" in problem.message
    assert problem.evidence


TRACED = """
import keras
import numpy as np
import tensorflow as tf

seen = []
scale = 2.0

@tf.function
def noisy(x):
    {body}
    return x

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits={from_logits}))
"""
TRACED_FAULTS = TRACED.format(body="seen.append(x + np.random.rand() * scale)", from_logits=False)
TRACED_MENDED = TRACED.format(body="x += tf.random.normal(()) * scale", from_logits=True)
USE = """
for _ in range(3):
    noisy(tf.constant(1.0))
model.fit(tf.ones((4, 2)), tf.ones((4,)), verbose=0)
"""


def test_what_only_a_trace_shows_stays_until_the_function_is_mended(session: LiveSession) -> None:
    def used() -> list[str]:
        return sorted(set(codes(session.check(USE, cell=1))))

    found = ["logits-mismatch", "python-side-effect"]
    session.check(TRACED_FAULTS, cell=0)
    assert used() == found
    assert used() == found
    session.check("scale = 3.0", cell=2)
    assert used() == [*found, "stale-capture"]
    assert used() == [*found, "stale-capture"]
    session.check("scale = 2.0", cell=2)
    assert used() == found
    session.check(TRACED_MENDED, cell=0)
    assert used() == []


def test_a_function_that_retraces_is_told_of_until_a_call_is_healthy(session: LiveSession) -> None:
    session.check("import tensorflow as tf\n\n@tf.function\ndef power(x, n):\n    return x**n", cell=0)
    calls = "for n in range(5):\n    power(2.0, {n})"
    assert codes(session.check(calls.format(n="n"), cell=1)) == ["retracing"]
    assert codes(session.check(calls.format(n="n"), cell=1)) == ["retracing"]
    assert codes(session.check("power(2.0, 3)", cell=2)) == []
    assert codes(session.check(calls.format(n="tf.constant(float(n))"), cell=1)) == []
    assert codes(session.check(calls.format(n="tf.constant(float(n))"), cell=1)) == []

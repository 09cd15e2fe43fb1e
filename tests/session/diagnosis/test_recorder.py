"""A finding whose operation is not known asks for a recorded run, which answers it."""

from __future__ import annotations

import pytest

from tests.sessions import LiveSession, Run, WarmServer
from tflab.protocol.events import ProblemFound
from tflab.protocol.server import RecorderDoor

CELLS = (
    """
import tensorflow as tf

w = tf.Variable([1.0, 2.0])

@tf.function
def step(x):
    with tf.GradientTape() as tape:
        p = tf.nn.relu(w * x)
        loss = -tf.reduce_sum(tf.math.log(p)) + tf.reduce_sum(1.0 / p)
    gradient = tape.gradient(loss, w)
    w.assign_sub(0.1 * gradient)
    return loss
""",
    "for x in (1.0, -1.0):\n    step(tf.constant(x))",
)


def problems(run: Run) -> list[tuple[str, int | None, bool]]:
    """Code, line and whether the operation is still unknown."""
    return [(problem.code, problem.line, problem.unexplained) for problem in run.all(ProblemFound)]


def run_all(session: LiveSession, *, record: bool = False) -> Run:
    """Both cells, anew; the second of them recorded or not."""
    session.check(CELLS[0], cell=0)
    return session.check(CELLS[1], cell=1, record=record)


@pytest.mark.parametrize(("door", "way"), [("key", "Alt+Z"), ("rerun", "next run"), ("option", "`--record`")])
def test_the_message_says_how_to_come_to_the_operation(warm_server: WarmServer, door: RecorderDoor, way: str) -> None:
    with warm_server.session(recorder=door) as session:
        [problem] = run_all(session).all(ProblemFound)
        assert problem.code == "loss-not-finite"
        assert problem.unexplained
        assert way in problem.message


def test_without_a_recorder_nothing_is_promised(session: LiveSession) -> None:
    [problem] = run_all(session).all(ProblemFound)
    assert not problem.unexplained
    assert "record" not in problem.message


def test_a_recorded_run_answers(warm_server: WarmServer) -> None:
    with warm_server.session(recorder="key") as session:
        assert [unexplained for *_, unexplained in problems(run_all(session))] == [True]
        [(code, line, unexplained)] = problems(run_all(session, record=True))
        assert (code, unexplained) == ("loss-not-finite", False)
        assert CELLS[0].splitlines()[(line or 0) - 1].strip().startswith("loss =")


def test_what_came_in_answers_nothing(warm_server: WarmServer) -> None:
    with warm_server.session(recorder="key") as session:
        run_all(session)
        # The variable is NaN by now.
        found = problems(session.check(CELLS[1], cell=1, record=True))
        assert sorted(unexplained for *_, unexplained in found) == [False, True]


def test_a_certain_finding_asks_nothing(warm_server: WarmServer) -> None:
    source = """
import tensorflow as tf
p = tf.Variable([0.0, 1.0])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.math.log(p))
tape.gradient(loss, p)
"""
    with warm_server.session(recorder="key") as session:
        assert [unexplained for *_, unexplained in problems(session.check(source, cell=0))] == [False]

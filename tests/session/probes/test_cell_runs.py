"""Places keep their name over the runs of a cell, and tell which run defined them; in a session, by real cells."""

from __future__ import annotations

from tests.session.probes import seen
from tests.sessions import LiveSession
from tflab.protocol.events import FunctionTraced, MetricsLogged
from tflab.protocol.gradient_events import GradientsRecorded

STEP = """
import tensorflow as tf
w = tf.Variable(1.0, name="w")

def body(x):
    with tf.GradientTape() as tape:
        loss = w * x
    tape.gradient(
        loss,
        w,
    )
    return loss

graph = tf.function(body)
x = tf.constant(1.0)
"""


def test_a_cell_run_again_counts_anew_under_the_same_name(session: LiveSession) -> None:
    for _ in range(3):
        # The same code again: AutoGraph remembers it under its first name.
        session.check(STEP, cell=0)
        for step in ("body", "graph"):
            run = session.check(f"{step}(x), {step}(x)", cell=1)
            # One batch or two, as the poller finds them.
            events = [event for event in run.all(MetricsLogged) if event.name == "loss"]
            assert [number for event in events for number in event.steps] == ([0, 1] if step == "body" else [2, 3])
            assert {(event.site.file, event.site.line) for event in events if event.site} == {("<cell 1>", 8)}
        [trace] = run.all(FunctionTraced)
        assert (trace.file, trace.cause, trace.site.file if trace.site else "") == ("<cell 1>", "first", "<cell 2>")


def test_a_cell_that_calls_counts_on(session: LiveSession) -> None:
    session.check(STEP, cell=0)
    starts = [seen.first_step(session.check("for _ in range(5): graph(x)", cell=1)) for _ in range(3)]
    assert starts == [0, 5, 10]


def test_cells_of_a_script_keep_their_lines(session: LiveSession) -> None:
    script = "/somewhere/loop.py"
    session.check("import tensorflow as tf\nw = tf.Variable(1.0, name='w')\n", cell=0, filename=script, first_line=1)
    second = "for _ in range(3):\n    with tf.GradientTape() as tape:\n        l = w * 2.0\n    tape.gradient(l, w)\n"
    for _ in range(2):
        run = session.check(second, cell=1, filename=script, first_line=10)
        assert seen.first_step(run) == 0
        assert run.all(GradientsRecorded)[-1].site.line == 13
        assert run.all(GradientsRecorded)[-1].site.file == script


def test_lab_log_counts_anew_with_its_cell(session: LiveSession) -> None:
    source = "from tflab import lab\nfor i in range(3):\n    lab.log(i=i)"
    for _ in range(2):
        run = session.check(source, cell=0)
        assert seen.metrics(run, "log") == {"i": [(0, 0.0), (1, 1.0), (2, 2.0)]}

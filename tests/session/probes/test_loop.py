"""Loops of real programs, steered while they run."""

from __future__ import annotations

import pytest

from tests.session.probes.seen import losses
from tests.sessions import LiveSession, Run, WarmServer
from tflab.protocol import requests
from tflab.protocol.events import Event, MetricsLogged
from tflab.protocol.steering import (
    KnobRefused,
    KnobsOffered,
    KnobTurned,
    LoopAction,
    LoopPaused,
    LoopResumed,
)

MODEL = """
import tensorflow as tf
from tflab import lab

tf.keras.utils.set_random_seed(5)
x = tf.random.normal([64, 4])
y = tf.reduce_sum(x, 1, keepdims=True)
model = tf.keras.Sequential([tf.keras.Input([4]), tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.SGD(0.01)
"""
STEP = """
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
"""
LOOP = "for number in range(10**6): step()"
FIT = "model.compile(optimizer, 'mse'); history = model.fit(x, y, batch_size=8, epochs=10**6, verbose=0)"
FORMS = {
    "eager": (STEP, LOOP),
    "graph": (STEP + "step = tf.function(step)", LOOP),
    "xla": (STEP + "step = tf.function(step, jit_compile=True)", LOOP),
    "fit": ("", FIT),
    "eager fit": ("", FIT.replace("'mse'", "'mse', run_eagerly=True")),
}


def steer(session: LiveSession, action: LoopAction) -> None:
    session.client.send(requests.SteerLoopRequest(action=action))


def turn(session: LiveSession, name: str, value: float) -> None:
    session.client.send(requests.TurnKnobRequest(name=name, value=value))


def has_trained(event: Event) -> bool:
    return isinstance(event, MetricsLogged) and event.source == "tape"


def wait_for_turn(session: LiveSession) -> tuple[KnobTurned, tuple[Event, ...]]:
    *before, turned = session.wait_for(lambda event: isinstance(event, (KnobTurned, KnobRefused)))
    assert isinstance(turned, KnobTurned), turned
    return turned, tuple(before)


def wait_for_pause(session: LiveSession) -> tuple[LoopPaused, tuple[Event, ...]]:
    *before, paused = session.wait_for(lambda event: isinstance(event, LoopPaused))
    assert isinstance(paused, LoopPaused)
    return paused, tuple(before)


@pytest.mark.parametrize("form", FORMS)
def test_a_loop_is_paused_stepped_turned_and_stopped(warm_server: WarmServer, form: str) -> None:
    definition, loop = FORMS[form]
    with warm_server.session() as session:
        session.check(MODEL + definition)
        session.start(loop + "\nprint('after')" * ("fit" in form))
        events = list(session.wait_for(has_trained))

        # WHEN it is paused THEN every step up to there has been told
        steer(session, "pause")
        paused, before = wait_for_pause(session)
        events += before
        assert len(losses(Run(tuple(events)))) == paused.step
        assert paused.site is not None

        # WHEN it does one step THEN it waits one step later
        for number in (1, 2):
            steer(session, "step")
            stepped, before = wait_for_pause(session)
            events += before
            assert any(isinstance(event, LoopResumed) for event in before)
            assert (stepped.step, stepped.site) == (paused.step + number, paused.site)

        # WHEN a knob is turned THEN it is, at once, from the next step on
        turn(session, "optimizer.learning_rate", 0.02)
        turned, before = wait_for_turn(session)
        events += before
        assert (turned.before, turned.after, turned.step) == (0.01, 0.02, paused.step + 2)

        # WHEN it is stopped THEN it ends between two steps, and fit as it does by itself
        steer(session, "stop")
        run = session.finish()
        events += run.events
        if "fit" in form:
            assert run.finished.status == "ok"
            assert run.text() == "after\n"
        else:
            assert run.finished.status == "interrupted"
        told = losses(Run(tuple(events)))
        count = len(told)
        assert count in (turned.step, turned.step + 1)

    # The curve up to there is that of a run that nobody steered.
    with warm_server.session() as session:
        session.check(MODEL + definition)
        untouched = loop.replace("10**6", str(count if "fit" not in form else 1 + count // 8))
        assert losses(session.check(untouched))[: turned.step] == told[: turned.step]


def test_a_running_loop_is_turned_between_two_steps(session: LiveSession) -> None:
    session.check(MODEL + STEP + "step = tf.function(step)\nseen = []")
    session.start("while len(set(seen)) < 2:\n    step()\n    seen.append(float(optimizer.learning_rate))")
    session.wait_for(has_trained)
    turn(session, "optimizer.learning_rate", 0.5)
    turned, _ = wait_for_turn(session)
    session.finish()
    assert session.check("len(seen), round(seen[-1], 3)").results == [f"({turned.step + 1}, 0.5)"]


def test_what_the_code_offers_is_a_knob_also_in_a_graph(session: LiveSession) -> None:
    session.check(
        MODEL + 'rate = lab.knob("rate", 0.25)\nscale = lab.knob("scale", tf.Variable(2))\n'
        "@tf.function\ndef product(): return lab.knob('rate', 99.0) * tf.cast(scale, tf.float32)"
    )
    assert session.check("float(product()), type(rate).__name__, rate.trainable").results == [
        "(0.5, 'ResourceVariable', False)"
    ]
    turn(session, "rate", 4.0)
    wait_for_turn(session)
    turn(session, "scale", 3)
    turned, _ = wait_for_turn(session)
    assert (turned.before, turned.after, turned.step, turned.site, turned.cell) == (2.0, 3.0, 0, None, None)
    assert session.check("float(product())").results == ["12.0"]
    # Asked for again, it is the same variable with the code's own value.
    assert session.check("lab.knob('rate', 0.5) is rate, float(product())").results == ["(True, 1.5)"]


def test_a_loop_inside_one_graph_cannot_wait_but_is_turned(session: LiveSession) -> None:
    session.check(
        MODEL + "rate = lab.knob('rate', 1.0)\n@tf.function\ndef run():\n"
        "    while rate < 5.0:\n"
        "        with tf.GradientTape() as tape:\n            loss = tf.reduce_mean((model(x) - y) ** 2)\n"
        "        tape.gradient(loss, model.trainable_variables)\n"
        "    return loss"
    )
    session.start("run(); float(rate)")
    session.wait_for(has_trained)
    steer(session, "pause")
    turn(session, "rate", 7.0)
    run = session.finish()
    assert run.results == ["7.0"]
    assert [event.after for event in run.all(KnobTurned)] == [7.0]
    assert not run.all(LoopPaused)


def test_a_paused_loop_can_be_interrupted_and_the_next_one_does_not_wait(session: LiveSession) -> None:
    session.check(MODEL + STEP)
    session.start(LOOP)
    session.wait_for(has_trained)
    steer(session, "pause")
    wait_for_pause(session)
    session.interrupt()
    run = session.finish()
    assert run.finished.status == "interrupted"
    assert run.all(LoopResumed)
    assert not session.check("for number in range(3): step()").all(LoopPaused)


def test_knobs_are_told_with_what_sets_them(session: LiveSession) -> None:
    run = session.check(
        MODEL + "schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)\n"
        "model.compile(tf.keras.optimizers.Adam(schedule))\n"
        "mixed = tf.keras.mixed_precision.LossScaleOptimizer(tf.keras.optimizers.SGD(0.3))"
    )
    knobs = {knob.name: knob for knob in run.all(KnobsOffered)[-1].knobs}
    assert {name: knob.value for name, knob in knobs.items()} == {
        "optimizer.learning_rate": 0.01,
        "model.optimizer.learning_rate": 0.1,
        "mixed.learning_rate": 0.3,
    }
    assert [name for name, knob in knobs.items() if knob.fixed] == ["model.optimizer.learning_rate"]
    for name in ("model.optimizer.learning_rate", "nothing"):
        turn(session, name, 1.0)
        *_, refused = session.wait_for(lambda event: isinstance(event, KnobRefused))
        assert isinstance(refused, KnobRefused)
        assert refused.name == name
        assert refused.reason


def test_a_knob_is_a_number(session: LiveSession) -> None:
    session.check("from tflab import lab\nimport tensorflow as tf")
    for value in ("'fast'", "[1.0]", "True", "tf.Variable([1.0, 2.0])"):
        run = session.run(f"lab.knob('rate', {value})")
        assert run.finished.error is not None
        assert (run.finished.error.name, "rate" in run.finished.error.message) == ("TypeError", True)

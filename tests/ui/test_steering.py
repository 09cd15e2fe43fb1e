"""The keys of a running training loop, with a session in memory."""

from __future__ import annotations

import pytest

from tests.ui.doubles import finished, started
from tests.ui.lab_driver import Lab, lab
from tflab.protocol.events import MetricsLogged, Site
from tflab.protocol.steering import Knob, KnobRefused, KnobsOffered, KnobTurned, LoopPaused, LoopResumed
from tflab.ui.screens.knobs_screen import new_value

SITE = Site(file="<cell 1>", line=4)
KNOBS = KnobsOffered(
    cell=0,
    knobs=(
        Knob(name="decayed.learning_rate", value=0.5, fixed="ExponentialDecay sets it"),
        Knob(name="optimizer.learning_rate", value=0.01),
        Knob(name="rate", value=2.0),
    ),
)


def losses(first: int, *values: float) -> MetricsLogged:
    steps = tuple(range(first, first + len(values)))
    return MetricsLogged(cell=0, name="loss", steps=steps, values=values, source="tape", scope="step", site=SITE)


async def train(running: Lab) -> None:
    """The step in sight trains."""
    await running.sees("session idle")
    await running.press("ctrl+r")
    await running.happens(started(0), losses(0, 3.0, 2.0), KNOBS)


async def test_the_loop_is_paused_stepped_resumed_and_stopped() -> None:
    async with lab() as running:
        await train(running)
        await running.sees("F8 Pause", "Alt+K Knobs")
        assert "F7" not in running.text().split("\n")[-1]

        await running.press("f8")
        await running.sees("pausing at the next step")
        await running.happens(LoopPaused(cell=0, step=1234, site=SITE))
        await running.sees("paused before step 1,234", "F8 Resume", "F7 One step")

        await running.press("f7")
        await running.happens(LoopResumed(cell=0), LoopPaused(cell=0, step=1235, site=SITE))
        await running.sees("paused before step 1,235")

        await running.press("f8")
        await running.happens(LoopResumed(cell=0))
        await running.sees("running step 1", "F8 Pause")

        await running.press("ctrl+p", *"stop the training", "enter")
        await running.sees("stopping after this step")
        await running.happens(finished(0))
        await running.sees("session idle")
        assert running.session.steered == ["pause", "step", "resume", "stop"]
        assert "F8" not in running.text().split("\n")[-1]


async def test_without_a_loop_the_keys_say_so() -> None:
    async with lab() as running:
        await running.sees("session idle")
        await running.press("f8")
        await running.sees("Nothing runs")
        await running.press("alt+k")
        await running.sees("There is no knob yet")
        assert running.session.steered == []


async def test_a_knob_is_chosen_and_turned_and_the_output_tells_from_which_step_on() -> None:
    async with lab() as running:
        await train(running)
        await running.press("alt+k")
        # The first that can be turned is chosen.
        await running.sees("optimizer.learning_rate", "0.01", "rate", "a number, or *2, or /10")
        await running.press("up")
        await running.sees("ExponentialDecay sets it")
        await running.press("1", "enter")
        await running.press("down", "backspace", *"fast", "enter")
        await running.sees("fast is no number")
        await running.press(*["backspace"] * 4, "/", "4", "enter")
        await running.misses("a number, or *2")
        assert running.session.turned == [("optimizer.learning_rate", 0.0025)]

        await running.happens(
            KnobTurned(cell=0, name="optimizer.learning_rate", before=0.01, after=0.0025, step=120, site=SITE)
        )
        await running.sees("optimizer.learning_rate: 0.01 became 0.0025, from step 120 on")
        await running.happens(KnobRefused(cell=0, name="rate", reason="no"))
        await running.sees("rate was not changed: no")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.5", 0.5), (" 1e-3 ", 0.001), ("*2", 0.2), ("/ 10", 0.01), ("×3", 0.1 * 3), ("/0", None), ("", None)]
    + [(typed, None) for typed in ("fast", "nan", "inf", "*", "1,5")],
)
def test_what_can_be_typed(typed: str, value: float | None) -> None:
    assert new_value(typed, 0.1) == value

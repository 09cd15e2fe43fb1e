"""The Curves panel by its keys: what is drawn, which kept runs lie beneath, what is written."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.ui.doubles import finished, started
from tests.ui.lab_driver import NARROW, WIDE, Lab, lab
from tflab.curriculum.kept_runs import KeptRuns
from tflab.protocol.events import Event, FunctionTraced, MetricsLogged, Site
from tflab.ui.panels.curves_panel import CurvesPanel
from tflab.ui.screens.runs_screen import RunsScreen


def epoch_of_training(count: int = 60) -> list[Event]:
    """A loss, a rate beside it, a retrace half way and the end of an epoch, from Unix second 1000 on."""
    steps = tuple(range(count))
    half = FunctionTraced(
        cell=0, time=1000.0 + 0.05 * count, function="train_step", line=9, ordinal=2, cause="shape",
        reason="", fix="", signature="", milliseconds=1.0, operations=1,
    )  # fmt: skip
    events: list[Event] = [half]
    for step in steps:
        for name, value, source in (("loss", 1 / (1 + step), "tape"), ("rate", 0.01, "log")):
            events.append(
                MetricsLogged(
                    cell=0,
                    time=1000.0 + 0.1 * step,
                    name=name,
                    steps=(step,),
                    values=(value,),
                    source="tape" if source == "tape" else "log",
                    scope="step",
                    site=Site(file="<cell 1>", line=9) if source == "tape" else None,
                )
            )
    end = 1000.0 + 0.1 * count
    events += [
        MetricsLogged(
            cell=0, time=end + epoch, name="mae", steps=(epoch,), values=(0.5,), source="keras", scope="epoch"
        )
        for epoch in range(2)
    ]
    return events


async def train(running: Lab) -> None:
    """Runs the first step, which trains; the curves have the keys."""
    await running.press("ctrl+r")
    await running.happens(started(0, "train()"), *epoch_of_training(), finished(0))
    await running.press("alt+c")
    await running.sees("━ ")


def panel(running: Lab) -> CurvesPanel:
    """The panel in sight."""
    return running.screen.query_one(CurvesPanel)


async def test_overlaid_smoothed_and_by_another_axis() -> None:
    async with lab() as running:
        await train(running)
        await running.press("o")
        await running.sees("all  ━ loss", "━ rate")
        await running.press("o")
        await running.misses("all  ━")
        await running.press("space", "s", "s")
        await running.sees("means of 4")
        await running.press("s")
        await running.sees("means of 12")
        await running.press("s")
        await running.misses("means of")
        await running.press("x", "left")
        await running.sees("@ 5.9 s")
        await running.press("enter")
        await running.until(lambda: running.screen.picked is not None)
        assert running.screen.picked is not None
        assert running.screen.picked.step == 59
        await running.press("x")
        await running.until(lambda: panel(running).charts()[0].axis == "epoch")
        await running.press("x", "left")
        await running.sees("@ step 59")


async def test_filtered_marked_and_left_by_escape() -> None:
    async with lab() as running:
        await train(running)
        await running.press("slash", *"rate")
        await running.until(lambda: [chart.title for chart in panel(running).charts()] == ["rate"])
        await running.press("enter", "left")
        await running.sees("@ step 59")
        await running.press("slash", *"xyz")
        await running.sees("No metric's name holds xyz")
        await running.press("escape")
        await running.until(lambda: len(panel(running).charts()) == 3)
        assert running.app.focused is panel(running)
        await running.press("space")
        await running.sees("↻")
        for _ in range(200):
            if "train_step #2 new shape" in running.text():
                break
            await running.press("left")
        await running.sees("train_step #2 new shape")
        await running.press("escape")
        await running.misses("@ step")
        assert running.app.focused is panel(running)
        await running.press("escape")
        await running.until(lambda: running.app.focused is running.editor)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_kept_run_is_chosen_named_and_drawn_beneath(tmp_path: Path, size: tuple[int, int]) -> None:
    runs = KeptRuns(tmp_path)
    async with lab(size=size, runs=runs) as running:
        await train(running)
        assert runs.flush(30)
        await running.press("r")
        await running.sees("Kept runs", "Training loops", "loss 0.016")
        await running.press("n", *"base", "enter")
        await running.sees("is called base now")
        await running.press("space")
        await running.sees(" 1 base")
        await running.press("escape")
        await running.until(lambda: not isinstance(running.app.screen, RunsScreen))
        await running.press("space")
        await running.sees("┄ base 0.016")
        await running.press("g")
        await running.misses("┄ base")
        assert [run.name for run in runs.listed()] == ["base"]


async def test_a_run_is_written_and_deleted_by_a_second_press_only(tmp_path: Path) -> None:
    runs = KeptRuns(tmp_path / "runs")
    async with lab(runs=runs) as running:
        await train(running)
        assert runs.flush(30)
        await running.press("r")
        for name, said in (("run.py", "was written to"), ("run.doc", "can be written as .csv")):
            await running.press("w", *str(tmp_path / name), "enter")
            await running.sees(said)
        await running.press("d")
        await running.sees("D again deletes")
        assert len(runs.listed()) == 1
        await running.press("d")
        await running.sees("is deleted")
        assert runs.listed() == []
        await running.press("escape")
        await running.until(lambda: not isinstance(running.app.screen, RunsScreen))
    assert "train()" in (tmp_path / "run.py").read_text()


async def test_the_curves_in_sight_are_written(tmp_path: Path) -> None:

    def whole(path: Path) -> bool:
        content = path.read_bytes() if path.exists() else b""
        if path.suffix == ".csv":
            return content.startswith(b"curve,step,value,time\n") and content.count(b"\nstep/loss,") == 60
        begin, end = (b"<svg", b"</svg>\n") if path.suffix == ".svg" else (b"\x89PNG", b"IEND\xaeB`\x82")
        return content.startswith(begin) and content.endswith(end)

    async with lab() as running:
        await train(running)
        for form in ("svg", "png", "csv"):
            target = tmp_path / f"curves.{form}"
            await running.press("w", *str(target), "enter")
            await running.until(partial(whole, target))
        await running.press("w", *"/nowhere/x.svg", "enter")
        await running.sees("cannot be written")
        await running.press("w", "escape", "l")
        await running.sees(" log")

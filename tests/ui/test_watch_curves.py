"""The curves of a watched process have the keys that they have in the lab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.ui.doubles import READY, finished, started
from tests.ui.test_curves_in_lab import epoch_of_training
from tflab.protocol.events import CellError, MetricsLogged, Site
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.steering import LoopAction
from tflab.protocol.worker_events import WorkersAwaited, WorkersMet
from tflab.ui.panels.curves_panel import CurvesPanel
from tflab.ui.screens.runs_screen import RunsScreen
from tflab.ui.screens.watch_screen import WatchScreen
from tflab.ui.watch_app import WatchApp
from tflab.ui.widgets.bar import Bar


class WatchedOnce:
    """A process that trained before anyone looked."""

    def __init__(self) -> None:
        self._events: list[Any] = [READY, started(0), *epoch_of_training(), finished(0)]

    def drain(self) -> Sequence[Any]:
        """As the protocol in `tflab.ui.screens.watch_screen.Watched`."""
        events, self._events = self._events, []
        return events

    def on_arrival(self, tell: Callable[[], object], /) -> None:
        """As above: all of it has come already."""

    def steer(self, action: LoopAction, /) -> None:
        """As above: there is no loop any more."""

    def turn_knob(self, name: str, value: float, /) -> None:
        """As above."""

    def ask_tensor(self, request: ReadTensorRequest | MeasureTensorRequest, /) -> None:
        """As above."""


async def test_a_step_is_picked_runs_are_listed_and_curves_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    app = WatchApp([("train.py", WatchedOnce())])
    async with app.run_test(size=(120, 40)) as pilot:

        async def until(condition: Any) -> None:
            for _ in range(600):
                if condition():
                    return
                await pilot.pause(0.02)
            raise AssertionError("never happened")

        screen = app.screen
        assert isinstance(screen, WatchScreen)
        await until(lambda: list(screen.query(CurvesPanel)) and screen.query_one(CurvesPanel).charts())
        await pilot.press("left", "enter")
        await until(lambda: screen._shown.picked is not None)
        await pilot.press("r")
        await until(lambda: isinstance(app.screen, RunsScreen))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        target = tmp_path / "curves.svg"
        await pilot.press("w", *str(target), "enter")
        await until(lambda: target.exists() and target.read_text().endswith("</svg>\n"))


class Worker(WatchedOnce):
    """One of several that train together; its loss tells which it is."""

    def __init__(self, number: int) -> None:
        loss = MetricsLogged(
            cell=0,
            time=1001.0,
            name="loss",
            steps=(0, 1, 2),
            values=(9.0, 5.0, 1.0 + number),
            source="tape",
            scope="step",
            site=Site(file="train.py", line=9),
        )
        self._events = [READY, started(0), WorkersAwaited(cell=0, worker=number, workers=2)]
        self.later: list[Any] = [WorkersMet(cell=0, seconds=1.0), loss]

    def goes_on(self) -> None:
        self._events, self.later = self.later, []

    def ends(self) -> None:
        self._events = [
            finished(0, status="error", error=CellError(name="ValueError", message="no", line=1, traceback="")),
            SessionEnded(reason="exited", status=1, message="it has ended"),
        ]


def rows_of(app: WatchApp) -> list[str]:
    return [bar.render_line(0).text for bar in app.screen.query(".process").results(Bar)]


async def test_several_processes_are_shown_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    workers = [Worker(0), Worker(1)]
    app = WatchApp([(f"train-worker{number}", worker) for number, worker in enumerate(workers)])
    async with app.run_test(size=(120, 40)) as pilot:

        async def until(condition: Any) -> None:
            for _ in range(600):
                if condition():
                    return
                await pilot.pause(0.02)
            raise AssertionError("never happened")

        await until(
            lambda: len(rows_of(app)) == 2 and all("waits for the other workers" in row for row in rows_of(app))
        )
        for worker in workers:
            worker.goes_on()
        await until(lambda: "loss 1 ·" in rows_of(app)[0] and "loss 2 ·" in rows_of(app)[1])
        panel = app.screen.query_one(CurvesPanel)

        def lines() -> tuple[float, list[str]]:
            (chart,) = panel.charts()
            (line,) = chart.lines
            return line.track.series.last_value, [ghost.name for ghost in line.ghosts]

        await until(lambda: panel.charts() and lines() == (1.0, ["train-worker1"]))
        await pilot.press("f4")
        await until(lambda: lines() == (2.0, ["train-worker0"]))
        assert [row.startswith("▌") for row in rows_of(app)] == [False, True]
        workers[0].ends()
        await until(lambda: "✗ it has ended" in rows_of(app)[0])
        assert "it has ended" not in rows_of(app)[1]
        # A click on a row shows its process.
        await pilot.click(next(iter(app.screen.query(".process").results(Bar))), offset=(3, 0))
        await until(lambda: lines() == (1.0, ["train-worker1"]))

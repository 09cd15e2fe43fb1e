"""The curves of a watched process have the keys that they have in the lab."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.ui.doubles import READY, finished, started
from tests.ui.test_curves_in_lab import epoch_of_training
from tflab.protocol.steering import LoopAction
from tflab.ui.panels.curves_panel import CurvesPanel
from tflab.ui.screens.runs_screen import RunsScreen
from tflab.ui.screens.watch_screen import WatchScreen
from tflab.ui.watch_app import WatchApp


class WatchedOnce:
    """A process that trained before anyone looked."""

    def __init__(self) -> None:
        self._events: list[Any] = [READY, started(0), *epoch_of_training(), finished(0)]

    def drain(self) -> Sequence[Any]:
        """As the protocol in `tflab.ui.screens.watch_screen.Watched`."""
        events, self._events = self._events, []
        return events

    def steer(self, action: LoopAction, /) -> None:
        """As above: there is no loop any more."""

    def turn_knob(self, name: str, value: float, /) -> None:
        """As above."""


async def test_a_step_is_picked_runs_are_listed_and_curves_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    app = WatchApp("train.py", WatchedOnce())
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
        await until(lambda: screen._picked is not None)
        await pilot.press("r")
        await until(lambda: isinstance(app.screen, RunsScreen))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        target = tmp_path / "curves.svg"
        await pilot.press("w", *str(target), "enter")
        await until(lambda: target.exists() and target.read_text().endswith("</svg>\n"))

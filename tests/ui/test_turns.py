"""What a person does quickly goes where it would have gone slowly."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from tests.sessions import PATIENCE
from tests.ui.doubles import finished, ran, started
from tests.ui.lab_driver import Lab, lab, press_at_once
from tests.ui.test_curves_in_lab import epoch_of_training
from tests.ui.test_watch_curves import WatchedOnce
from tflab.messages import text
from tflab.protocol.events import InputRequested
from tflab.ui.panels.curves_panel import CurvesPanel
from tflab.ui.screens.lab_screen import LabScreen
from tflab.ui.turns import Turns
from tflab.ui.watch_app import WatchApp


async def see_curves(running: Lab) -> CurvesPanel:
    """A step has trained; its curves have the keys."""
    await running.happens(*ran(0, *epoch_of_training()))
    await running.press("alt+c")
    panel = running.screen.query_one(CurvesPanel)
    await running.until(lambda: panel.has_focus and panel.charts())
    return panel


async def test_letters_go_into_the_line_that_the_key_before_them_opens() -> None:
    async with lab() as running:
        panel = await see_curves(running)
        press_at_once(running, "slash", *"loss")
        await running.settles()
        assert panel.query_one(Input).value == "loss"
        assert panel.query_one(Input).has_focus


async def test_keys_after_enter_are_not_typed_into_the_line_that_it_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with lab() as running:
        panel = await see_curves(running)
        press_at_once(running, "w", "enter", "left", "slash", *"lo")
        await running.settles()
        line = panel.query_one(Input)
        assert (line.value, line.placeholder) == ("lo", text("ui.curves.filter"))
        await running.until(lambda: (tmp_path / "curves.svg").exists())


async def test_keys_after_an_answer_are_no_second_answer() -> None:
    async with lab() as running:
        await running.happens(started(0), InputRequested(cell=0, prompt="? ", secret=False))
        press_at_once(running, "5", "enter", "7", "enter")
        await running.settles()
        assert running.session.answers == ["5"]
        assert running.source() == "7\nx = 1"


async def test_a_cell_that_no_longer_asks_leaves_the_keys_where_they_are() -> None:
    async with lab() as running:
        await running.happens(started(0), InputRequested(cell=0, prompt="? ", secret=False))
        await running.press("alt+c")
        await running.happens(finished(0))
        assert running.screen.panes.inspector.has_focus_within
        await running.happens(started(0), InputRequested(cell=0, prompt="? ", secret=False))
        await running.happens(finished(0))
        assert running.screen.focused is running.editor


async def test_letters_go_into_the_palette_that_the_key_before_them_opens() -> None:
    async with lab() as running:
        before = running.source()
        press_at_once(running, "ctrl+p", *"curv")
        await running.settles()
        assert running.app.focused is not None
        assert isinstance(running.app.focused, Input)
        assert running.app.focused.value == "curv"
        assert running.source() == before


async def test_a_key_that_closes_a_page_and_is_pressed_again_comes_before_those_after_it() -> None:
    async with lab() as running:
        press_at_once(running, "f1", "f4", *"zz")
        await running.settles()
        assert running.screen.step == 1
        assert running.source() == "zzy = x / 0"


async def test_keys_go_where_the_click_before_them_has_led() -> None:
    async with lab() as running:
        panel = await see_curves(running)
        await running.press("alt+d")
        lines = running.text().split("\n")
        row = next(number for number, line in enumerate(lines) if "Curves" in line)
        at = (lines[row].index("Curves"), row)
        for kind in (events.MouseDown, events.MouseUp):
            running.app.post_message(kind(None, *at, 0, 0, 1, False, False, False, *at))
        press_at_once(running, "slash", *"loss")
        await running.settles()
        assert panel.query_one(Input).value == "loss"


async def test_what_is_typed_before_there_is_anything_waits_for_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    fill = LabScreen._fill

    async def fill_late(screen: LabScreen) -> None:
        for key in "zz":
            screen.app.post_message(events.Key(key, key))
        # The application has taken them.
        taken = asyncio.Event()
        screen.app.call_later(taken.set)
        await taken.wait()
        await fill(screen)

    monkeypatch.setattr(LabScreen, "_fill", fill_late)
    async with lab() as running:
        await running.settles()
        assert running.source() == "zzx = 1"


async def test_a_key_that_comes_while_the_lab_closes_is_nobodys() -> None:
    app = WatchApp([("train", WatchedOnce())])
    assert not app.screen_stack
    for is_forwarded in (False, True):
        key = events.Key("a", "a")
        if is_forwarded:
            key._set_forwarded()
        await app.on_event(key)


class Stuck(App[None]):
    """Is not done with the first event before it may be."""

    def compose(self) -> ComposeResult:
        yield Input()

    def on_mount(self) -> None:
        self.dealt: list[events.Event] = []
        self.turns = Turns(self, self._deal)
        self.goes_on = asyncio.Event()

    async def _deal(self, event: events.Event) -> None:
        if not self.dealt:
            self.query_one(Input).call_later(self.goes_on.wait)
        self.dealt.append(event)

    async def deals_with(self, count: int) -> None:
        """Waits until so many events have had their turns."""
        end = time.monotonic() + PATIENCE
        while len(self.dealt) < count:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)


async def test_a_widget_that_is_stuck_does_not_keep_the_keys() -> None:
    app = Stuck()
    keys = [events.Key(key, key) for key in "ab"]
    async with app.run_test():
        for key in keys:
            await app.turns.take(key)
        assert (app.dealt, app.turns.is_awaited) == (keys[:1], True)
        await app.deals_with(2)
        assert app.dealt == keys
        app.goes_on.set()


def moved(by: int, button: int) -> events.MouseMove:
    return events.MouseMove(None, by, 0, by, 0, button, False, False, False)


async def test_a_mouse_that_moves_faster_than_it_can_be_followed_has_moved_once() -> None:
    app = Stuck()
    async with app.run_test():
        await app.turns.take(events.Key("a", "a"))
        for event in (moved(1, 0), moved(2, 0), moved(3, 1), events.Key("b", "b"), moved(4, 1), moved(5, 1)):
            await app.turns.take(event)
        app.goes_on.set()
        await app.deals_with(5)
        found = [(event.x, event.delta_x) if isinstance(event, events.MouseMove) else "key" for event in app.dealt]
        assert found == ["key", (2, 3), (3, 3), "key", (5, 9)]

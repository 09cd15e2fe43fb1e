"""Keys that come faster than widgets deal with them: each finds what the ones before have made of the lab."""

from __future__ import annotations

from pathlib import Path

from textual import events

from tests.ui.doubles import finished, lesson, started
from tests.ui.lab_driver import lab, press_at_once
from tests.ui.recorded import recorded
from tflab.curriculum.kept_runs import KeptRuns
from tflab.curriculum.notebook import untitled_document
from tflab.curriculum.saving import save, save_as
from tflab.ui.screens.file_name_screen import FileNameScreen
from tflab.ui.screens.palette import Palette
from tflab.ui.screens.runs_screen import RunsScreen


async def test_escape_gives_the_keys_back_to_the_code_before_the_next_letter() -> None:
    async with lab() as running:
        press_at_once(running, "alt+d", "escape", *"ab")
        await running.until(lambda: running.source() == "abx = 1")


async def test_what_follows_the_key_that_ends_a_search_is_typed_into_the_code() -> None:
    async with lab(lesson("a = b")) as running:
        press_at_once(running, "ctrl+f", "b", "escape", "c")
        await running.until(lambda: running.source() == "a = c")


async def test_what_follows_the_number_of_a_line_is_typed_there() -> None:
    async with lab(lesson("a\nb\nc")) as running:
        press_at_once(running, "ctrl+g", "3", "enter", "x")
        await running.until(lambda: running.source() == "a\nb\nxc")


async def test_what_follows_vims_key_for_a_search_is_looked_for() -> None:
    async with lab(lesson("a = 1\nb = 2")) as running:
        await running.screen.run_action("switch_vim")
        press_at_once(running, "/", "b", "enter", "escape", *"ix")
        await running.until(lambda: running.source() == "a = 1\nx = 2")


async def test_the_palette_takes_the_letters_that_follow_its_key() -> None:
    async with lab() as running:
        press_at_once(running, "ctrl+p", *"next step", "enter", "z")
        await running.until(lambda: running.screen.step == 1)
        await running.until(lambda: running.source() == "zy = x / 0")
        assert not isinstance(running.app.screen, Palette)
        assert running.screen.panes.code.sources()[0] == "x = 1"


async def test_the_name_of_a_file_follows_the_key_that_asks_for_it(tmp_path: Path) -> None:
    async with lab(untitled_document(tmp_path), save=save, save_as=save_as) as running:
        press_at_once(running, "x", "ctrl+s", "escape", "y")
        await running.until(lambda: running.source() == "xy")
        assert not isinstance(running.app.screen, FileNameScreen)


async def test_the_list_of_kept_runs_takes_the_keys_that_follow_the_one_that_opens_it(tmp_path: Path) -> None:
    async with lab(lesson("x = 1"), runs=KeptRuns(tmp_path)) as running:
        await running.happens(started(0), finished(0), *recorded(1))
        press_at_once(running, "alt+c", "r", "escape", "escape", "y")
        await running.until(lambda: running.source() == "yx = 1")
        assert not isinstance(running.app.screen, RunsScreen)


async def test_the_code_has_the_keys_again_after_a_page_that_came_while_another_window_had_them() -> None:
    async with lab() as running:
        running.app.post_message(events.AppBlur())
        await running.settles()
        running.screen.action_help()
        await running.settles()
        running.app.post_message(events.AppFocus())
        await running.press("x", "z")
        assert running.source() == "zx = 1"

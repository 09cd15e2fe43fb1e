"""Lesson 14 with the mouse alone: whatever a key does there on the way, a click does, too."""

from __future__ import annotations

import pytest

from tests.ui.lab_driver import NARROW, NORMAL, WIDE, lab
from tests.ui.recorded import RecordedGrader, RecordedSession, recorded, recorded_lesson
from tests.ui.stages import judge, ready
from tflab.ui.screens.leaflet import Leaflet
from tflab.ui.screens.palette import Palette

pytestmark = pytest.mark.usefixtures("indonesian")


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW], ids=["wide", "normal", "narrow"])
async def test_a_lesson_is_walked_with_the_mouse_alone(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    session, grader = RecordedSession(), RecordedGrader()
    async with lab(
        recorded_lesson(), size=size, ready=False, first_launch=True, session=session, grader=grader
    ) as running:
        screen = running.screen
        await ready(running)

        # The welcome says that all can be clicked; a click closes it.
        await running.click("Semuanya juga bisa diklik")
        await running.until(lambda: running.app.screen is screen)

        # A step is run, its output and panels are looked at.
        await running.click("Jalankan", row=-1)
        assert [request.cell for request in session.requests] == [0]
        await running.happens(*recorded(0))
        await running.click("Tensor ")
        await running.sees("waves")
        if size == NARROW:
            await running.click("Keluaran ")
            await running.until(lambda: screen.panes.is_shown("output"))

        # On to the exercise: a hint, a check that fails, and one that passes.
        for step in (1, 2):
            await running.click("Lanjut", row=-1)
            assert screen.step == step
        await running.click("Petunjuk", row=-1)
        if size == NARROW:
            await running.click("Pelajaran ")
        await running.sees("Petunjuk 1 dari 2")
        await running.click("Periksa", row=-1)
        await judge(running)
        await running.sees("Belum, diperiksa dalam")
        await running.click("Periksa", row=-1)
        await judge(running)
        await running.sees("Lulus, diperiksa dalam")

        # Help and what has no place in the bar.
        await running.click("Bantuan", row=-1)
        await running.until(lambda: isinstance(running.app.screen, Leaflet))
        await running.click("jalankan langkah ini")
        await running.until(lambda: running.app.screen is screen)
        await running.click("tflab", row=0)
        await running.until(lambda: isinstance(running.app.screen, Palette))
        await running.click("Langkah sebelumnya")
        await running.until(lambda: running.app.screen is screen and screen.step == 1)
        await running.click("tflab", row=0)
        await running.until(lambda: isinstance(running.app.screen, Palette))
        await running.click("Perbesar atau pulihkan panel")
        await running.until(lambda: screen.panes.maximised is not None)
        await running.click("Pulihkan", row=-1)
        await running.until(lambda: screen.panes.maximised is None)

        # Another lesson, from the list or from the title; a click beside a page leaves it.
        await running.click("14 ", row=0)
        await running.until(lambda: isinstance(running.app.screen, Palette))
        running.click_at(0, size[1] - 1)
        await running.until(lambda: running.app.screen is screen)

        ended: list[object] = []
        monkeypatch.setattr(running.app, "exit", ended.append)
        await running.click("Keluar", row=-1)
        await running.until(lambda: ended == [0])


async def test_a_click_beside_a_page_leaves_it_and_one_in_it_does_not() -> None:
    async with lab() as running:
        await running.click("tflab", row=0)
        await running.until(lambda: isinstance(running.app.screen, Palette))
        await running.click("yang ingin Anda lakukan?")
        assert isinstance(running.app.screen, Palette)
        running.click_at(0, 0)
        await running.until(lambda: running.app.screen is running.screen)

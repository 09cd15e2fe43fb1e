"""Every screen of the lab at three sizes, dark and light, drawn from a recorded real run.

All of it can be read: nothing is drawn in a colour that its ground swallows, nothing spills over the edge, both themes
show the same text; and it looks as it did, see `tests.ui.snapshots`.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.ui import snapshots
from tests.ui.lab_driver import NARROW, NORMAL, WIDE, Lab, lab
from tests.ui.recorded import RecordedGrader, RecordedProcess, RecordedSession, recorded_lesson
from tests.ui.stages import INDONESIAN, NOW, STAGES, Stage, region_of
from tflab.curriculum.kept_runs import KeptRuns
from tflab.protocol.lifecycle import SessionEnded
from tflab.ui.live_app import LiveApp
from tflab.ui.screens.lab_screen import LabScreen
from tflab.ui.screens.watch_screen import WatchScreen
from tflab.ui.watch_app import WatchApp

SIZES = {"wide": WIDE, "normal": NORMAL, "narrow": NARROW}
_DECORATION = re.compile(r"[\s─━│┃╭╮╰╯┏┓┗┛┄┈·…╴╶╵╷╸╹╺╻▀-█▏-▐■░▒▓⠀-⣿]*")
"""Frames, rules, bars and curves: fainter than what is to be read."""
_LEAST_CONTRAST = 2.6
"""Of a glyph to its ground; the fainter words (a hint, an unchosen tab) have this much, all else far more."""
_DIMMED = 1.2
"""The same where a page lies over the lab, which is dimmed on purpose."""


WATCHED = ("watched", "watched-gradients", "watched-ended")
"""The screens of ``tflab attach``."""


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock stands still, in a time zone of its own, and cursors do not blink."""
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda _: None)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)
    clock = SimpleNamespace(time=lambda: NOW, monotonic=time.monotonic)
    monkeypatch.setattr("tflab.ui.screens.lab_view.time", clock)
    monkeypatch.setattr("tflab.ui.screens.watch_screen.time", clock)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def rows(app: App[int]) -> list[list[Segment]]:
    """The segments of the screen in sight, row by row."""
    return [list(strip) for strip in app.screen._compositor.render_strips()]


def brightness(channels: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [each / 255 for each in channels]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(segment: Segment) -> float:
    """Of a segment's ink to its ground."""
    style = segment.style
    if style is None or style.color is None or style.bgcolor is None:
        return 21.0
    ink, ground = style.color, style.bgcolor
    if ink.is_default or ground.is_default:
        return 21.0
    of_ink, of_ground = brightness(ink.get_truecolor()), brightness(ground.get_truecolor())
    return (max(of_ink, of_ground) + 0.05) / (min(of_ink, of_ground) + 0.05)


def illegible(shown: Sequence[Sequence[Segment]], least: float) -> list[tuple[str, float]]:
    """What is drawn but cannot be read."""
    return [
        (segment.text, round(contrast(segment), 2))
        for row in shown
        for segment in row
        if not _DECORATION.fullmatch(segment.text) and contrast(segment) < least
    ]


async def settled(app: LiveApp, pilot: Pilot[int], *, keeps_notifications: bool = False) -> None:
    """Waits until all that has happened is drawn."""
    if not keeps_notifications:
        app.clear_notifications()
    before = None
    for _ in range(100):
        await pilot.pause()
        for screen in app.screen_stack:
            if isinstance(screen, LabScreen):
                screen.conductor.advance(1.0)
                screen.follow(now := time.monotonic())
                screen.draw(now)
            elif isinstance(screen, WatchScreen):
                screen.take_in()
                screen.draw(time.monotonic())
        await pilot.pause(0.02)
        if not (app.turns.are_over and app.turns.is_quiet):
            continue
        shown = rows(app)
        if shown == before:
            return
        before = shown
    raise AssertionError("the screen never comes to rest")


async def compared(
    running: Lab, stage: Stage, size: str, styles: snapshots.Styles, *, theme_first: int = 0, prefix: str = ""
) -> str:
    """Does what the stage says; what looks different from then, in either theme, as `snapshots.compare`."""
    await stage.act(running)
    if stage.wanted:
        await running.sees(stage.wanted)
    width, height = SIZES[size]
    themes = ("tflab-dark", "tflab-light")
    drawn = {}
    # The theme that is on already comes first.
    for theme in themes if theme_first == 0 else themes[::-1]:
        running.app.theme = theme
        await settled(running.app, running.pilot, keeps_notifications=stage.name == "notified")
        shown = drawn[theme] = rows(running.app)
        least = _LEAST_CONTRAST if running.app.screen is running.screen else _DIMMED
        assert illegible(shown, least) == [], (stage.name, theme)
        widths = {sum(cell_len(segment.text) for segment in row) for row in shown}
        assert (widths, len(shown)) == ({width}, height), (stage.name, theme)
    region = region_of(running, stage.part)
    if not region.area:
        return ""
    dark, light = (snapshots.picture_of(drawn[theme], region) for theme in themes)
    glyphs = [[[cell.glyph for cell in row] for row in picture] for picture in (dark, light)]
    assert glyphs[0] == glyphs[1], stage.name
    return snapshots.compare(f"{prefix}{stage.name}-{size}", dark, light, styles)


@pytest.mark.timeout(900)  # some sixty screens, each in two themes
@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_can_be_read_and_looks_as_it_did(size: str, frozen: None, tmp_path: Path) -> None:
    styles, changed = snapshots.Styles(), []
    summary = "3 of 112 exercises passed, 1 of 45 lessons done"
    async with lab(
        recorded_lesson(),
        size=SIZES[size],
        ready=False,
        first_launch=True,
        session=RecordedSession(),
        grader=RecordedGrader(),
        runs=KeptRuns(tmp_path),
        summary=lambda: summary,
    ) as running:
        for number, stage in enumerate(STAGES):
            changed.append(await compared(running, stage, size, styles, theme_first=number % 2))
    assert not any(changed), "\n\n".join(filter(None, changed))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", SIZES)
async def test_the_main_screens_look_in_indonesian_as_they_did(size: str, frozen: None, indonesian: None) -> None:
    styles, changed = snapshots.Styles(), []
    async with lab(
        recorded_lesson(),
        size=SIZES[size],
        ready=False,
        first_launch=True,
        session=RecordedSession(),
        grader=RecordedGrader(),
    ) as running:
        for number, stage in enumerate(INDONESIAN):
            changed.append(await compared(running, stage, size, styles, theme_first=number % 2, prefix="id-"))
    assert not any(changed), "\n\n".join(filter(None, changed))


@pytest.mark.parametrize("size", SIZES)
async def test_a_watched_process_looks_as_it_did(size: str, frozen: None) -> None:
    styles, changed = snapshots.Styles(), []
    process = RecordedProcess()
    app = WatchApp([("train.py", process)])
    async with app.run_test(size=SIZES[size]) as pilot:
        for name in WATCHED:
            if name == "watched-gradients":
                await pilot.press("alt+g")
            elif name == "watched-ended":
                process.events.append(SessionEnded(reason="exited", status=0, message="train.py has ended."))
            pictures = []
            for theme in ("tflab-dark", "tflab-light"):
                app.theme = theme
                await settled(app, pilot)
                assert illegible(rows(app), _LEAST_CONTRAST) == [], (name, theme)
                pictures.append(snapshots.picture_of(rows(app), app.screen.region))
            dark, light = pictures
            changed.append(snapshots.compare(f"{name}-{size}", dark, light, styles))
    assert not any(changed), "\n\n".join(filter(None, changed))


def test_no_snapshot_is_of_a_screen_that_is_gone() -> None:
    screens = [*(stage.name for stage in STAGES), *(f"id-{stage.name}" for stage in INDONESIAN), *WATCHED]
    names = {f"{name}-{size}" for name in screens for size in SIZES} | {"styles"}
    assert {file.stem for file in snapshots.FOLDER.iterdir()} <= names
    if os.environ.get("TFLAB_SNAPSHOTS") != "write":
        written = "\n".join(file.read_text(encoding="utf-8") for file in snapshots.FOLDER.iterdir())
        used = set(re.findall(r"\b([a-z]+)\*", written))
        assert set(snapshots.Styles().pairs) == used - {"pixels"}

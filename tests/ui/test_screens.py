"""Every screen of the lab at three sizes, dark and light, drawn from a recorded real run.

What can be read is held for all of them: nothing is drawn in a colour that its ground swallows, nothing spills over
the edge, and both show the same text. Screens whose words are this project's own and do not change with a panel
are compared with the pictures in ``snapshots``; ``TFLAB_SNAPSHOTS=write`` draws those anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment

from tests.ui.doubles import lesson
from tests.ui.lab_driver import NARROW, NORMAL, WIDE, Lab, lab
from tests.ui.record_run import CELLS, recorded
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.server import ServerFailed, ServerProgressed
from tflab.ui.tabs import PANELS, TabName

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = {"wide": WIDE, "normal": NORMAL, "narrow": NARROW}
_DECORATION = re.compile(r"[\s─━│┃╭╮╰╯┏┓┗┛┄┈·…╴╶╵╷╸╹╺╻▁-█▏-▐░▒▓⠀-⣿]*")
"""Frames, rules, bars and curves: fainter than what is to be read."""
_LEAST_CONTRAST = 2.6
"""Of a glyph to its ground; the fainter words (a hint, an unchosen tab) have this much, all else far more."""


Stage = Callable[[Lab], Awaitable[None]]


def pressed(*keys: str) -> Stage:
    """These keys."""

    async def press(running: Lab) -> None:
        await running.press(*keys)

    return press


def tab(panel: TabName) -> Stage:
    """That panel in the inspector."""

    async def show(running: Lab) -> None:
        running.screen.panes.inspector.active = panel

    return show


def happened(*events: object) -> Stage:
    """What the session says."""

    async def happen(running: Lab) -> None:
        await running.happens(*events)

    return happen


async def loading(running: Lab) -> None:
    """TensorFlow is being loaded."""
    running.screen.state.phase = "loading"
    await running.happens(ServerProgressed(fraction=0.4, stage="tensorflow.python"))


STAGES: tuple[tuple[str, Stage], ...] = (
    ("loading", loading),
    ("ran", happened(*recorded())),
    *((panel, tab(panel)) for panel in PANELS),
    ("find", pressed("ctrl+f", "l", "o", "s", "s")),
    ("line", pressed("escape", "ctrl+g")),
    ("lesson", pressed("escape", "f2")),
    ("help", pressed("f1")),
    ("palette", pressed("escape", "ctrl+p")),
    ("died", pressed("escape")),
    ("died", happened(SessionEnded(reason="crashed", status=-9, message="The session was killed by signal 9."))),
    ("failed", happened(ServerFailed(message="TensorFlow is not installed here."))),
)
"""What is done one after the other in one lab, and the name of what is then in sight."""


@asynccontextmanager
async def opened(size: str) -> AsyncIterator[Lab]:
    """A lab with the recorded lesson at its last step."""
    async with lab(lesson(*CELLS, panel="curves"), size=SIZES[size]) as running:
        await running.press("f4", "f4")
        yield running


COMPARED = ("opened", "loading", "find", "lesson")


def rows(running: Lab) -> list[list[Segment]]:
    """The segments of the screen in sight, row by row."""
    return [list(strip) for strip in running.app.screen._compositor.render_strips()]


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


def illegible(running: Lab) -> list[tuple[str, float]]:
    """What is drawn but cannot be read. Behind a page over it the lab is dimmed on purpose."""
    dimmed = running.app.screen is not running.screen
    return [
        (segment.text, round(contrast(segment), 2))
        for row in rows(running)
        for segment in row
        if not _DECORATION.fullmatch(segment.text) and contrast(segment) < (1.2 if dimmed else _LEAST_CONTRAST)
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_can_be_read_in_dark_and_light(size: str) -> None:
    width, height = SIZES[size]
    async with opened(size) as running:
        for name, stage in STAGES:
            await stage(running)
            await running.pilot.pause(0.1)
            shown = []
            for theme in ("tflab-dark", "tflab-light"):
                running.app.theme = theme
                await running.pilot.pause()
                assert illegible(running) == [], (name, theme)
                widths = {sum(cell_len(segment.text) for segment in row) for row in rows(running)}
                assert (widths, len(rows(running))) == ({width}, height), (name, theme)
                shown.append(running.text())
            assert shown[0] == shown[1], name


@pytest.mark.parametrize("size", SIZES)
async def test_screens_look_as_they_did(size: str) -> None:
    async with opened(size) as running:
        for name, stage in (("opened", pressed()), *STAGES):
            await stage(running)
            if name not in COMPARED:
                continue
            await running.pilot.pause(0.1)
            panes = running.screen.panes
            # Keys and the inspector are other tests' to hold.
            width = panes.frame("code").region.right if not panes.narrow else SIZES[size][0]
            strip = panes.frame("inspector").region.y
            lines = [line[:width].rstrip() for line in running.text().split("\n")[:-1]]
            text = "\n".join([*lines[:strip], *(lines[strip + 1 :] if panes.narrow and panes.reading else [])]) + "\n"
            file = SNAPSHOTS / f"{name}-{size}.txt"
            if os.environ.get("TFLAB_SNAPSHOTS") == "write":
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8")
            assert text == file.read_text(encoding="utf-8"), name

"""Themes, sizes and other choices, and that they are remembered."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from textual.theme import Theme

from tests.ui.doubles import lesson, printed
from tests.ui.lab_driver import NARROW, WIDE, lab
from tflab import messages
from tflab.curriculum.kept_files import BackgroundWriter
from tflab.curriculum.preferences import PreferenceFile, Preferences
from tflab.ui.screens.leaflet import help_rows
from tflab.ui.themes import THEMES, other_brightness, other_palette, preferred_theme
from tflab.ui.widgets.editor_themes import EDITOR_THEMES, editor_theme
from tflab.ui.widgets.rows import text_of


class ChoicesInMemory:
    """Remembers in a test."""

    def __init__(self, **choices: object) -> None:
        self.now = Preferences()
        self.change(**choices)

    def change(self, **choices: object) -> None:
        """As the protocol in `tflab.ui.launch.Preferences`."""
        self.now = msgspec.structs.replace(self.now, **choices)


# --- themes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "chosen", "theme"),
    [
        ({}, "", "tflab-dark"),
        ({"COLORFGBG": "0;15"}, "", "tflab-light"),
        ({"COLORFGBG": "0;15"}, "tflab-dark-safe", "tflab-dark-safe"),
        ({"TFLAB_THEME": "light-safe"}, "tflab-dark", "tflab-light-safe"),
        ({"TFLAB_THEME": "pink"}, "gone", "tflab-dark"),
    ],
)
def test_which_theme(environment: dict[str, str], chosen: str, theme: str) -> None:
    assert preferred_theme(environment, chosen) == theme


def test_every_theme_has_its_counterparts() -> None:
    names = {theme.name for theme in THEMES}
    for name in names:
        assert {other_brightness(name), other_palette(name)} <= names
        assert other_brightness(other_brightness(name)) == name == other_palette(other_palette(name))


def brightness(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_is_said_in_colour_can_be_read_on_the_ground(theme: Theme) -> None:
    ground = brightness(str(theme.background))
    for role in ("foreground", "accent", "warning", "error", "success", "primary"):
        ink = brightness(str(getattr(theme, role)))
        contrast = (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)
        assert contrast >= 4.5, (role, contrast)


def test_a_terminal_with_16_colours_gets_colours_that_it_has() -> None:
    for dark in (True, False):
        name = editor_theme(dark, "standard")
        theme = next(each for each in EDITOR_THEMES if each.name == name)
        for style in theme.syntax_styles.values():
            assert style.color is not None
            assert style.color.number is not None
            assert style.color.number < 16
    assert editor_theme(True, "truecolor") == "tflab-dark"


async def test_themes_are_switched_and_remembered() -> None:
    choices = ChoicesInMemory()
    async with lab(preferences=choices) as running:
        await running.screen.run_action("switch_palette")
        assert running.app.theme == choices.now.theme == "tflab-dark-safe"
        await running.screen.run_action("switch_theme")
        assert running.app.theme == choices.now.theme == "tflab-light-safe"
        await running.until(lambda: running.editor.theme.endswith("light"))
    async with lab(preferences=choices) as running:
        assert running.app.theme == "tflab-light-safe"


# --- sizes ------------------------------------------------------------------------------------------------------


async def test_sizes_are_remembered(tmp_path: Path) -> None:
    writer = BackgroundWriter()
    async with lab(preferences=PreferenceFile(tmp_path, writer)) as running:
        before = running.screen.panes.frame("prose").region.width
        await running.press("alt+right", "alt+right", "alt+pagedown")
        await running.until(lambda: running.screen.panes.frame("prose").region.width > before)
        wide, high = (running.screen.panes.frame(pane).region.size for pane in ("prose", "code"))
    async with lab(preferences=ChoicesInMemory()) as running:
        assert running.screen.panes.frame("prose").region.width == before
    assert writer.flush()
    async with lab(preferences=PreferenceFile(tmp_path)) as running:
        assert running.screen.panes.frame("prose").region.size == wide
        assert running.screen.panes.frame("code").region.size == high


async def test_a_double_click_on_a_title_maximises_and_that_is_remembered() -> None:
    choices = ChoicesInMemory()
    async with lab(preferences=choices) as running:
        output = running.screen.panes.frame("output").region
        await running.pilot.click(offset=(output.x + 4, output.y), times=2)
        await running.until(lambda: running.screen.panes.maximised == "output")
    async with lab(preferences=choices, size=WIDE) as running:
        assert running.screen.panes.frame("output").region.width == WIDE[0]
        await running.sees("F11 Restore")
        await running.pilot.click(offset=(8, 1), times=2)
        await running.until(lambda: running.screen.panes.maximised is None)
        assert choices.now.maximised == ""


async def test_vim_keys_are_an_option_that_is_remembered() -> None:
    choices = ChoicesInMemory()
    async with lab(lesson("one two one"), preferences=choices) as running:
        await running.screen.run_action("switch_vim")
        await running.sees("NORMAL")
        await running.press("d", "w", "i", "x")
        await running.sees("INSERT")
        await running.press("escape", "u", "u")
        await running.until(lambda: running.source() == "one two one")
        await running.press("slash")
        await running.press(*"one", "enter", "escape", "N")
        await running.until(lambda: running.editor.selected_text == "one")
    async with lab(lesson("one two one"), preferences=choices) as running:
        await running.sees("NORMAL")
        await running.press("x", "ctrl+r")
        await running.until(lambda: running.session.requests)
        assert running.session.requests[0].source == "ne two one"
        await running.screen.run_action("switch_vim")
        await running.misses("NORMAL")
        assert not choices.now.vim_keys


# --- narrow -----------------------------------------------------------------------------------------------------


async def test_a_narrow_screen_tells_that_there_is_new_output() -> None:
    async with lab(lesson("x", panel="curves"), size=NARROW) as running:
        await running.press("alt+c")
        await running.happens(printed("hello\n"))
        await running.sees("Output•")
        await running.press("alt+o")
        await running.sees("hello")
        await running.misses("Output•")


@pytest.mark.usefixtures("indonesian")
async def test_help_and_quit_are_always_on_the_bar() -> None:
    async with lab(size=NARROW) as running:
        await running.press("f4")
        await running.sees("F1 Bantuan", "F10 Keluar")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_help_fits_the_narrow_screen_and_its_columns_stay_apart(language: str) -> None:
    messages.use_language(language)
    width = NARROW[0] - 5
    rows = [text_of(row) for row in help_rows(width)]
    assert len(rows) <= NARROW[1] - 2
    assert max(map(len, rows)) <= width
    assert all(row[width // 2 - 1 : width // 2].strip() == "" for row in rows)

"""The lab's own colours, dark and light, each also for eyes that do not tell red from green."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="tflab-dark",
    dark=True,
    primary="#4f9fd6",
    secondary="#7fd4c8",
    accent="#ffab3d",
    warning="#e8b84a",
    error="#f0708a",
    success="#5fc98a",
    foreground="#d7dbe2",
    background="#14171c",
    surface="#14171c",
    panel="#1c2027",
    boost="#20252d",
    variables={"border": "#3a414d", "border-blurred": "#3a414d"},
)
LIGHT: Final = Theme(
    name="tflab-light",
    dark=False,
    primary="#1f6fa8",
    secondary="#0b6e66",
    accent="#b35c00",
    warning="#8f6400",
    error="#b3203f",
    success="#1f7a43",
    foreground="#24292f",
    background="#fbfbfa",
    surface="#fbfbfa",
    panel="#eff1f4",
    boost="#e9ecf0",
    variables={"border": "#c0c6cf", "border-blurred": "#c0c6cf"},
)
# Okabe and Ito's palette: blue for good, vermilion for bad, yellow for in between; they differ in lightness, too.
DARK_SAFE: Final = replace(
    DARK,
    name="tflab-dark-safe",
    primary="#9aa5ff",
    secondary="#56b4e9",
    accent="#cc9fd0",
    warning="#f0e442",
    error="#ff7a33",
    success="#56b4e9",
)
LIGHT_SAFE: Final = replace(
    LIGHT,
    name="tflab-light-safe",
    primary="#3a48b8",
    secondary="#0072b2",
    accent="#8a3f86",
    warning="#7a6f00",
    error="#b84300",
    success="#0072b2",
)
THEMES: Final = (DARK, LIGHT, DARK_SAFE, LIGHT_SAFE)
_NAMES: Final = tuple(theme.name for theme in THEMES)
_SAFE: Final = "-safe"


def preferred_theme(environment: Mapping[str, str], chosen: str = "") -> str:
    """The theme that ``TFLAB_THEME`` asks for (``dark``, ``light-safe``), else the one ``chosen`` before.

    Without either the one that suits the terminal's background; dark if that is unknown.
    """
    wanted = "tflab-" + environment.get("TFLAB_THEME", "")
    if wanted in _NAMES:
        return wanted
    if chosen in _NAMES:
        return chosen
    # Some terminals say "foreground;background" here, as numbers of the 16 colours.
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name


def other_brightness(name: str) -> str:
    """The light theme that goes with a dark one, and the other way round."""
    return name.replace("dark", "light") if "dark" in name else name.replace("light", "dark")


def other_palette(name: str) -> str:
    """The theme for eyes that do not tell red from green that goes with another, and the other way round."""
    return name.removesuffix(_SAFE) if name.endswith(_SAFE) else name + _SAFE

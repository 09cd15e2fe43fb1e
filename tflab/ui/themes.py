"""The lab's own colours, dark and light."""

from __future__ import annotations

from collections.abc import Mapping
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
THEMES: Final = (DARK, LIGHT)


def preferred_theme(environment: Mapping[str, str]) -> str:
    """The theme that ``TFLAB_THEME`` asks for, else the one that suits the terminal's background; dark if unknown."""
    wanted = environment.get("TFLAB_THEME", "")
    if wanted in ("dark", "light"):
        return f"tflab-{wanted}"
    # Some terminals say "foreground;background" here, as numbers of the 16 colours.
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name

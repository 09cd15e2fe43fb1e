"""What a role looks like in the theme in use.

Curves take the Okabe-Ito colours, which people with any of the common colour-vision deficiencies tell apart. No role
differs from another by colour alone where that would carry meaning: the text says it too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tflab.ui.widgets.rows import Role, Row

if TYPE_CHECKING:
    from textual.app import App

CURVES_ON_DARK: Final = ("#56b4e9", "#e69f00", "#2fbf8f", "#cc79a7", "#f0e442", "#ff7f50", "#9aa5ff", "#c9c9c9")
CURVES_ON_LIGHT: Final = ("#0072b2", "#b36b00", "#00795a", "#a5467c", "#7a6f00", "#c24400", "#4453c7", "#555555")


class Palette:
    """Styles by role."""

    def __init__(self, variables: dict[str, str], dark: bool) -> None:
        def colour(name: str, otherwise: str) -> str:
            value = variables.get(name, "")
            return value if value.startswith("#") and len(value) == 7 else otherwise

        muted = "#8a8f98" if dark else "#6b7078"
        faint = "#4a4f58" if dark else "#c3c7cd"
        self._styles: dict[Role, Style] = {
            "": Style(),
            "muted": Style(color=muted),
            "faint": Style(color=faint),
            "strong": Style(bold=True),
            "italic": Style(italic=True),
            "accent": Style(color=colour("accent", "#ffa62b"), bold=True),
            "good": Style(color=colour("success", "#4ebf71")),
            "bad": Style(color=colour("error", "#e8637a"), bold=True),
            "error": Style(color=colour("error", "#e8637a")),
            "warning": Style(color=colour("warning", "#ffa62b")),
            "warning-strong": Style(color=colour("warning", "#ffa62b"), bold=True),
            "key": Style(color=colour("accent", "#ffa62b"), bold=True),
            "tab": Style(bold=True, underline=True, color=colour("accent", "#ffa62b")),
            "chosen": Style(reverse=True),
        }
        for number, value in enumerate(CURVES_ON_DARK if dark else CURVES_ON_LIGHT):
            self._styles[f"curve{number}"] = Style(color=value)
            self._styles[f"curve{number}-strong"] = Style(color=value, bold=True)
            self._styles[f"curve{number}-faint"] = Style(color=mixed(value, "#14171c" if dark else "#fbfbfa"))

        self._styles["faint-strong"] = Style(color=muted)

    def style(self, role: Role) -> Style:
        """The look of ``role``; plain for one that is not known."""
        if role.startswith("sgr:"):
            return sgr_style(role[4:])
        return self._styles.get(role) or self._styles[""]

    def strip(self, row: Row, width: int, base: Style) -> Strip:
        """The row as Textual draws it, exactly ``width`` cells over ``base``."""
        segments = [Segment(text, base + self.style(role)) for text, role in row if text]
        return Strip(segments).adjust_cell_length(width, base)


def mixed(colour: str, ground: str) -> str:
    """A colour halfway towards the ground it is drawn on."""
    parts = [(int(colour[at : at + 2], 16) + int(ground[at : at + 2], 16)) // 2 for at in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in parts)


@lru_cache(maxsize=16)
def _palette(theme: str, dark: bool, variables: tuple[tuple[str, str], ...]) -> Palette:
    return Palette(dict(variables), dark)


def palette_of(app: App[Any]) -> Palette:
    """The palette of the app's theme."""
    names = ("accent", "success", "error", "warning")
    variables = app.theme_variables
    chosen = tuple((name, variables.get(name, "")) for name in names)
    return _palette(app.theme, app.current_theme.dark, chosen)


@lru_cache(maxsize=8192)
def sgr_style(params: str) -> Style:
    """The look that the parameters of one SGR sequence give plain text."""
    codes = [int(code) for code in params.split(";") if code.isdigit()]
    switches: dict[str, Any] = {}
    at = 0
    while at < len(codes):
        code = codes[at]
        at += 1
        if code in (38, 48):
            name = "color" if code == 38 else "bgcolor"
            if codes[at : at + 1] == [5]:
                switches[name] = Color.from_ansi(codes[at + 1])
                at += 2
            else:
                switches[name] = Color.from_rgb(*codes[at + 1 : at + 4])
                at += 4
        elif code in _SWITCHES:
            switches[_SWITCHES[code]] = True
        elif 30 <= code <= 37 or 90 <= code <= 97:
            switches["color"] = Color.from_ansi(code - 30 if code < 90 else code - 82)
        elif 40 <= code <= 47 or 100 <= code <= 107:
            switches["bgcolor"] = Color.from_ansi(code - 40 if code < 100 else code - 92)
    return Style(**switches)


_SWITCHES: Final = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}

"""The editor's colours, dark, light and for 16 colours; its ground is that of the pane."""

from __future__ import annotations

from typing import Final

from rich.style import Style
from textual.widgets.text_area import TextAreaTheme

DARK: Final = TextAreaTheme(
    name="tflab-dark",
    gutter_style=Style(color="#5b616b"),
    cursor_style=Style(color="#101216", bgcolor="#e6e6e6"),
    cursor_line_style=Style(bgcolor="#22262d"),
    cursor_line_gutter_style=Style(color="#c9ced6", bgcolor="#22262d"),
    bracket_matching_style=Style(bgcolor="#3c4350", bold=True),
    selection_style=Style(bgcolor="#2f4a6b"),
    syntax_styles={
        "string": Style(color="#9ecb8b"),
        "string.documentation": Style(color="#9ecb8b"),
        "comment": Style(color="#7d8590", italic=True),
        "keyword": Style(color="#c8a3f2"),
        "keyword.function": Style(color="#c8a3f2"),
        "keyword.return": Style(color="#c8a3f2"),
        "keyword.operator": Style(color="#c8a3f2"),
        "conditional": Style(color="#c8a3f2"),
        "repeat": Style(color="#c8a3f2"),
        "include": Style(color="#c8a3f2"),
        "exception": Style(color="#c8a3f2"),
        "operator": Style(color="#a9b2bf"),
        "number": Style(color="#f0b26b"),
        "float": Style(color="#f0b26b"),
        "boolean": Style(color="#f0b26b"),
        "constant.builtin": Style(color="#f0b26b"),
        "function": Style(color="#74b8f0"),
        "function.call": Style(color="#74b8f0"),
        "method": Style(color="#74b8f0"),
        "method.call": Style(color="#74b8f0"),
        "class": Style(color="#7fd4c8"),
        "type": Style(color="#7fd4c8"),
        "type.class": Style(color="#7fd4c8"),
        "decorator": Style(color="#e3c07a"),
    },
)
LIGHT: Final = TextAreaTheme(
    name="tflab-light",
    gutter_style=Style(color="#9aa0a8"),
    cursor_style=Style(color="#ffffff", bgcolor="#30343b"),
    cursor_line_style=Style(bgcolor="#eceff3"),
    cursor_line_gutter_style=Style(color="#40454d", bgcolor="#eceff3"),
    bracket_matching_style=Style(bgcolor="#cfd6df", bold=True),
    selection_style=Style(bgcolor="#bcd4f0"),
    syntax_styles={
        "string": Style(color="#3c6e24"),
        "string.documentation": Style(color="#3c6e24"),
        "comment": Style(color="#6b7280", italic=True),
        "keyword": Style(color="#7432a8"),
        "keyword.function": Style(color="#7432a8"),
        "keyword.return": Style(color="#7432a8"),
        "keyword.operator": Style(color="#7432a8"),
        "conditional": Style(color="#7432a8"),
        "repeat": Style(color="#7432a8"),
        "include": Style(color="#7432a8"),
        "exception": Style(color="#7432a8"),
        "operator": Style(color="#454c57"),
        "number": Style(color="#a04b00"),
        "float": Style(color="#a04b00"),
        "boolean": Style(color="#a04b00"),
        "constant.builtin": Style(color="#a04b00"),
        "function": Style(color="#0f5ca8"),
        "function.call": Style(color="#0f5ca8"),
        "method": Style(color="#0f5ca8"),
        "method.call": Style(color="#0f5ca8"),
        "class": Style(color="#0b6e66"),
        "type": Style(color="#0b6e66"),
        "type.class": Style(color="#0b6e66"),
        "decorator": Style(color="#8a6100"),
    },
)


def _sixteen(name: str, comment: str, cursor_line: str) -> TextAreaTheme:
    """Colours that a terminal with 16 of them has, so that none is guessed."""
    keyword, literal, callable_ = Style(color="magenta"), Style(color="yellow"), Style(color="cyan")
    kinds = {
        "string": Style(color="green"),
        "string.documentation": Style(color="green"),
        "comment": Style(color=comment, italic=True),
        **dict.fromkeys(
            ("keyword", "keyword.function", "keyword.return", "keyword.operator", "conditional", "repeat", "include"),
            keyword,
        ),
        "exception": keyword,
        **dict.fromkeys(("number", "float", "boolean", "constant.builtin", "decorator"), literal),
        **dict.fromkeys(("function", "function.call", "method", "method.call"), Style(color="blue")),
        **dict.fromkeys(("class", "type", "type.class"), callable_),
    }
    return TextAreaTheme(
        name=name,
        gutter_style=Style(color=comment),
        cursor_style=Style(reverse=True),
        cursor_line_style=Style(underline=False),
        cursor_line_gutter_style=Style(color=cursor_line, bold=True),
        bracket_matching_style=Style(bold=True, underline=True),
        selection_style=Style(reverse=True),
        syntax_styles=kinds,
    )


SIXTEEN_DARK: Final = _sixteen("tflab-16-dark", "bright_black", "bright_white")
SIXTEEN_LIGHT: Final = _sixteen("tflab-16-light", "bright_black", "black")
EDITOR_THEMES: Final = (DARK, LIGHT, SIXTEEN_DARK, SIXTEEN_LIGHT)


def editor_theme(dark: bool, color_system: str | None) -> str:
    """The theme for a ground and for what the terminal can show, as Rich names it (``standard``: 16 colours)."""
    brightness = "dark" if dark else "light"
    return f"tflab-16-{brightness}" if color_system == "standard" else f"tflab-{brightness}"

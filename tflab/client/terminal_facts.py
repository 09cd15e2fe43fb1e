"""What can be known of the terminal without asking it: a question would wait for an answer that may never come."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

ColourDepth = Literal["none", "16", "256", "truecolor"]

_KITTY_KEYBOARD: Final = {"xterm-kitty": True, "xterm-ghostty": True, "foot": True, "linux": False, "vt100": False}
"""By TERM: whether modifiers of every key reach a program (shift+enter, ctrl+enter)."""
_KITTY_KEYBOARD_PROGRAMS: Final = {"WezTerm": False, "ghostty": True, "Apple_Terminal": False}
"""By TERM_PROGRAM, as they are set up out of the box."""


class TerminalFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The terminal that the lab would open in."""

    is_terminal: bool
    """Whether both input and output are one."""
    term: str
    program: str
    """``TERM_PROGRAM``: iTerm.app, vscode, ...; empty where not said."""
    columns: int
    rows: int
    colours: ColourDepth
    unicode: bool
    kitty_keyboard: bool | None
    """Whether shift+enter and ctrl+enter arrive; None where it cannot be known without asking the terminal."""
    multiplexer: str
    """``tmux``, ``screen`` or empty."""
    ssh: bool


def terminal_facts(environment: Mapping[str, str] | None = None) -> TerminalFacts:
    """The facts, from ``environment`` (this process's own) and the standard streams."""
    variables = os.environ if environment is None else environment
    term = variables.get("TERM", "")
    size = shutil.get_terminal_size()
    multiplexer = "tmux" if variables.get("TMUX") else "screen" if variables.get("STY") else ""
    return TerminalFacts(
        is_terminal=sys.stdin.isatty() and sys.stdout.isatty(),
        term=term,
        program=variables.get("TERM_PROGRAM", ""),
        columns=size.columns,
        rows=size.lines,
        colours=_colours(term, variables),
        unicode=_is_unicode(sys.stdout.encoding),
        kitty_keyboard=_kitty_keyboard(term, multiplexer, variables),
        multiplexer=multiplexer,
        ssh=bool(variables.get("SSH_CONNECTION") or variables.get("SSH_TTY")),
    )


def _colours(term: str, variables: Mapping[str, str]) -> ColourDepth:
    if variables.get("NO_COLOR") or term in ("", "dumb"):
        return "none"
    if variables.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct"):
        return "truecolor"
    return "256" if "256" in term else "16"


def _is_unicode(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "ascii").name in ("utf-8", "utf-16", "utf-32", "utf-8-sig")
    except LookupError:
        return False


def _kitty_keyboard(term: str, multiplexer: str, variables: Mapping[str, str]) -> bool | None:
    if multiplexer:
        # It passes on what it was set up to, whatever the terminal around it can do.
        return None
    if variables.get("KITTY_WINDOW_ID"):
        return True
    return _KITTY_KEYBOARD.get(term, _KITTY_KEYBOARD_PROGRAMS.get(variables.get("TERM_PROGRAM", "")))

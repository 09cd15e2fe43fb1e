"""The first thing that runs: the language, the splash, then the command.

Imports little at the top: the splash is on the screen before click or Textual are imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tflab import messages


def main() -> NoReturn:
    """Runs the command that ``sys.argv`` names and ends the process with its status."""
    arguments = sys.argv[1:]
    own, _, _ = _before_double_dash(arguments)
    messages.use_language(wanted_language(own))
    if opens_the_lab(own):
        from tflab.ui import garbage, splash

        splash.show(messages.text("cli.splash"))
        garbage.pause()
    from tflab.cli.commands import run_command_line

    sys.exit(run_command_line(arguments))


def wanted_language(arguments: Sequence[str]) -> str:
    """The language of ``--lang`` wherever it stands, else the preferred one; a wrong one is refused later."""
    wanted = messages.preferred_language()
    for position, word in enumerate(arguments):
        value = ""
        if word == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        elif word.startswith("--lang="):
            value = word.partition("=")[2]
        if value in messages.LANGUAGES:
            wanted = value
    return wanted


def opens_the_lab(arguments: Sequence[str]) -> bool:
    """Whether these arguments open the full screen, by the cheapest look; False where that is not certain."""
    if not on_a_terminal() or in_browser():
        return False
    words: list[str] = []
    skip = False
    for word in arguments:
        if skip:
            skip = False
        elif word == "--lang":
            skip = True
        elif word.startswith("-"):
            if not word.startswith("--lang="):
                return False
        else:
            words.append(word)
    if not words:
        return True
    if words[0] == "open":
        return len(words) == 2 and os.path.isfile(words[1])
    if len(words) > 1 or words[0] in ("run", "runs", "lessons", "check", "doctor", "serve"):
        return False
    from tflab.curriculum.lesson_names import is_lesson_reference

    return is_lesson_reference(words[0])


def on_a_terminal() -> bool:
    """Whether a full screen can be shown and typed at."""
    if in_browser():
        return True
    try:
        return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
    # A closed or replaced stream.
    except (AttributeError, ValueError):
        return False


def in_browser() -> bool:
    """Whether a page of ``tflab serve`` is the terminal."""
    return os.environ.get("TEXTUAL_DRIVER", "") == "textual.drivers.web_driver:WebDriver"


def _before_double_dash(arguments: Sequence[str]) -> tuple[list[str], bool, list[str]]:
    """The arguments before ``--``, whether it is there, and those after it."""
    if "--" not in arguments:
        return list(arguments), False, []
    place = list(arguments).index("--")
    return list(arguments[:place]), True, list(arguments[place + 1 :])

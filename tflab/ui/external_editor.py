"""A trip to the person's own editor: the code goes there in a file and comes back from it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tflab.messages import text

_COMMON: Final = ("nano", "vim", "vi", "emacs")
_TAKES_LINE: Final = ("vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "ne", "mg")
"""Editors that open a file at a line by ``+LINE``."""


class NoEditor(Exception):
    """There is no editor, or it failed; ``str`` says so in one line."""


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """The words that ``VISUAL`` or ``EDITOR`` ask for, else those of a common editor. Raises `NoEditor`."""
    for variable in ("VISUAL", "EDITOR"):
        wanted = environment.get(variable, "").strip()
        if wanted:
            try:
                return shlex.split(wanted)
            except ValueError:
                raise NoEditor(text("ui.external.unreadable", variable=variable)) from None
    for name in _COMMON:
        if (path := shutil.which(name)) is not None:
            return [path]
    raise NoEditor(text("ui.external.none"))


def edit_outside(source: str, line: int, environment: Mapping[str, str]) -> str:
    """Opens the editor at the 1-based ``line`` and waits for it; what the file then holds. Raises `NoEditor`.

    The terminal must be the editor's meanwhile.
    """
    words = editor_command(environment)
    with tempfile.TemporaryDirectory(prefix="tflab-edit-") as folder:
        file = Path(folder) / "step.py"
        ends = source.endswith("\n") or not source
        file.write_text(source if ends else source + "\n", encoding="utf-8")
        at_line = [f"+{line}"] if os.path.basename(words[0]) in _TAKES_LINE and line > 1 else []
        try:
            done = subprocess.run([*words, *at_line, str(file)], check=False)
        except OSError as error:
            raise NoEditor(text("ui.external.fails", command=words[0], reason=error.strerror)) from None
        if done.returncode:
            # An editor that is told to give up, as vim by :cq, says so by its status.
            raise NoEditor(text("ui.external.gave_up", command=words[0], status=done.returncode))
        try:
            edited = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise NoEditor(text("ui.external.unreadable_file")) from None
    edited = edited.replace("\r\n", "\n")
    return edited if ends else edited.removesuffix("\n")

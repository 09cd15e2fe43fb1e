"""Asks a linter about the code of a document when the typing has paused, and lays code out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from tflab.messages import text
from tflab.protocol.diagnostics import Diagnostic
from tflab.state.terminal_text import plain
from tflab.ui.launch import Linter
from tflab.ui.widgets.marks import Mark

PAUSE: Final = 0.3
"""Seconds after the last key at which the code is checked."""
_SAID_BY_US: Final = ("F401", "F811", "F821", "F841", "B006", "E711", "E712", "E722")
"""What is said in the language of the interface; the rest is said as the linter does, in English."""


class CodeChecking:
    """Checks in a thread of its own, one check at a time; what was edited meanwhile is checked after it."""

    def __init__(self, linter: Linter | None) -> None:
        self._linter = linter
        self._edited_at: float | None = None
        self._running: threading.Thread | None = None
        self._answer: list[list[Diagnostic]] | None = None
        self._checked: list[str] | None = None

    def edited(self, now: float) -> None:
        """The code has changed."""
        self._edited_at = now

    def follow(self, now: float, sources: Callable[[], list[str]]) -> list[list[Mark]] | None:
        """Starts a check where one is due; the marks of every step where one has ended since the last call."""
        if self._linter is None:
            return None
        idle = self._running is None or not self._running.is_alive()
        answer, self._answer = (self._answer, None) if idle else (None, self._answer)
        if idle and self._edited_at is not None and now - self._edited_at >= PAUSE:
            self._edited_at = None
            self._start(self._linter, sources())
        if answer is None or self._edited_at is not None:
            # What has been edited since is not what was checked.
            return None
        return [[mark_of(diagnostic) for diagnostic in each] for each in answer]

    def _start(self, linter: Linter, sources: list[str]) -> None:
        if sources == self._checked:
            return
        self._checked = sources

        def check() -> None:
            self._answer = linter.check(sources)

        self._running = threading.Thread(target=check, name="linter", daemon=True)
        self._running.start()


def mark_of(diagnostic: Diagnostic) -> Mark:
    """How a diagnostic is shown: where it is and what is said of it."""
    one_row = diagnostic.row == diagnostic.end_row
    return Mark(
        row=diagnostic.row,
        column=diagnostic.column,
        end_column=diagnostic.end_column if one_row else None,
        message=sentence(diagnostic),
        severity=diagnostic.severity,
    )


def sentence(diagnostic: Diagnostic) -> str:
    """What is said of it, with the linter's code."""
    name = _quoted(diagnostic.message)
    if diagnostic.code == "invalid-syntax":
        return text("ui.lint.syntax", message=plain(diagnostic.message))
    if diagnostic.code in _SAID_BY_US and (name or diagnostic.code[0] in "EB"):
        return f"{text('ui.lint.' + diagnostic.code, name=name)} ({diagnostic.code})"
    return f"{plain(diagnostic.message)} ({diagnostic.code})"


def _quoted(message: str) -> str:
    """The first name between backticks."""
    parts = message.split("`")
    return plain(parts[1]) if len(parts) > 2 else ""

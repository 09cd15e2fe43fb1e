"""Opens a document as plain lines, on this process's own streams."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tflab.cli.plain.lesson import PlainLesson, Surroundings
from tflab.cli.plain.watched_run import WatchedRun
from tflab.client.supervisor import Supervisor
from tflab.curriculum.document import Document
from tflab.state.run_state import RunState


def open_plainly(document: Document, supervisor: Supervisor, around: Surroundings, notes: Sequence[str]) -> int:
    """Follows commands from stdin until they end; the exit status."""
    state = RunState()
    watched = WatchedRun(supervisor, state, say, ask)
    lesson = PlainLesson(document, watched, state, supervisor.restart, around, say, ask)
    for note in notes:
        say(note)
    lesson.follow_commands()
    return 0


def say(line: str = "") -> None:
    """One line on stdout, at once; what its encoding cannot say is escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, errors="backslashreplace").decode(encoding), flush=True)


def ask(prompt: str) -> str:
    """One line from stdin. Raises EOFError at its end."""
    reader: Callable[[str], str] = input
    line = reader(prompt)
    if not sys.stdin.isatty():
        # What is not typed at a terminal leaves no line end behind it.
        say()
    return line

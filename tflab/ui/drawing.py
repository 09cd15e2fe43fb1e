"""Where Textual draws, and what it takes for keys there."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TextIO


@contextmanager
def drawing_on_the_terminal() -> Iterator[None]:
    """Textual draws on standard error; where that goes elsewhere (``2> log``), it draws on standard output."""
    from tflab.ui.alt_keys import alt_keys_kept_whole
    from tflab.ui.terminal_replies import replies_heard

    with alt_keys_kept_whole(), replies_heard(), _drawing_on_a_terminal():
        yield


class LastingTerminal(io.TextIOBase):
    """A terminal that may go while somebody draws: what nobody can see any more is dropped.

    Textual's thread that writes would end with an OSError; whoever draws, and whoever ends the application, would then
    wait for ever for room in its queue.
    """

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._is_there = True

    def write(self, text: str) -> int:
        """Draws, as long as there is somewhere to draw."""
        if self._is_there:
            try:
                return self._terminal.write(text)
            except BlockingIOError:
                raise
            except OSError:
                self._is_there = False
        return len(text)

    def flush(self) -> None:
        """What was written is on the screen, if there is one."""
        if self._is_there:
            try:
                self._terminal.flush()
            except BlockingIOError:
                raise
            except OSError:
                self._is_there = False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The terminal's."""
        return self._terminal.encoding

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._terminal.isatty()

    def fileno(self) -> int:
        return self._terminal.fileno()


def _close(terminal: TextIO) -> None:
    # Where it is gone, what was drawn last cannot be written any more.
    with suppress(OSError):
        terminal.close()


@contextmanager
def _drawing_on_a_terminal() -> Iterator[None]:
    original = sys.__stderr__
    if original is None:
        yield
        return
    with ExitStack() as opened:
        terminal = original
        if not original.isatty() and sys.__stdout__ is not None and sys.__stdout__.isatty():
            terminal = open(os.dup(sys.__stdout__.fileno()), "w", encoding="utf-8")  # noqa: SIM115
            opened.callback(_close, terminal)
        setattr(sys, "__stderr__", LastingTerminal(terminal))  # noqa: B010 - the type says that it never changes
        try:
            yield
        finally:
            setattr(sys, "__stderr__", original)  # noqa: B010

"""Lines for ``input()`` from our own stdin, without ever blocking the loop that asks."""

from __future__ import annotations

import os
import select
import sys
import termios
from contextlib import suppress
from typing import Protocol


class InputLines(Protocol):
    """What answers ``input()``."""

    def poll(self) -> str | None:
        """The next line without its end, if one is there; None otherwise. Raises EOFError where none will come."""

    def hide(self, hidden: bool) -> None:
        """Whether what is typed shows."""


class NoInput:
    """For programs of which several run at once: whose line would it be?"""

    def poll(self) -> str | None:
        """Raises EOFError."""
        raise EOFError

    def hide(self, hidden: bool) -> None:
        """Nothing shows."""


class TypedInput:
    """Reads stdin line by line as it comes."""

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._buffer = b""
        self._ended = False
        self._echo_off = False

    def poll(self) -> str | None:
        """The next line without its end, if one is there; None otherwise. Raises EOFError at the end of stdin."""
        while b"\n" not in self._buffer and not self._ended:
            try:
                ready, _, _ = select.select([self._descriptor], [], [], 0)
                if not ready:
                    return None
                data = os.read(self._descriptor, 65536)
            # A closed stdin, or a terminal that refuses a background job.
            except (OSError, ValueError):
                data = b""
            self._ended = not data
            self._buffer += data
        line, newline, rest = self._buffer.partition(b"\n")
        if not newline and not line:
            # At a terminal one end of file is one answer, not the end of everything.
            self._ended = self._ended and not os.isatty(self._descriptor)
            raise EOFError
        self._buffer = rest
        return line.decode(sys.stdin.encoding if sys.stdin else "utf-8", errors="replace").removesuffix("\r")

    def hide(self, secret: bool) -> None:
        """Turns the terminal's echo off for a password, and on again."""
        if secret == self._echo_off or not os.isatty(self._descriptor):
            return
        with suppress(termios.error):
            settings = termios.tcgetattr(self._descriptor)
            settings[3] = settings[3] & ~termios.ECHO if secret else settings[3] | termios.ECHO
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, settings)
            self._echo_off = secret

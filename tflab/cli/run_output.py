"""What ``tflab run`` puts on stdout and stderr: the program's own text untouched, and our lines apart from it."""

from __future__ import annotations

import os
import select
import shutil
import textwrap
from typing import BinaryIO, Final, TextIO

from tflab.protocol.events import StreamName

_ERASE: Final = "\r\x1b[2K"


class RunOutput:
    """Two streams in the order things were written, and on a terminal one live line below them."""

    def __init__(self, stdout: TextIO, stderr: TextIO) -> None:
        """``stdout`` gets what the program writes there; our own lines go to ``stderr``."""
        self._streams = {"stdout": stdout, "stderr": stderr}
        self._own = stderr
        self._live = ""
        self._at_line_start = True
        self.is_terminal = _is_terminal(stdout) and _is_terminal(stderr)
        """Whether a person watches, so that a live line can be drawn."""
        self.colour = self.is_terminal and not os.environ.get("NO_COLOR")

    def write(self, name: StreamName, text: str) -> None:
        """The program's own text, at once. Raises BrokenPipeError where nobody reads any more."""
        if not text:
            return
        self._erase()
        stream = self._streams[name]
        _write_all(stream.buffer, text.encode(stream.encoding or "utf-8", errors="backslashreplace"))
        self._at_line_start = text.endswith("\n")

    def say(self, line: str) -> None:
        """A line of ours, on stderr, below whatever the program has written; folded to a terminal's width."""
        self._erase()
        if self.is_terminal:
            if not self._at_line_start:
                self._own.write("\n")
            line = "\n".join(_folded(line, shutil.get_terminal_size().columns))
        self._own.write(f"{line}\n")
        self._own.flush()
        self._at_line_start = True

    def live(self, line: str) -> None:
        """Replaces the live line; an empty one takes it away. Does nothing off a terminal.

        It waits while the program's own output stands in the middle of a line (a progress bar, a prompt).
        """
        if not self.is_terminal or not self._at_line_start or line == self._live:
            return
        shown = line[: shutil.get_terminal_size().columns - 1]
        # In one piece, so that the line never flickers.
        self._own.write(_ERASE + (f"\x1b[2m{shown}\x1b[0m" if self.colour and shown else shown))
        self._own.flush()
        self._live = line

    def _erase(self) -> None:
        if self._live:
            self._own.write(_ERASE)
            self._own.flush()
            self._live = ""


def _write_all(buffer: BinaryIO, data: bytes) -> None:
    """Writes every byte, however little the stream takes at once.

    Under ``python -u`` the buffer is the descriptor itself, which may take a part only; and who shares the descriptor
    may have made it non-blocking.
    """
    rest = memoryview(data)
    while rest:
        try:
            written: int | None = buffer.write(rest)
        except BlockingIOError as error:
            written = error.characters_written
        rest = rest[written or 0 :]
        if rest:
            select.select([], [buffer], [])
    while True:
        try:
            return buffer.flush()
        except BlockingIOError:
            select.select([], [buffer], [])


def _folded(line: str, columns: int) -> list[str]:
    """``line`` in pieces that fit, the later ones further in."""
    margin = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line.strip(), max(columns, 40), initial_indent=margin, subsequent_indent=f"{margin}   ") or [
        ""
    ]


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False

"""A real pseudo-terminal with a screen that tests can read.

The program under test runs on a pty of its own, as in any terminal emulator; `pyte` interprets what it writes. Nothing
here sleeps for a fixed time: every wait is for a state of the screen or the end of the program.

The terminal takes part in synchronized output (private mode 2026), as most do today: what tests read is a whole frame,
never one that is half drawn.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

KEYS: Mapping[str, str] = {
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "ctrl+home": "\x1b[1;5H",
    "ctrl+end": "\x1b[1;5F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "shift+f5": "\x1b[15;2~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f10": "\x1b[21~",
    "f11": "\x1b[23~",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}


FRAME_STARTS, FRAME_ENDS, FRAMES_ASKED = b"\x1b[?2026h", b"\x1b[?2026l", b"\x1b[?2026$p"
FRAMES_OFFERED = b"\x1b[?2026;2$y"
"""Synchronized output: begin, end, "do you know it?", "yes, and it is off"."""
COMMANDS = re.compile(rb"\x1b_(.*?)\x1b\\", re.DOTALL)
"""To the terminal alone (APC): nothing of it is ever printed."""
UNFINISHED = re.compile(rb"\x1b(?:_.*|\[[?\d]*)?\Z", re.DOTALL)
KITTY: Mapping[bytes, bytes] = {
    b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\": b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b[>q": b"\x1bP>|kitty(0.42.1)\x1b\\",
}
"""What kitty is asked, and answers."""


class Screen(pyte.Screen):  # type: ignore[misc]  # pyte has no types
    """`pyte.Screen`, tolerant of the private modes that modern programs ask for."""

    def report_device_status(self, mode: int, **_: object) -> None:
        """Not answered: the program must not depend on it."""

    def report_device_attributes(self, mode: int = 0, **_: object) -> None:
        """Not answered, as above."""


class Terminal:
    """A program in a pseudo-terminal of ``columns`` by ``lines``.

    >>> with Terminal(["tflab", "14"], columns=160, lines=48, environment=env) as terminal:
    ...     terminal.wait_for("Training loops")
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 160,
        lines: int = 48,
        environment: Mapping[str, str],
        directory: str | os.PathLike[str] | None = None,
        answers: Mapping[bytes, bytes] | None = None,
    ) -> None:
        """``answers`` are given where the program asks; a terminal that knows nothing of a question ignores it."""
        self._answers = {FRAMES_ASKED: FRAMES_OFFERED, **(answers or {})}
        self._unfinished = b""
        self._closing = False
        self._screen = Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._raw = bytearray()
        self._frame: str | None = None
        """The last whole frame while the next one is being drawn; None while what is there is whole."""
        self._status: int | None = None
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            try:
                if directory is not None:
                    os.chdir(directory)
                os.execvpe(command[0], list(command), dict(environment))
            finally:
                os._exit(127)
        self._set_size(columns, lines)
        self._attributes = termios.tcgetattr(self._fd)
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process in the terminal."""
        return self._pid

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns: int, lines: int) -> None:
        """Changes the window's size; the program gets SIGWINCH."""
        with self._lock:
            self._screen.resize(lines, columns)
        self._set_size(columns, lines)

    def _read(self) -> None:
        while not self._closing:
            try:
                ready, _, _ = select.select([self._fd], [], [], 0.2)
                data = os.read(self._fd, 65536) if ready else None
            except (OSError, ValueError):
                data = b""
            if data is None:
                continue
            with self._changed:
                if not data:
                    self._frame = None
                    self._changed.notify_all()
                    return
                self._draw(data)
                self._changed.notify_all()

    def _draw(self, data: bytes) -> None:
        before = len(self._raw)
        self._raw += data
        for question, answer in self._answers.items():
            if self._raw.find(question, max(0, before - len(question) + 1)) >= 0:
                os.write(self._fd, answer)
        data = COMMANDS.sub(b"", self._unfinished + data)
        # A sequence may have come in two pieces.
        unfinished = UNFINISHED.search(data)
        self._unfinished = b"" if unfinished is None else unfinished[0]
        self._draw_cells(data[: len(data) - len(self._unfinished)])

    def _draw_cells(self, data: bytes) -> None:
        start, end = data.rfind(FRAME_STARTS), data.rfind(FRAME_ENDS)
        if start > end:
            self._stream.feed(data[:start])
            if end >= 0 or self._frame is None:
                self._frame = self._display()
            self._stream.feed(data[start:])
            return
        self._stream.feed(data)
        if end >= 0:
            self._frame = None

    def _display(self) -> str:
        return "\n".join(self._screen.display)

    def text(self) -> str:
        """The screen as text, a line each."""
        with self._lock:
            return self._display() if self._frame is None else self._frame

    def raw(self) -> bytes:
        """All the program ever wrote."""
        with self._lock:
            return bytes(self._raw)

    def wait_until(self, condition: Callable[[str], bool], what: str, timeout: float = 60.0) -> str:
        """The screen, once ``condition`` holds of it. Raises AssertionError with the screen after ``timeout`` s."""
        deadline = time.monotonic() + timeout
        while True:
            screen = self.text()
            if condition(screen):
                return screen
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"after {timeout:.0f} s still not: {what}\n{screen}")
            with self._changed:
                self._changed.wait(min(left, 0.5))

    def wait_for(self, wanted: str, timeout: float = 60.0) -> str:
        """The screen, once ``wanted`` is on it."""
        return self.wait_until(lambda screen: wanted in screen, f"{wanted!r} on the screen", timeout)

    def wait_gone(self, unwanted: str, timeout: float = 60.0) -> str:
        """The screen, once ``unwanted`` has left it."""
        return self.wait_until(lambda screen: unwanted not in screen, f"{unwanted!r} gone", timeout)

    def press(self, *keys: str) -> None:
        """Presses keys by name (``ctrl+r``, ``f5``) or single characters."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())

    def write(self, text: str) -> None:
        """Types text as it is."""
        os.write(self._fd, text.encode())

    def click(self, column: int, line: int) -> None:
        """A left click; 0-based, for programs that ask for SGR mouse reports."""
        self.write(f"\x1b[<0;{column + 1};{line + 1}M\x1b[<0;{column + 1};{line + 1}m")

    def locate(self, wanted: str) -> tuple[int, int]:
        """Column and line (0-based) of ``wanted`` on the screen. Raises AssertionError where it is not."""
        for number, line in enumerate(self.text().split("\n")):
            if wanted in line:
                return line.index(wanted), number
        raise AssertionError(f"{wanted!r} is not on the screen\n{self.text()}")

    def wait_exit(self, timeout: float = 90.0) -> int:
        """The exit status, as `os.waitstatus_to_exitcode`, once the program has ended."""
        deadline = time.monotonic() + timeout
        while self._status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
                break
            if time.monotonic() > deadline:
                raise AssertionError(f"still running after {timeout:.0f} s\n{self.text()}")
            with self._changed:
                self._changed.wait(0.05)
        # All that it wrote is read then; on a busy machine it waits in the system for a while.
        self._reader.join(timeout)
        return self._status

    def restored(self) -> bool:
        """True where the program left the terminal as it found it: modes, alternate screen, cursor, mouse."""
        raw = self.raw()

        def last(on: bytes, off: bytes) -> bool:
            return raw.rfind(off) >= raw.rfind(on)

        return (
            termios.tcgetattr(self._fd) == self._attributes
            and last(b"\x1b[?1049h", b"\x1b[?1049l")
            and last(b"\x1b[?25l", b"\x1b[?25h")
            and last(b"\x1b[?1000h", b"\x1b[?1000l")
            and last(b"\x1b[?2004h", b"\x1b[?2004l")
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
        # The next terminal may get the same descriptor: nobody else may read from it then.
        self._closing = True
        self._reader.join()
        with contextlib.suppress(OSError):
            os.close(self._fd)

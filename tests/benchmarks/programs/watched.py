"""A program in a pseudo-terminal, watched byte by byte: when what it writes is there."""

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
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

from tests.benchmarks.measuring import seconds_waited

ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|P[^\x1b]*\x1b\\|.)")


class Watched:
    """Runs ``command`` in a terminal of ``size`` until the end of the block."""

    def __init__(
        self, command: Sequence[str], variables: Mapping[str, str], size: tuple[int, int] = (160, 48), folder: str = "."
    ) -> None:
        self.begun = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(folder)
                os.execvpe(command[0], list(command), dict(variables))
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def __enter__(self) -> Watched:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        deadline = time.perf_counter() + 10
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.perf_counter() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                break
            self.read(0.05)
        os.close(self._fd)

    def read(self, seconds: float) -> bytes:
        """What is written next, at most ``seconds`` from now; nothing where nothing is."""
        with contextlib.suppress(OSError):
            if select.select([self._fd], [], [], seconds)[0]:
                return os.read(self._fd, 65536)
        return b""

    def waited(self) -> float:
        """Seconds that the program has waited for a core; see `seconds_waited`."""
        return seconds_waited(self.pid)

    def press(self, keys: str) -> float:
        """Presses keys; `time.perf_counter` then."""
        os.write(self._fd, keys.encode())
        return time.perf_counter()

    def wait_for(self, wanted: bytes, seconds: float = 120.0) -> float:
        """`time.perf_counter` when ``wanted`` had been written. Raises AssertionError after ``seconds``."""
        raw = bytearray()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            data = self.read(1.0)
            if data:
                raw += data
                if wanted in ESCAPES.sub(b"", bytes(raw)):
                    return time.perf_counter()
        raise AssertionError(f"{wanted!r} was never written: {ESCAPES.sub(b'', bytes(raw))[-2000:]!r}")

    def settle(self, quiet: float = 0.3, seconds: float = 20.0) -> None:
        """Reads until nothing has been written for ``quiet`` seconds, or ``seconds`` have passed."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end and self.read(quiet):
            pass

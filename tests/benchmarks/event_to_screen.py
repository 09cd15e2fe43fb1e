"""From a print in the session to the terminal, through the whole lab in a real pseudo-terminal.

Net times are without the time that the lab's main thread waited for a core, which others on the machine decide.
"""

from __future__ import annotations

import fcntl
import math
import os
import pty
import re
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections import deque
from pathlib import Path

from tests.benchmarks.measuring import end_program, environment, seconds_waited, show

MARKS = 120
SETTLING = 2.0
"""Seconds that a lab which has just opened is left alone."""
PROGRAM = f"""
import random, time
for number in range({MARKS}):
    time.sleep(0.06 + 0.05 * random.random())
    print(f"<{{number}}:{{time.time():.6f}}>", flush=True)
"""
_ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|P[^\x1b]*\x1b\\|.)")
_MARK = re.compile(rb"<(\d+):(\d+\.\d{6})>")


class Waiting:
    """How long the main thread of a process has waited for a core, noted now and then."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._noted: deque[tuple[float, float]] = deque([(time.time(), seconds_waited(pid))], maxlen=2000)

    def note(self) -> None:
        """As it is now."""
        self._noted.append((time.time(), seconds_waited(self._pid)))

    def since(self, moment: float) -> float:
        """Seconds between the last note before ``moment`` (Unix seconds) and the last note."""
        before = [waited for noted, waited in self._noted if noted <= moment]
        return self._noted[-1][1] - before[-1] if before else 0.0


def delays(home: Path) -> list[tuple[float, float]]:
    """Seconds from each print until it stood on the screen, and how many of them were net. Raises AssertionError."""
    script = home / "program" / "marks.py"
    script.parent.mkdir()
    script.write_text(PROGRAM)
    pid, fd = pty.fork()
    if pid == 0:
        try:
            command = [sys.executable, "-m", "tflab", "open", str(script)]
            os.execvpe(command[0], command, dict(environment(home)))
        finally:
            os._exit(127)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
    raw = bytearray()
    seen: dict[int, tuple[float, float]] = {}
    waiting = Waiting(pid)
    idle_at = math.inf
    asked = False
    deadline = time.monotonic() + 180
    try:
        while len(seen) < MARKS and time.monotonic() < deadline:
            waiting.note()
            if not asked and time.monotonic() > idle_at + SETTLING:
                asked = True
                os.write(fd, b"\x12")
            if not select.select([fd], [], [], 0.005)[0]:
                continue
            raw += os.read(fd, 65536)
            now = time.time()
            plain = _ESCAPES.sub(b"", bytes(raw))
            if b"session idle" in plain:
                idle_at = min(idle_at, time.monotonic())
            for number, printed in _MARK.findall(plain):
                if int(number) not in seen:
                    delay = now - float(printed)
                    seen[int(number)] = delay, max(0.0, delay - waiting.since(float(printed)))
            # A mark may be cut in two by the end of what was read.
            del raw[: max(0, len(raw) - 65536)]
    finally:
        end_program(pid, fd)
    assert len(seen) > MARKS // 2, f"only {len(seen)} marks were seen"
    return list(seen.values())


def run() -> None:
    """Prints the medians and the 99th percentiles."""
    with tempfile.TemporaryDirectory() as folder:
        times = delays(Path(folder))
    for name, values in zip(("", ", net"), zip(*times, strict=True), strict=True):
        taken = [1000 * value for value in values]
        show(f"print in the session to screen{name}: median", statistics.median(taken), "ms")
        show("... 99th percentile", statistics.quantiles(taken, n=100)[98], "ms", None, "budget 100 ms")

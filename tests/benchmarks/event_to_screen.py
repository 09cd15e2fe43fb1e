"""From a print in the session to the terminal, through the whole lab in a real pseudo-terminal."""

from __future__ import annotations

import fcntl
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
from pathlib import Path

from tests.benchmarks.measuring import end_program, environment, show

MARKS = 120
PROGRAM = f"""
import random, time
for number in range({MARKS}):
    time.sleep(0.06 + 0.05 * random.random())
    print(f"<{{number}}:{{time.time():.6f}}>", flush=True)
"""
_ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|P[^\x1b]*\x1b\\|.)")
_MARK = re.compile(rb"<(\d+):(\d+\.\d{6})>")


def delays(home: Path) -> list[float]:
    """Seconds from each print until it stood on the screen. Raises AssertionError."""
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
    seen: dict[int, float] = {}
    asked = False
    deadline = time.monotonic() + 180
    try:
        while len(seen) < MARKS and time.monotonic() < deadline:
            if not select.select([fd], [], [], 1)[0]:
                continue
            raw += os.read(fd, 65536)
            now = time.time()
            plain = _ESCAPES.sub(b"", bytes(raw))
            if not asked and b"session idle" in plain:
                asked = True
                os.write(fd, b"\x12")
            for number, printed in _MARK.findall(plain):
                seen.setdefault(int(number), now - float(printed))
            # A mark may be cut in two by the end of what was read.
            del raw[: max(0, len(raw) - 65536)]
    finally:
        end_program(pid, fd)
    assert len(seen) > MARKS // 2, f"only {len(seen)} marks were seen"
    return list(seen.values())


def run() -> None:
    """Prints the median and the 99th percentile."""
    with tempfile.TemporaryDirectory() as folder:
        times = [1000 * delay for delay in delays(Path(folder))]
    show("print in the session to screen: median", statistics.median(times), "ms")
    show("... 99th percentile", statistics.quantiles(times, n=100)[98], "ms", None, "budget 100 ms")

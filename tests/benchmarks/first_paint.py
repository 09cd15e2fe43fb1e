"""From exec to first text and to full content in a real pseudo-terminal, beside a bare Textual app and others."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.measuring import end_program, environment, median, seconds_waited, show
from tests.benchmarks.others import FULL_TEXTS, command_of

ROUNDS = 9
HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("hello, world")
Hello().run()
"""
_ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|P[^\x1b]*\x1b\\|.)")


def seconds_until(
    command: Sequence[str], wanted: Sequence[bytes], variables: Mapping[str, str], size: tuple[int, int] = (160, 48)
) -> tuple[float, float]:
    """Seconds from exec to the first text, and until all of ``wanted`` have been written. Raises AssertionError.

    Without those that the program's main thread waited for a core, which others on the machine decide.
    """
    begin = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        try:
            os.execvpe(command[0], list(command), dict(variables))
        finally:
            os._exit(127)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    raw = bytearray()
    first = 0.0
    try:
        while time.perf_counter() - begin < 60:
            if not select.select([fd], [], [], 1)[0]:
                continue
            try:
                raw += os.read(fd, 65536)
            except OSError:
                break
            now = time.perf_counter() - begin - seconds_waited(pid)
            plain = _ESCAPES.sub(b"", bytes(raw))
            if not first and plain.strip():
                first = now
            if first and all(text in plain for text in wanted):
                return first, now
    finally:
        end_program(pid, fd)
    raise AssertionError(f"{command} never showed {wanted}: {_ESCAPES.sub(b'', bytes(raw))[-2000:]!r}")


def run() -> None:
    """Prints first text and full content against Textual's own hello, interleaved."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        hello = home / "hello.py"
        hello.write_text(HELLO)
        variables = environment(home)
        programs = {
            "hello": ([sys.executable, str(hello)], [b"hello, world"]),
            # Prose, code, an inspector's tab and the footer.
            "tflab": ([sys.executable, "-m", "tflab", "14"], [b"import", b"Gradients", b"Curves", b"F10"]),
        }
        for name, texts in FULL_TEXTS.items():
            if (other := command_of(name)) is not None:
                programs[name] = (other, list(texts))
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for round_ in range(ROUNDS + 1):
            for name, (command, wanted) in programs.items():
                measured = seconds_until(command, wanted, variables)
                if round_:  # the first round warms the caches and writes bytecode
                    times[name].append(measured)
    reference = median([first for first, _ in times["hello"]])
    show("Textual's hello: text", reference * 1000, "ms")
    for name in programs:
        for what, index, budget in (("first text", 0, "budget 1.2x"), ("full content", 1, "target 2.5x")):
            if name != "hello":
                taken = [measured[index] for measured in times[name]]
                ratios = [mine / other[0] for mine, other in zip(taken, times["hello"], strict=True)]
                show(f"{name}: {what}", median(taken) * 1000, "ms", median(ratios), budget if name == "tflab" else "")

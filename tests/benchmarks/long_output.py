"""Ten million points and a million lines: what the lab's process holds, and how it scrolls."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import psutil

from tests.benchmarks.measuring import environment, median, show
from tests.benchmarks.programs.watched import Watched

POINTS, LINES = 10_000_000, 1_000_000
FEW = 1_000
PAGES = 30
HOME, END, PAGE_UP = "\x1b[H", "\x1b[F", "\x1b[5~"


def measure(points: int, lines: int, variables: dict[str, str]) -> tuple[float, list[float]]:
    """MiB of the lab's process once all is there, and ms from each Page Up to what it shows."""
    program = [sys.executable, "-m", "tests.benchmarks.programs.busy_lab", "0", str(points), str(lines)]
    with Watched(program, variables) as lab:
        lab.wait_for(b"all is there", 600)
        lab.settle()
        held = psutil.Process(lab.pid).memory_info().rss / 2**20
        lab.press("\x1bo")
        lab.settle()
        taken = []
        for _ in range(PAGES):
            pressed = lab.press(PAGE_UP)
            taken.append((lab.wait_for(b"of many") - pressed) * 1000)
            lab.settle(0.1)
    return held, taken


def run() -> None:
    """Prints both, beside a lab with little in it."""
    with tempfile.TemporaryDirectory() as folder:
        variables = dict(environment(Path(folder)))
        little, few = measure(FEW, FEW, variables)
        much, many = measure(POINTS, LINES, variables)
    show(f"lab with {FEW:,} points and lines", little, "MiB")
    show(f"lab with {POINTS:,} points and {LINES:,} lines", much, "MiB", much / little, "budget 200 MB")
    show(f"a page up in {FEW:,} lines", median(few), "ms")
    show(f"a page up in {LINES:,} lines", median(many), "ms", median(many) / median(few))

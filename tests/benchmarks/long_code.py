"""From a key press to its glyph in a real pseudo-terminal, in a hundred lines of code and in ten thousand.

Times are net, as those of `tests.benchmarks.responsiveness`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measuring import environment, median, show
from tests.benchmarks.programs.watched import Watched
from tests.benchmarks.responsiveness import key_latencies, quantile

SIZES = (100, 10_000)
ROUNDS = 3
KEYS = 40


def latencies(lines: int, variables: dict[str, str], count: int) -> list[float]:
    """Milliseconds from each of ``count`` key presses in so many lines of code until the letter is written."""
    program = [sys.executable, "-m", "tests.benchmarks.programs.long_code", str(lines)]
    with Watched(program, variables) as lab:
        lab.wait_for(b"value_5")
        lab.settle(seconds=3)
        return key_latencies(lab, count, seed=lines)


def run() -> None:
    """Prints p50 and p90 by lines, and the median of the rounds' ratios."""
    with tempfile.TemporaryDirectory() as folder:
        variables = dict(environment(Path(folder)))
        latencies(SIZES[0], variables, 4)
        rounds = [{lines: latencies(lines, variables, KEYS) for lines in SIZES} for _ in range(ROUNDS)]
    for lines in SIZES:
        everything = [value for each in rounds for value in each[lines]]
        for part in (0.5, 0.9):
            ratios = [quantile(each[lines], part) / quantile(each[SIZES[0]], part) for each in rounds]
            name = f"key to glyph in {lines:,} lines, p{part * 100:.0f}"
            show(name, quantile(everything, part), "ms", median(ratios) if lines != SIZES[0] else None)

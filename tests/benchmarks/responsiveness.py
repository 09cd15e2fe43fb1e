"""From a key press to its glyph in a real pseudo-terminal, idle and while a session brings events.

Times are net: without the time that the lab's main thread waited for a core, which others on the machine decide.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.measuring import environment, show
from tests.benchmarks.programs.watched import Watched

RATES = (0, 1_000, 10_000, 50_000)
ROUNDS = 3
KEYS = 40
_LETTERS = "QZXJ"
"""Nothing else on the screen has these."""


def latencies(rate: int, variables: dict[str, str], count: int) -> list[float]:
    """Milliseconds from each of ``count`` key presses in the editor until the letter is written."""
    program = [sys.executable, "-m", "tests.benchmarks.programs.busy_lab", str(rate)]
    with Watched(program, variables) as lab:
        lab.wait_for(b"value_5")
        lab.settle(seconds=3)
        return key_latencies(lab, count, seed=rate)


def key_latencies(lab: Watched, count: int, *, seed: int) -> list[float]:
    """Milliseconds from each of ``count`` key presses until the letter is written; the code has the focus."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        # Whoever types leaves the lab time for a few frames between two letters.
        end = time.perf_counter() + 0.15 + chance.random() * 0.15
        while (left := end - time.perf_counter()) > 0:
            lab.read(left)
        letter = _LETTERS[number % len(_LETTERS)]
        waited, pressed = lab.waited(), lab.press(letter)
        seconds = lab.wait_for(letter.encode()) - pressed
        found.append(max(0.0, seconds - (lab.waited() - waited)) * 1000)
    return found


def quantile(values: list[float], part: float) -> float:
    """The value that ``part`` of all do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(part * 100) - 1]


def run() -> None:
    """Prints p50 and p99 by events a second, and the median of the rounds' ratios to idle."""
    with tempfile.TemporaryDirectory() as folder:
        variables = dict(environment(Path(folder)))
        latencies(0, variables, 4)
        rounds = [{rate: latencies(rate, variables, KEYS) for rate in RATES} for _ in range(ROUNDS)]
    for rate in RATES:
        everything = [value for each in rounds for value in each[rate]]
        for part in (0.5, 0.99):
            ratios = [quantile(each[rate], part) / quantile(each[0], part) for each in rounds]
            budget = "budget 2x" if (rate, part) == (10_000, 0.99) else ""
            name = f"key to glyph, {rate:,} events/s, p{part * 100:.0f}"
            show(name, quantile(everything, part), "ms", statistics.median(ratios) if rate else None, budget)

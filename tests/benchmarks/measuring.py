"""What benchmarks share: medians, tables, a clean environment."""

from __future__ import annotations

import os
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path


def median(values: Sequence[float]) -> float:
    """The median, which one noisy round does not move."""
    return statistics.median(values)


def environment(home: Path) -> Mapping[str, str]:
    """This process's environment with bytecode allowed and state in ``home``."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**variables, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", "TFLAB_LANG": "en"}


def show(what: str, value: float, unit: str, ratio: float | None = None, budget: str = "") -> None:
    """One row: what, median, ratio to the reference, budget."""
    shown = "" if ratio is None else f"{ratio:8.3f}x"
    print(f"{what:<58}{value:10.2f} {unit:<4}{shown:>10}  {budget}", flush=True)

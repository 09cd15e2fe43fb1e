"""``%%time`` without its own compilation: under IPython's, lines are off by one and AutoGraph finds no source."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_TIME_LINE = re.compile(r"\A%%time[ \t]*\n")


def time_magic(code: str) -> str:
    """The first line of ``code`` where that is a plain ``%%time``; else nothing."""
    found = _TIME_LINE.match(code)
    return found[0] if found is not None else ""


@contextmanager
def timed() -> Iterator[None]:
    """Prints what the block took, also where it fails."""
    cpu, wall = time.process_time(), time.perf_counter()
    try:
        yield
    finally:
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        sys.stdout.write(f"CPU time: {_duration(cpu)}, wall time: {_duration(wall)}\n")


def _duration(seconds: float) -> str:
    """Three significant digits: ``36 µs``, ``1.25 s``."""
    if seconds >= 60:
        return f"{int(seconds // 60)} min {seconds % 60:.0f} s"
    for factor, unit in ((1.0, "s"), (1e3, "ms")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"

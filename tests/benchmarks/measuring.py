"""What benchmarks share: medians, tables, a clean environment."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import statistics
import time
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


def seconds_waited(pid: int) -> float:
    """Seconds that the main thread of ``pid`` has waited for a core so far, where Linux tells; else 0.

    On a machine that others share this is what a wall-clock time holds beside the program's own work.
    """
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


def end_program(pid: int, terminal: int) -> None:
    """Ends the program ``pid`` in the pseudo-terminal with the descriptor ``terminal``, by force after 5 s."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 5
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            break
        with contextlib.suppress(OSError):
            if select.select([terminal], [], [], 0.05)[0]:
                os.read(terminal, 65536)
    os.close(terminal)

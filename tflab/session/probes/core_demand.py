"""How much of a processor this process asks for, whether it gets it or has to wait."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final

_OURS: Final = "tflab-"
"""How the names of our own threads begin, which are busy although the program is not."""
_TASKS: Final = Path("/proc/self/task")


class CoreDemand:
    """The share of one core that the program's threads have used or waited for, between two looks.

    On a machine that others keep busy a thread that has work to do may not run for long; it is not idle then.
    """

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._spent = _spent()

    def share(self) -> float:
        """Since the last time; 1.0 is one core, and more than that where several threads work."""
        now, spent = time.monotonic(), _spent()
        asked = sum(seconds - self._spent.get(task, 0.0) for task, seconds in spent.items())
        passed, self._at, self._spent = now - self._at, now, spent
        return asked / passed if passed > 0 else 0.0


def _spent() -> dict[int, float]:
    """Seconds that each thread has run or waited for a core; of a system that does not tell, of the process at once."""
    ours = {thread.native_id for thread in threading.enumerate() if thread.name.startswith(_OURS)}
    spent = {}
    try:
        tasks = [int(task.name) for task in _TASKS.iterdir()]
    except OSError:
        return {0: time.process_time()}
    for task in tasks:
        if task in ours:
            continue
        try:
            used, waited = (_TASKS / str(task) / "schedstat").read_text("ascii").split()[:2]
        # It has ended meanwhile, or the kernel keeps no such account.
        except (OSError, ValueError):
            continue
        spent[task] = (int(used) + int(waited)) / 1e9
    return spent or {0: time.process_time()}

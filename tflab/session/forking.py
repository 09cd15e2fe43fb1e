"""Processes and their parents, as Linux has them: who dies with whom, and who adopts orphans."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import warnings
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36


def _prctl(option: int, value: int) -> bool:
    try:
        function = ctypes.CDLL(None, use_errno=True).prctl
    # Not on macOS.
    except AttributeError:
        return False
    return bool(function(*(ctypes.c_ulong(number) for number in (option, value, 0, 0, 0))) == 0)


def adopt_orphans() -> bool:
    """Processes whose parent ends become this process's children. False where the system cannot."""
    return _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """This process is killed when ``parent`` (its parent) ends, and at once if that has happened already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def children() -> list[int]:
    """This process's children, adopted ones and zombies included."""
    found: list[int] = []
    try:
        for task in Path("/proc/self/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
    except OSError:
        found = _children_by_parent(os.getpid())
    return found


def _children_by_parent(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The command name may hold anything, parentheses too.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(entry.name))
    return found


def quiet_fork() -> int:
    """`os.fork` without Python 3.12's warning: the threads beside are the numeric libraries', asleep and made anew."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
        return os.fork()


def kill_and_reap(pids: list[int]) -> None:
    """SIGKILL to each, then waits for it; processes that are gone already do not matter."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for pid in pids:
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            pass


def freeze_memory() -> None:
    """Keeps the garbage collector of every fork away from what is loaded, or it would copy all those pages."""
    gc.collect()
    gc.freeze()

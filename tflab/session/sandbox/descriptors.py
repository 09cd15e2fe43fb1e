"""Open files that a session inherits: none but those it is given."""

from __future__ import annotations

import os
from collections.abc import Collection

STANDARD = frozenset({0, 1, 2})
_WITHOUT_PROC = 4096


def open_descriptors() -> frozenset[int]:
    """Every open descriptor of this process. Raises OSError without /proc."""
    # Listing the folder opens descriptors of its own, gone again when it returns.
    return frozenset(int(name) for name in os.listdir("/proc/self/fd") if _is_open(int(name)))


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def close_all_but(kept: Collection[int]) -> None:
    """Closes every descriptor but the standard ones and ``kept``; standard input is cut off from a terminal."""
    wanted = STANDARD | set(kept)
    try:
        surplus = open_descriptors() - wanted
    except OSError:
        surplus = frozenset(range(_WITHOUT_PROC)) - wanted
    for descriptor in surplus:
        try:
            os.close(descriptor)
        except OSError:
            pass
    if os.isatty(0):
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)

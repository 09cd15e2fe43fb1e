"""Marks the stretches in which a thread works for the probes, so that they never record their own work."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any


class _Depth(threading.local):
    value = 0


_depth = _Depth()


def is_quiet() -> bool:
    """Whether this thread works for a probe at the moment."""
    return _depth.value > 0


class Quiet:
    """A context in which the probes look away; may be nested. One instance serves any number of blocks and threads."""

    def __enter__(self) -> None:
        _depth.value += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _depth.value -= 1


quiet = Quiet()


def quietly(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with everything it does unseen by the probes."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with quiet:
            return function(*args, **kwargs)

    return wrapper

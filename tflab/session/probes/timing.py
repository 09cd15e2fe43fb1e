"""While ``%timeit`` or ``timeit`` measures, the probes keep out of the way: its iterations are no training steps."""

from __future__ import annotations

import functools
import timeit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tflab.session.probes.patching import added


class Timing:
    """Whether code is being timed at the moment, in any thread."""

    def __init__(self, at_boundary: Callable[[], None]) -> None:
        """``at_boundary`` is called before a timer starts and before it ends: what it timed is kept apart."""
        self._running = 0
        self._at_boundary = at_boundary

    @property
    def is_on(self) -> bool:
        """True while a timer runs."""
        return self._running > 0

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Watches ``timeit.Timer`` for the block, and with it IPython's, which is one and may not be loaded yet.

        Both run the loop that they time by calling the instance's attribute ``inner``.
        """
        with added(timeit.Timer, "inner", property(self._inner_of, _set_inner)):
            yield

    def _inner_of(self, timer: Any) -> Callable[..., float]:
        inner: Callable[..., float] = vars(timer)["inner"]

        @functools.wraps(inner)
        def timed(*args: Any) -> float:
            self._at_boundary()
            self._running += 1
            try:
                return inner(*args)
            finally:
                self._at_boundary()
                self._running -= 1

        return timed


def _set_inner(timer: Any, inner: Any) -> None:
    vars(timer)["inner"] = inner

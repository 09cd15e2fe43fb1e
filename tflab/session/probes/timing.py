"""While ``%timeit`` or ``timeit`` measures, the probes keep out of the way: its iterations are no training steps."""

from __future__ import annotations

import functools
import sys
import timeit
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tflab.session.probes.patching import replaced


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
        """Watches the timers of the standard library and, where it is loaded, of IPython for the block."""
        owners = [timeit.Timer]
        magics = sys.modules.get("IPython.core.magics.execution")
        if magics is not None and "timeit" in vars(magics.Timer):
            owners.append(magics.Timer)
        with ExitStack() as stack:
            for owner in owners:
                stack.enter_context(replaced(owner, "timeit", self._watch))
            yield

    def _watch(self, original: Callable[..., float]) -> Callable[..., float]:
        @functools.wraps(original)
        def timed(timer: Any, *args: Any, **kwargs: Any) -> float:
            self._at_boundary()
            self._running += 1
            try:
                return original(timer, *args, **kwargs)
            finally:
                self._at_boundary()
                self._running -= 1

        return timed

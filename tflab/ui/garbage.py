"""When Python looks for garbage: not while the lab opens, and never again among what it was opened with.

What the lab is made of (modules, styles, widgets) lives as long as the lab. Python's collector would go through all of
it many times while it is made, which is a sixth of the time to the first full screen, and later again and again, each
time long enough to be felt between two keys.
"""

from __future__ import annotations

import gc
from typing import Final

_NEVER: Final = 1 << 30
_ENOUGH: Final = 40
"""Looks at what is young, some ten thousand new objects each, after which one at everything is worth its time."""


def pause() -> None:
    """Leaves garbage alone until `resume`."""
    gc.disable()


def resume() -> None:
    """Looks for garbage again, but only among what is made from now on.

    Among what has lived for long it is looked for by `sweep` alone.
    """
    if not gc.isenabled():
        gc.freeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, _NEVER)
        gc.enable()


def sweep(*, is_quiet: bool) -> None:
    """Looks among what has lived for long, where enough was made since the last time and nobody types.

    It takes tens of milliseconds. Whoever never stops typing has it done all the same, ten times as rarely.
    """
    if gc.get_threshold()[2] == _NEVER and gc.get_count()[2] >= (_ENOUGH if is_quiet else 10 * _ENOUGH):
        gc.collect()

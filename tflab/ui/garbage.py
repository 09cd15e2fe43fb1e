"""When Python looks for garbage: not while the lab opens, and never again among what it was opened with.

What the lab is made of (modules, styles, widgets) lives as long as the lab. Python's collector would go through all of
it many times while it is made, which is a sixth of the time to the first full screen, and later again and again, each
time long enough to be felt between two keys.
"""

from __future__ import annotations

import gc


def pause() -> None:
    """Leaves garbage alone until `resume`."""
    gc.disable()


def resume() -> None:
    """Looks for garbage again, but only among what is made from now on."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()

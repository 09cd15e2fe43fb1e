"""Where Textual draws, and what it takes for keys there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def drawing_on_the_terminal() -> Iterator[None]:
    """Textual draws on standard error; where that goes elsewhere (``2> log``), it draws on standard output."""
    from tflab.ui.alt_keys import alt_keys_kept_whole
    from tflab.ui.terminal_replies import replies_heard

    with alt_keys_kept_whole(), replies_heard(), _drawing_on_a_terminal():
        yield


@contextmanager
def _drawing_on_a_terminal() -> Iterator[None]:
    original = sys.__stderr__
    if original is None or original.isatty() or sys.__stdout__ is None or not sys.__stdout__.isatty():
        yield
        return
    with open(os.dup(sys.__stdout__.fileno()), "w", encoding="utf-8") as terminal:
        setattr(sys, "__stderr__", terminal)  # noqa: B010 - the type says that it never changes
        try:
            yield
        finally:
            setattr(sys, "__stderr__", original)  # noqa: B010

"""Alt and a letter, then at once another key: both are what was pressed.

A terminal sends Alt and a letter as an escape and the letter. Textual 8.2 waits whether that becomes a longer sequence,
and where an escape follows instead (another Alt key, a mouse report) it takes the first for a caret and the letter, two
characters that would be typed into the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from textual._xterm_parser import XTermParser
from textual.message import Message

_ALT: Final = re.compile(r"\x1b[^\x00-\x1f\x7f\[\]OPX^_]")
"""Alt and a key; what begins a longer sequence is none."""
_ALT_BEFORE_MORE: Final = re.compile(_ALT.pattern + r"(?=\x1b)")
_OPEN: Final = "_tflab_alt_is_open"


@contextmanager
def alt_keys_kept_whole() -> Iterator[None]:
    """Textual reads such keys as they were meant."""
    feed = XTermParser.feed

    def feed_whole(parser: XTermParser, data: str) -> Iterable[Message]:
        # The key may have come alone, in time for its sequence to be still open.
        if data.startswith("\x1b") and _is_open_alt(parser):
            yield from end_sequence(parser)
        start = 0
        for alt in _ALT_BEFORE_MORE.finditer(data):
            yield from feed(parser, data[start : alt.end()])
            yield from end_sequence(parser)
            start = alt.end()
        if start < len(data) or not data:
            rest = data[start:]
            yield from feed(parser, rest)
            setattr(parser, _OPEN, _ALT.fullmatch(rest[-2:]) is not None)

    setattr(XTermParser, "feed", feed_whole)  # noqa: B010 - a method is not to be assigned
    try:
        yield
    finally:
        setattr(XTermParser, "feed", feed)  # noqa: B010


def _is_open_alt(parser: XTermParser) -> bool:
    """Whether Alt and a key were the last that came, and wait for more."""
    return bool(getattr(parser, _OPEN, False)) and parser._timeout_time is not None


def end_sequence(parser: XTermParser) -> Iterable[Message]:
    """What came is all of the sequence."""
    if parser._timeout_time is not None:
        parser._timeout_time = 0.0
        yield from parser.tick()

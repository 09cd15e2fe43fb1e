"""Alt keys that other keys follow at once."""

from __future__ import annotations

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from tflab.ui.alt_keys import alt_keys_kept_whole


def keys(*pieces: str) -> list[str]:
    """What Textual makes of what a terminal sent, piece by piece without a pause; an open sequence is over then."""
    with alt_keys_kept_whole():
        parser = XTermParser()
        found = [event for piece in pieces for event in parser.feed(piece)]
        parser._timeout_time = 0.0 if parser._timeout_time is not None else None
        found += list(parser.tick())
    return [event.key if isinstance(event, events.Key) else type(event).__name__ for event in found]


@pytest.mark.parametrize(
    ("pieces", "meant"),
    [
        (["\x1bc\x1bg"], ["alt+c", "alt+g"]),
        (["\x1bc", "\x1bg"], ["alt+c", "alt+g"]),
        (["\x1bc", "\x1b[<35;5;5M"], ["alt+c", "MouseMove"]),
        (["\x1bc\x1b[<0;5;5M", "\x1b[A"], ["alt+c", "MouseDown", "up"]),
        (["\x1bc", "x"], ["alt+c", "x"]),
        (["x\x1bc\x1bc\x1bcy"], ["x", "alt+c", "alt+c", "alt+c", "y"]),
        (["\x1b\x1b[A"], ["escape", "up"]),
        (["\x1bOP\x1b[15~"], ["f1", "f5"]),
        (["\x1b[200~a\x1b[201~\x1bc"], ["Paste", "alt+c"]),
    ],
)
def test_every_key_is_what_was_pressed(pieces: list[str], meant: list[str]) -> None:
    assert keys(*pieces) == meant


def test_textual_is_as_it_was_afterwards() -> None:
    before = XTermParser.feed
    with alt_keys_kept_whole():
        assert XTermParser.feed is not before
    assert XTermParser.feed is before

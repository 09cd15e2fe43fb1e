"""Answers of a terminal among the keys."""

from __future__ import annotations

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from tflab.ui.alt_keys import alt_keys_kept_whole
from tflab.ui.terminal_replies import Capability, TerminalReplied, may_be_asked, replies_heard

OK = "\x1b_Gi=31;OK\x1b\\"
KITTY = "\x1bP>|kitty(0.42.1)\x1b\\"


def heard(*pieces: str) -> list[str]:
    """What Textual makes of what a terminal sent, piece by piece without a pause; an open sequence is over then."""
    with alt_keys_kept_whole(), replies_heard():
        parser = XTermParser()
        found = [event for piece in pieces for event in parser.feed(piece)]
        parser._timeout_time = 0.0 if parser._timeout_time is not None else None
        found += list(parser.tick())
    return [
        event.key if isinstance(event, events.Key) else event.graphics or event.version
        for event in found
        if isinstance(event, events.Key | TerminalReplied)
    ]


@pytest.mark.parametrize(
    ("pieces", "meant"),
    [
        ([OK + KITTY], ["i=31;OK", "kitty(0.42.1)"]),
        (["a" + OK + "b" + KITTY + "c"], ["a", "i=31;OK", "b", "kitty(0.42.1)", "c"]),
        (["\x1b[A" + OK, "\x1b[B"], ["up", "i=31;OK", "down"]),
        ([KITTY + "\x1bc"], ["kitty(0.42.1)", "alt+c"]),
        (["\x1b_x"], ["underscore", "x"]),
        (["\x1bPx"], ["alt+shift+p", "x"]),
        (["\x1b", "x"], ["alt+x"]),
        (["\x1b"], ["escape"]),
        (["\x1b_"], ["underscore"]),
    ],
)
def test_answers_are_no_keys_and_keys_no_answers(pieces: list[str], meant: list[str]) -> None:
    assert heard(*pieces) == meant


@pytest.mark.parametrize("reply", [OK, KITTY])
def test_an_answer_may_come_in_pieces(reply: str) -> None:
    whole = heard(reply)
    assert heard(*reply) == whole
    for at in range(1, len(reply)):
        assert heard("x" + reply[:at], reply[at:] + "y") == ["x", *whole, "y"]


def test_textual_is_as_it_was_afterwards() -> None:
    before = XTermParser.feed
    with replies_heard():
        assert XTermParser.feed is not before
    assert XTermParser.feed is before


@pytest.mark.parametrize(
    ("graphics", "version", "able"),
    [
        ("i=31;OK", "kitty(0.42.1)", True),
        ("i=31;OK", "kitty(0.28.0)", True),
        ("i=31;OK", "kitty(0.27.1)", False),
        ("i=31;OK", "ghostty 1.2.3", True),
        # These take pictures, but print placeholders.
        ("i=31;OK", "Konsole 25.08.1", False),
        ("i=31;OK", "WezTerm 20240203-110809-5046fc22", False),
        ("i=31;ENOTSUPPORTED:no graphics", "kitty(0.42.1)", False),
        ("", "kitty(0.42.1)", False),
        ("i=31;OK", "", False),
    ],
)
def test_both_answers_are_needed_in_any_order(graphics: str, version: str, able: bool) -> None:
    replies = [TerminalReplied(graphics=graphics), TerminalReplied(version=version)]
    for order in (replies, replies[::-1]):
        capability = Capability()
        assert [capability.learn(reply) for reply in order] == [False, able]


@pytest.mark.parametrize(
    ("environment", "harmless"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}, True),
        ({"TERM": "tmux-256color"}, False),
        ({"TERM": "screen"}, False),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, False),
        ({"TERM": "xterm-256color", "STY": "1.pts-0"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
    ],
)
def test_who_is_asked(environment: dict[str, str], harmless: bool) -> None:
    assert may_be_asked(environment) is harmless

"""Asks the terminal whether it draws pictures, and takes the answers out of what Textual takes for keys.

Nobody waits for an answer: a terminal that knows nothing of the questions ignores them, and nothing changes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from textual._xterm_parser import XTermParser
from textual.message import Message

from tflab.ui.alt_keys import end_sequence

QUESTIONS: Final = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>q"
"""Would a picture of one pixel be taken (kitty's graphics protocol)? What terminal is it (XTVERSION)?"""
_REPLY: Final = re.compile(r"\x1b_G([^\x1b]*)\x1b\\|\x1bP>\|([^\x1b]*)\x1b\\")
_OPEN: Final = re.compile(r"\x1b(?:_G|P>)[^\x1b]*\x1b?\Z")
_START: Final = re.compile(r"\x1b(?:_G|P>)")
_MAYBE: Final = re.compile(r"\x1b[_P]?\Z")
_PATIENCE: Final = 2.0
"""Seconds in which the rest of an answer comes."""
_BEGUN: Final = "_tflab_reply"
_PLACEHOLDERS: Final = {"kitty": (0, 28), "ghostty": (0, 0)}
"""Since which version a terminal knows placeholders, by what it answers itself. Others (Konsole, WezTerm) take pictures
as well, but print placeholders as the characters that they are, and the protocol has no question about that."""


class TerminalReplied(Message):
    """The terminal answered one of the `QUESTIONS`."""

    def __init__(self, *, graphics: str = "", version: str = "") -> None:
        super().__init__()
        self.graphics = graphics
        """``i=31;OK`` where a picture would be taken; empty in an answer to the other question."""
        self.version = version
        """``kitty(0.42.1)``, ``ghostty 1.2.0``, ..."""


class Capability:
    """Whether the terminal draws pictures, as far as it has answered."""

    def __init__(self) -> None:
        self._takes_pictures = False
        self._knows_placeholders = False

    def learn(self, reply: TerminalReplied) -> bool:
        """Whether it is certain now."""
        self._takes_pictures |= reply.graphics == "i=31;OK"
        name = re.match(r"(\w+)[ (](\d+)\.(\d+)", reply.version)
        if name is not None and name[1].lower() in _PLACEHOLDERS:
            self._knows_placeholders = (int(name[2]), int(name[3])) >= _PLACEHOLDERS[name[1].lower()]
        return self._takes_pictures and self._knows_placeholders


def may_be_asked(environment: Mapping[str, str]) -> bool:
    """Whether the questions do no harm: tmux and screen take the first for a title, Apple's terminal prints it."""
    multiplexed = (
        environment.get("TMUX") or environment.get("STY") or environment.get("TERM", "").startswith(("tmux", "screen"))
    )
    return not multiplexed and environment.get("TERM_PROGRAM") != "Apple_Terminal"


@contextmanager
def replies_heard() -> Iterator[None]:
    """Textual's driver posts `TerminalReplied` to the app for each answer."""
    feed = XTermParser.feed

    def feed_keys(parser: XTermParser, data: str) -> Iterable[Message]:
        begun, since = getattr(parser, _BEGUN, ("", 0.0))
        setattr(parser, _BEGUN, ("", 0.0))
        if not data:
            yield from feed(parser, data)
            return
        if _START.match(begun):
            if time.monotonic() - since > _PATIENCE:
                yield from feed(parser, begun)
            else:
                data = begun + data
        elif begun and parser._timeout_time is not None and _START.match(begun + data):
            # Textual has the first one or two characters and waits whether they become a key.
            list(end_sequence(parser))
            data = begun + data
        start = 0
        for reply in _REPLY.finditer(data):
            if start < reply.start():
                yield from feed(parser, data[start : reply.start()])
            yield TerminalReplied(graphics=reply[1] or "", version=reply[2] or "")
            start = reply.end()
        rest = data[start:]
        unfinished = _OPEN.search(rest)
        if unfinished is not None:
            setattr(parser, _BEGUN, (unfinished[0], time.monotonic()))
            rest = rest[: unfinished.start()]
        elif (maybe := _MAYBE.search(begun + rest if start == 0 and len(rest) == 1 else rest)) is not None:
            setattr(parser, _BEGUN, (maybe[0], time.monotonic()))
        if rest:
            yield from feed(parser, rest)

    setattr(XTermParser, "feed", feed_keys)  # noqa: B010 - a method is not to be assigned
    try:
        yield
    finally:
        setattr(XTermParser, "feed", feed)  # noqa: B010

"""Hostile frames on their whole way: decoded, taken into the state, drawn in a running lab.

The decoder's promise is an event or `ProtocolError`; the lab's, that it goes on and that no control character gets to
the terminal.
"""

from __future__ import annotations

import asyncio
import random
import time
import unicodedata
from collections import Counter

from tests.faults.hostile import MARK, HostileSession
from tests.ui.doubles import READY
from tests.ui.lab_driver import NARROW, WIDE, Lab, lab
from tflab.protocol import codec
from tflab.protocol.events import Event
from tflab.protocol.lifecycle import SessionEnded, SessionStarting

_TABS = ("alt+t", "alt+g", "alt+r", "alt+c", "alt+d", "alt+p", "alt+o", "f12", "f11")
_EVENTS_A_ROUND = 25


def decoded(stream: bytes) -> tuple[list[Event], bool]:
    """The events of a piece of a stream, and whether the whole of it was allowed. Any other error is a fault."""
    events: list[Event] = []
    try:
        for body in codec.FrameReader().feed(stream):
            event = codec.decode_event(body)
            assert isinstance(event, Event)
            events.append(event)
    except codec.ProtocolError:
        return events, False
    return events, True


def controls(screen: str) -> set[str]:
    """The characters of a screen that a terminal could act upon."""
    return {character for character in screen if unicodedata.category(character) in ("Cc", "Cs") and character != "\n"}


async def show(running: Lab, events: list[Event], chance: random.Random) -> None:
    """Lets a lab draw ``events`` in a panel or two. Raises AssertionError for control characters there."""
    running.session.put(*events)
    await running.until(lambda: not running.session.events)
    for key in chance.sample(_TABS, 2):
        await running.press(key)
    await running.pilot.pause(0.06)
    screen = running.text()
    found = controls(screen)
    assert not found, f"on the screen: {found}\n{screen}"
    title = running.app.title + running.app.sub_title
    assert MARK not in title
    # As after every end of a session: the state begins anew.
    if chance.random() < 0.2:
        running.session.put(SessionEnded(reason="crashed", status=-11, message="Ended."), SessionStarting(), READY)


async def labs(hostile: HostileSession, chance: random.Random, rounds: int, end: float) -> Counter[str]:
    """So many rounds, or until ``end`` (monotonic), in labs of two sizes; how often each kind of event was shown."""
    shown: Counter[str] = Counter()
    for size in (WIDE, NARROW):
        async with lab(size=size) as running:
            for _ in range(rounds):
                if time.monotonic() > end:
                    break
                events: list[Event] = []
                while len(events) < _EVENTS_A_ROUND:
                    came, _ = decoded(_framed(hostile.event()))
                    events += came
                shown.update(type(event).__name__ for event in events)
                await show(running, events, chance)
    return shown


def _framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "little") + body


def fuzz(seconds: float, chance: random.Random) -> str:
    """Feeds decoder and labs for so long; a summary. Raises where something breaks."""
    hostile = HostileSession(chance)
    end = time.monotonic() + seconds
    pieces = refused = 0
    shown: Counter[str] = Counter()
    while time.monotonic() < end:
        for _ in range(2000):
            _, allowed = decoded(hostile.bytes())
            pieces += 1
            refused += not allowed
        shown += asyncio.run(labs(hostile, chance, rounds=20, end=end))
    return (
        f"{pieces} pieces of a stream, {refused} refused, nothing but ProtocolError raised;"
        f" {shown.total()} events of {len(shown)} kinds drawn, no control character on the screen"
    )

"""Hostile frames: a thousand pieces and some labs here, minutes of them by ``python -m tests.faults frames``."""

from __future__ import annotations

import random
import time

from tests.faults.frames import decoded, labs
from tests.faults.hostile import HostileSession


def test_whatever_comes_is_an_event_or_refused() -> None:
    hostile = HostileSession(random.Random(1))

    allowed = [decoded(hostile.bytes())[1] for _ in range(1000)]

    assert {True, False} == set(allowed)


async def test_hostile_events_never_crash_the_lab_or_reach_the_terminal() -> None:
    chance = random.Random(2)

    shown = await labs(HostileSession(chance), chance, rounds=8, end=time.monotonic() + 120)

    assert len(shown) > 15

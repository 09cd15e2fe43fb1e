"""When to draw: twenty times a second, but typing comes first."""

from __future__ import annotations

from typing import Final

FRAME_SECONDS: Final = 1 / 20
_TYPING_SECONDS: Final = 0.25
_QUIET_SECONDS: Final = 2.0
_MOST_YIELDED: Final = 4
_LONGEST_WAIT: Final = 0.1
"""Seconds after which a key that has changed nothing in sight no longer counts as waiting."""


class FrameClock:
    """Says whether a frame should be drawn now, and what has to wait for a key."""

    def __init__(self) -> None:
        self._heard = float("-inf")
        self._pressed = float("-inf")
        self._echoed = float("-inf")
        self._yielded = 0

    def key_heard(self, now: float) -> None:
        """A key has come and waits for its turn; may be called on any thread."""
        if not self.key_waits(now):
            self._heard = now

    def key_pressed(self, now: float) -> None:
        """A key is being dealt with; its echo is worth more than the next frame."""
        self._pressed = now
        self.key_heard(now)

    def key_echoed(self, now: float) -> None:
        """What the key changed has been drawn."""
        self._echoed = now

    def key_waits(self, now: float) -> bool:
        """Whether a key waits for its turn or its echo: whatever takes long stops for it."""
        return self._heard > self._echoed and now - self._heard < _LONGEST_WAIT

    def is_typed(self, now: float) -> bool:
        """Whether someone is typing."""
        return now - max(self._pressed, self._heard) < _TYPING_SECONDS

    def is_quiet(self, now: float) -> bool:
        """Whether no key has come for so long that none is to be expected at once."""
        return now - max(self._pressed, self._heard) > _QUIET_SECONDS

    def due(self, now: float) -> bool:
        """True for a frame; False to let typing go first, at most four times in a row."""
        if self.is_typed(now) and self._yielded < _MOST_YIELDED:
            self._yielded += 1
            return False
        self._yielded = 0
        return True

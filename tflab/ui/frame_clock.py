"""When to draw: at once after a quiet time, else twenty times a second, and typing comes first."""

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
        self._typed = float("-inf")
        self._echoed = float("-inf")
        self._taken = float("-inf")
        self._yielded = 0

    def key_heard(self, now: float, *, is_typing: bool = True) -> None:
        """A key has come and waits for its turn; may be called on any thread.

        Whoever types presses another one soon; what another key asks for, a run say, is to be seen at once.
        """
        if is_typing:
            self._typed = now
        if not self.key_waits(now):
            self._heard = now

    def key_pressed(self, now: float, *, is_typing: bool = True) -> None:
        """A key is being dealt with; its echo is worth more than the next frame."""
        self._pressed = now
        self.key_heard(now, is_typing=is_typing)

    def key_echoed(self, now: float) -> None:
        """What the key changed has been drawn."""
        self._echoed = now

    def key_waits(self, now: float) -> bool:
        """Whether a key waits for its turn or its echo: whatever takes long stops for it."""
        return self._heard > self._echoed and now - self._heard < _LONGEST_WAIT

    def is_typed(self, now: float) -> bool:
        """Whether someone is typing."""
        return now - self._typed < _TYPING_SECONDS

    def is_quiet(self, now: float) -> bool:
        """Whether no key has come for so long that none is to be expected at once."""
        return now - max(self._pressed, self._heard) > _QUIET_SECONDS

    def took_in(self, now: float) -> None:
        """A frame has begun that takes something in."""
        self._taken = now

    def is_rested(self, now: float) -> bool:
        """Whether what comes now need not wait for the next of the twenty: no key comes before it, and the last frame
        that took something in is long enough ago."""
        return now - self._taken >= FRAME_SECONDS and not self._is_for_keys(now)

    def due(self, now: float) -> bool:
        """True for a frame; False to let keys go first, at most four times in a row."""
        if self._is_for_keys(now) and self._yielded < _MOST_YIELDED:
            self._yielded += 1
            return False
        self._yielded = 0
        return True

    def _is_for_keys(self, now: float) -> bool:
        return self.is_typed(now) or self.key_waits(now)

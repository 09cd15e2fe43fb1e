"""When to draw: twenty times a second, but typing comes first."""

from __future__ import annotations

from typing import Final

FRAME_SECONDS: Final = 1 / 20
_TYPING_SECONDS: Final = 0.25
_MOST_YIELDED: Final = 4


class FrameClock:
    """Says whether a frame should be drawn now."""

    def __init__(self) -> None:
        self._pressed = float("-inf")
        self._yielded = 0

    def key_pressed(self, now: float) -> None:
        """A key went down; its echo is worth more than the next frame."""
        self._pressed = now

    def is_typed(self, now: float) -> bool:
        """Whether someone is typing."""
        return now - self._pressed < _TYPING_SECONDS

    def due(self, now: float) -> bool:
        """True for a frame; False to let typing go first, at most four times in a row."""
        if self.is_typed(now) and self._yielded < _MOST_YIELDED:
            self._yielded += 1
            return False
        self._yielded = 0
        return True

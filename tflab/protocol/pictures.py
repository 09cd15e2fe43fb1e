"""What a picture looks like from afar: for screens made of characters."""

from __future__ import annotations

from typing import Final

from tflab.protocol.events import Event

MOST_PIXELS: Final = (192, 120)
"""Width and height that no reduced picture exceeds."""


class PictureReduced(Event, frozen=True, kw_only=True):
    """The picture of the `ResultShown` that follows, made small. Not one of the public events."""

    width: int
    height: int
    pixels: bytes
    """Red, green and blue of every pixel, row by row, a byte each."""

"""The pictures of an output: small ones for screens made of characters and, of the latest, the whole files."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tflab.protocol.pictures import MOST_PIXELS

MOST_ENCODED: Final = 700 << 10
"""Characters of one whole picture in base64: half a megabyte. Larger ones are only shown small."""
MOST_KEPT: Final = 8 << 20
"""Characters of all whole pictures of an output; the oldest give way."""


@dataclass(eq=False)
class WholePicture:
    """A picture as the program made it, as long as there is room for it."""

    number: int
    """Differs between the pictures of one output."""
    encoded: str
    """A PNG file in base64, not looked at yet; empty once newer pictures have taken its room."""


@dataclass(frozen=True)
class Picture:
    """A small picture: red, green and blue of every pixel, row by row, a byte each."""

    width: int
    height: int
    pixels: bytes
    whole: WholePicture | None = field(default=None, compare=False, repr=False)
    """What it was made from, for terminals that can show that; None where it is no PNG or too large."""


def small_picture(width: int, height: int, pixels: bytes) -> Picture | None:
    """The picture; None where the numbers do not fit each other."""
    sound = 0 < width <= MOST_PIXELS[0] and 0 < height <= MOST_PIXELS[1] and len(pixels) == 3 * width * height
    return Picture(width, height, pixels) if sound else None


class WholePictures:
    """Keeps whole pictures in bounded memory.

    Results bring them to the lab in any case, for notebooks; so that nothing more travels for a sharp picture.
    """

    def __init__(self) -> None:
        self._kept: deque[WholePicture] = deque()
        self._size = 0
        self._numbers = itertools.count(1)

    def keep(self, picture: Picture, mime: Mapping[str, str]) -> Picture:
        """The picture together with the PNG of its mimebundle, where that has one that is not too large."""
        encoded = mime.get("image/png", "")
        if not encoded or len(encoded) > MOST_ENCODED:
            return picture
        whole = WholePicture(next(self._numbers), encoded)
        self._kept.append(whole)
        self._size += len(encoded)
        while self._size > MOST_KEPT:
            oldest = self._kept.popleft()
            self._size -= len(oldest.encoded)
            oldest.encoded = ""
        return replace(picture, whole=whole)

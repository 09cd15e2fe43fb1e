"""A PNG file that a program made: what of it a terminal is given to decode."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_NEEDED: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
MOST_SIDE: Final = 8192
MOST_PIXELS: Final = 1 << 23
"""Of the picture as it is decoded, four bytes each."""


def bare_png(encoded: str) -> bytes | None:
    """The file in base64 with nothing but what its pixels need: no texts, profiles or what else may be hidden there.

    None where it is no whole PNG or its pixels are too many: a small file may say that it is enormous.
    """
    try:
        data = base64.b64decode(encoded)
    except (binascii.Error, ValueError):
        return None
    if not data.startswith(_SIGNATURE):
        return None
    parts, at, kind = [_SIGNATURE], len(_SIGNATURE), b""
    while kind != b"IEND":
        if len(data) < at + 12:
            return None
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            return None
        if len(parts) == 1 and (
            kind != b"IHDR" or length != 13 or not _bounded(*struct.unpack_from(">II", data, at + 8))
        ):
            return None
        if kind in _NEEDED:
            parts.append(data[at:end])
        at = end
    return b"".join(parts)


def _bounded(width: int, height: int) -> bool:
    return 0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE and width * height <= MOST_PIXELS

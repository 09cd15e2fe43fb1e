"""Makes pictures small in the session: decoding what a program has drawn is no business of the lab's own process."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Mapping

from tflab.protocol.pictures import MOST_PIXELS, PictureReduced

_KINDS = ("image/png", "image/jpeg")


def reduced(mime: Mapping[str, str], cell: int | None) -> PictureReduced | None:
    """The picture of a mimebundle, small and on white.

    None where there is none or it cannot be read, and where Pillow has not been imported: whatever draws pictures has.
    """
    encoded = next((mime[kind] for kind in _KINDS if kind in mime), None)
    library = sys.modules.get("PIL.Image")
    if encoded is None or library is None:
        return None
    try:
        with library.open(io.BytesIO(base64.b64decode(encoded))) as opened:
            opened.draft("RGB", MOST_PIXELS)
            picture = opened.convert("RGBA")
        picture.thumbnail(MOST_PIXELS, library.Resampling.BOX)
        white = library.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        width, height = white.size
        return PictureReduced(cell=cell, width=width, height=height, pixels=white.convert("RGB").tobytes())
    # A picture that is damaged or enormous; a library that the learner has changed.
    except Exception:
        return None

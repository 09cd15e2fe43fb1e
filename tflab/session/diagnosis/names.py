"""Lists of names in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tflab.messages import text

_MOST: Final = 3


def listed(names: Sequence[str]) -> str:
    """```a`, `b` and 2 more``."""
    told = ", ".join(f"`{name}`" for name in names[:_MOST])
    return text("diagnosis.more", names=told, count=len(names) - _MOST) if len(names) > _MOST else told

"""What ``tflab check`` finds in lessons, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """Something in a lesson that has to be mended."""

    path: Path
    line: int
    """1-based."""
    message: str
    """One line for people."""

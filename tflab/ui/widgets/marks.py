"""What is said of a line of code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["failed", "error", "warning", "note"]
SYMBOLS: Final[dict[Severity, str]] = {"failed": "✗", "error": "●", "warning": "▲", "note": "·"}
"""What stands in the gutter; the worst of a line wins. They differ by more than colour."""


@dataclass(frozen=True)
class Mark:
    """Something about one row of the text, 0-based."""

    row: int
    message: str
    severity: Severity
    column: int = 0
    end_column: int | None = None
    """Behind the last character that is meant; None for the end of the row."""

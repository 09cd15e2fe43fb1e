"""The parts of the curriculum, told apart by a lesson's number."""

from __future__ import annotations

from typing import Final, Literal

Part = Literal["document", "beyond", "clinic"]
"""What the source document covers; what a working engineer needs beyond it; broken programs to mend."""
PARTS: Final[tuple[Part, ...]] = ("document", "beyond", "clinic")

_BEYOND: Final = 19
_CLINICS: Final = 41
CLINIC_STEPS: Final = 2
"""Most steps of a clinic: what is given, and the exercise."""


def part_of(number: int) -> Part:
    """The part that a lesson belongs to."""
    if number >= _CLINICS:
        return "clinic"
    return "beyond" if number >= _BEYOND else "document"

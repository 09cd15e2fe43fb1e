"""What marks the traces that were made for a recording: ordinary calls never find them, nor do they count."""

from __future__ import annotations

from typing import Any, NamedTuple


class RecordedScope(NamedTuple):
    """In the place of the scope in the key of a trace."""

    scope_type: Any
    recording: int


def is_recorded(surroundings: Any) -> bool:
    """Whether the surroundings of a trace are those of a recording."""
    return isinstance(getattr(surroundings, "scope_type", None), RecordedScope)

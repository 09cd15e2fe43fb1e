"""What the list of lessons shows of a lesson."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LessonEntry:
    """One line of the lesson list."""

    ref: str
    """What ``open_document`` takes to open it: the lesson's name."""
    number: int
    title: str
    done: bool = False
    started: bool = False

"""What the lab tells of a learner's way through lessons, written down as progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from tflab.curriculum.document import Document
from tflab.curriculum.progress import Progress

LONGEST_PAUSE: Final = 300.0
"""Seconds: what lies between two things that a learner does counts as work up to here."""


class Learner:
    """Notes steps of lessons; files of the learner's own leave no trace in the progress."""

    def __init__(self, progress: Progress, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds."""
        self._progress = progress
        self._clock = clock
        self._place: tuple[str, int] | None = None
        """The step in sight: the lesson's name, the step's index."""
        self._since = 0.0

    def first_step(self, document: Document) -> int:
        """Where the learner left off in a document; its first step where that is gone or unknown."""
        if document.kind != "lesson":
            return 0
        step = self._progress.lesson(document.path.stem).step
        return step if step < len(document.steps) else 0

    def opened(self, document: Document) -> None:
        """The next ``tflab`` begins at this document."""
        self.step_shown(document, self.first_step(document))

    def step_shown(self, document: Document, step: int) -> None:
        """The learner looks at a step."""
        self._count()
        self._place = None
        if document.kind == "lesson":
            self._place = document.path.stem, step
            self._progress.open_step(
                document.path.stem,
                step,
                steps=sum(1 for step in document.steps if step.source.strip()),
                exercises=sum(1 for step in document.steps if "exercise" in step.tags),
            )

    def passed(self, document: Document) -> frozenset[str]:
        """Names of the exercises of a lesson that have passed."""
        if document.kind != "lesson":
            return frozenset()
        return frozenset(self._progress.lesson(document.path.stem).passed)

    def exercise_passed(self, document: Document, exercise: str) -> None:
        """An exercise's check passed."""
        self._count()
        if document.kind == "lesson":
            self._progress.exercise_passed(document.path.stem, exercise)

    def step_ran(self, document: Document, step: int) -> None:
        """A step's code ran without an error."""
        self._count()
        if document.kind == "lesson":
            self._progress.step_ran(document.path.stem, step)

    def left(self) -> None:
        """The lab is being closed."""
        self._count()
        self._place = None

    def _count(self) -> None:
        """Adds the time since the last thing that was done to the step in sight."""
        now = self._clock()
        if self._place is not None:
            self._progress.spent(*self._place, min(now - self._since, LONGEST_PAUSE))
        self._since = now

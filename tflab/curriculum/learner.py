"""What the lab tells of a learner's way through lessons, written down as progress."""

from __future__ import annotations

from tflab.curriculum.document import Document
from tflab.curriculum.progress import Progress


class Learner:
    """Notes steps of lessons; files of the learner's own leave no trace in the progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

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
        if document.kind == "lesson":
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
        if document.kind == "lesson":
            self._progress.exercise_passed(document.path.stem, exercise)

    def step_ran(self, document: Document, step: int) -> None:
        """A step's code ran without an error."""
        if document.kind == "lesson":
            self._progress.step_ran(document.path.stem, step)

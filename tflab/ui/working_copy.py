"""The code of a document as the person has it now, kept in drafts."""

from __future__ import annotations

from typing import Final

from tflab.curriculum.document import Document
from tflab.ui.launch import Drafts

SAVE_AFTER: Final = 0.4
"""Seconds after the last key at which what was typed is kept."""
SAVE_WITHIN: Final = 0.6
"""Seconds after which it is kept though the typing goes on."""


class WorkingCopy:
    """A document and what was typed in it."""

    def __init__(self, document: Document, drafts: Drafts) -> None:
        self.document = document
        self._drafts = drafts
        self._sources = {
            index: source for index, source in drafts.load(document).items() if 0 <= index < len(document.steps)
        }
        self._unsaved: set[int] = set()
        self._edited_at = 0.0
        self._unsaved_since = 0.0

    def source(self, index: int) -> str:
        """The code of step ``index``: the draft where there is one."""
        return self._sources.get(index, self.document.steps[index].source)

    def is_edited(self, index: int) -> bool:
        """Whether the code differs from the file's."""
        return self.source(index) != self.document.steps[index].source

    def edit(self, index: int, source: str, now: float) -> None:
        """The code of step ``index`` is ``source`` from now on."""
        if source != self.source(index):
            self._sources[index] = source
            if not self._unsaved:
                self._unsaved_since = now
            self._unsaved.add(index)
            self._edited_at = now

    def first_line(self, index: int) -> int:
        """Line of the file that step ``index`` would begin at, were all drafts written into it; 1 but for scripts."""
        step = self.document.steps[index]
        if self.document.kind != "script":
            return step.first_line
        grown = sum(
            self.source(earlier.index).count("\n") - earlier.source.count("\n")
            for earlier in self.document.steps[:index]
        )
        return step.first_line + grown

    def line_in_step(self, index: int, line: int) -> int:
        """1-based line of step ``index`` that an event's ``line`` means, which counts in the file for scripts."""
        return line - self.first_line(index) + 1

    def save_if_due(self, now: float) -> None:
        """Keeps what was typed once the typing has paused, or has gone on for long."""
        if self._unsaved and (now - self._edited_at >= SAVE_AFTER or now - self._unsaved_since >= SAVE_WITHIN):
            self.save()

    def save(self) -> None:
        """Keeps what was typed, at once."""
        for index in sorted(self._unsaved):
            self._drafts.save(self.document, index, self.source(index))
        self._unsaved.clear()

    def edits(self) -> dict[int, str]:
        """The steps whose code differs from the file's."""
        return {step.index: self.source(step.index) for step in self.document.steps if self.is_edited(step.index)}

    def saved(self, document: Document) -> None:
        """What was typed is in the file: ``document`` is what it holds now, and no draft is needed."""
        for index in self.edits():
            # The file's own text ends a draft.
            self._drafts.save(self.document, index, self.document.steps[index].source)
        self.document = document
        self._sources.clear()
        self._unsaved.clear()

    @property
    def trouble(self) -> str:
        """One line where drafts are not being kept; else empty."""
        return self._drafts.trouble

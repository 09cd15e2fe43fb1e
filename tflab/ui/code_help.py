"""Names for the editor: from the live session, and where that knows none from code that is only read.

The session knows what has run, with shapes and dtypes; what it says of a chain of names is final. Reading knows what is
written but has not run; its answer may come later and is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tflab.protocol.editing_help import NameDescribed
from tflab.protocol.events import CompletionsOffered
from tflab.protocol.requests import CompleteRequest, DescribeRequest
from tflab.state.run_state import RunState
from tflab.state.terminal_text import plain
from tflab.ui.launch import Session, StaticNames
from tflab.ui.widgets.completion_list import NameOffer
from tflab.ui.widgets.signature_hint import CallShape

_WAIT: Final = 0.25
"""Seconds that the first answer is held back for the second."""


@dataclass
class _Question:
    """What was asked last, and the answers so far."""

    number: int
    asked_at: float
    chain: bool
    """Whether it is about the attributes of something."""
    shift: int
    """Characters of earlier steps before the source, for those that read them too."""
    expects_live: bool
    expects_read: bool
    live: CompletionsOffered | None = None
    read: CompletionsOffered | None = None
    offered: int = 0
    """How many answers the last offer was made of."""

    @property
    def answers(self) -> int:
        """How many have come."""
        return (self.live is not None) + (self.read is not None)

    @property
    def is_final(self) -> bool:
        """Whether no further answer matters."""
        known = self.chain and self.live is not None and bool(self.live.completions)
        return (self.live is not None or not self.expects_live) and (
            known or self.read is not None or not self.expects_read
        )

    def names(self) -> dict[str, str]:
        """Every name once, with what is said of it first."""
        live = () if self.live is None else self.live.completions
        read = () if self.read is None or (self.chain and live) else self.read.completions
        found: dict[str, str] = {}
        for each in (*live, *read):
            found.setdefault(each.name, each.detail)
        return found

    def start(self) -> int:
        """Where the word begins."""
        if self.live is not None and (self.live.completions or self.read is None):
            return self.live.start
        return self.read.start - self.shift if self.read is not None else 0


class CodeHelp:
    """Asks and brings the answers together. Questions have numbers; answers to earlier ones are dropped."""

    def __init__(self, session: Session, state: RunState, reading: StaticNames | None) -> None:
        self._session = session
        self._state = state
        self._reading = reading
        self._number = 0
        self._question: _Question | None = None
        self._description: int | None = None
        self._described: list[NameDescribed] = []

    # --- names --------------------------------------------------------------------------------------------------

    def complete(self, source: str, position: int, earlier: str, now: float) -> None:
        """Asks what could stand at ``position``; ``earlier`` is the code of the steps before."""
        self._number += 1
        word_begins = position
        while word_begins and (source[word_begins - 1].isalnum() or source[word_begins - 1] == "_"):
            word_begins -= 1
        chain = source[word_begins - 1 : word_begins] == "."
        self._question = _Question(
            self._number,
            now,
            chain=chain,
            shift=len(earlier),
            expects_live=self._state.session is not None,
            expects_read=self._reading is not None,
        )
        self._session.complete(CompleteRequest(request_id=self._number, source=source, position=position))
        if self._reading is not None:
            self._reading.complete(
                CompleteRequest(request_id=self._number, source=earlier + source, position=len(earlier) + position)
            )

    def take_offer(self, now: float) -> NameOffer | None:
        """What is to be shown from now on, where that has changed."""
        self._sort_answers()
        asked = self._question
        if asked is None or asked.answers == asked.offered or not (asked.is_final or now - asked.asked_at >= _WAIT):
            return None
        first, asked.offered = not asked.offered, asked.answers
        if asked.is_final:
            self._question = None
        names = [(plain(name), plain(detail)) for name, detail in asked.names().items()]
        return NameOffer(asked.start(), names, first=first, final=asked.is_final)

    # --- descriptions -------------------------------------------------------------------------------------------

    def describe(self, source: str, position: int, earlier: str, *, call: bool) -> int:
        """Asks what a name is, or what a ``call`` takes; the number of the question."""
        self._number += 1
        self._description = self._number
        self._described = []
        what: Any = "call" if call else "name"
        self._session.describe(DescribeRequest(request_id=self._number, source=source, position=position, what=what))
        if self._reading is not None:
            self._reading.describe(
                DescribeRequest(
                    request_id=self._number, source=earlier + source, position=len(earlier) + position, what=what
                )
            )
        return self._number

    def take_description(self) -> NameDescribed | None:
        """The best answer to the last question where it has come: one that knows something, or the last of all."""
        self._sort_answers()
        if self._description is None or not self._described:
            return None
        knowing = next((each for each in self._described if each.name), None)
        expected = (self._state.session is not None) + (self._reading is not None)
        if knowing is None and len(self._described) < expected:
            return None
        self._description = None
        return knowing or self._described[0]

    def _sort_answers(self) -> None:
        answers: list[Any] = [self._state.completions, self._state.described]
        self._state.completions = self._state.described = None
        read = self._reading.drain() if self._reading is not None else []
        for answer, is_live in [*((each, True) for each in answers), *((each, False) for each in read)]:
            if isinstance(answer, CompletionsOffered):
                if self._question is not None and answer.request_id == self._question.number:
                    setattr(self._question, "live" if is_live else "read", answer)
            elif isinstance(answer, NameDescribed) and answer.request_id == self._description:
                # What is live is worth more than what was read.
                self._described.insert(0 if is_live else len(self._described), answer)


def call_shape(described: NameDescribed | None) -> CallShape | None:
    """The call that a description is of."""
    if described is None or not described.name or described.parameters is None:
        return None
    name = plain(described.name).rpartition(".")[2]
    return CallShape(name, tuple(map(plain, described.parameters)), described.active)

"""``input()``, ``getpass()`` and ``sys.stdin``: asked of the lab, answered by its requests."""

from __future__ import annotations

import builtins
import getpass
import sys
from queue import SimpleQueue
from typing import Any

from tflab.protocol.events import InputRequested
from tflab.session.channel import Channel
from tflab.session.streams import InputStream


class InputBroker:
    """Asks the lab for lines. Interrupting a cell that waits works: the wait is Python's own."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._answers: SimpleQueue[str | None] = SimpleQueue()
        self._waiting = 0
        self._closed = False

    def install(self) -> None:
        """Replaces ``input``, ``getpass.getpass`` and ``sys.stdin``."""
        builtins.input = self._input
        getpass.getpass = self._getpass
        sys.stdin = sys.__stdin__ = InputStream(lambda: self.ask("", secret=False))  # type: ignore[assignment,misc]

    def answer(self, line: str | None) -> None:
        """Passes on what was typed (None: the end of the input). An answer that nobody waits for is dropped."""
        if self._waiting:
            self._answers.put(line)

    def close(self) -> None:
        """For a process that the learner's code forked: there is no input."""
        self._closed = True

    def ask(self, prompt: str, *, secret: bool) -> str | None:
        """One line, without its newline; None at the end of the input."""
        if self._closed:
            return None
        self._waiting += 1
        try:
            while not self._answers.empty():
                self._answers.get_nowait()
            self._channel.emit(InputRequested(cell=self._channel.cell, prompt=prompt, secret=secret))
            return self._answers.get()
        finally:
            self._waiting -= 1

    def _input(self, prompt: object = "", /) -> str:
        answer = self.ask(str(prompt), secret=False)
        if answer is None:
            raise EOFError("EOF when reading a line")
        return answer

    def _getpass(self, prompt: str = "Password: ", stream: Any = None, **_: Any) -> str:
        answer = self.ask(prompt, secret=True)
        if answer is None:
            raise EOFError("EOF when reading a line")
        return answer

"""A session that says what a test tells it to, for everything that needs no TensorFlow."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tflab.cli.run_output import RunOutput
from tflab.curriculum.document import Document
from tflab.curriculum.notebook import read_document
from tflab.protocol.events import CellError, CellFinished, CellStarted, SessionReady
from tflab.protocol.requests import RunCellRequest

READY = SessionReady(tensorflow="2.21.0", keras="3.15.1", python="3.11.7", isolation="full")

Script = Mapping[int, Sequence[Any]]


def finished(cell: int, status: Any = "ok", **fields: Any) -> CellFinished:
    """The end of a cell."""
    return CellFinished(cell=cell, status=status, seconds=0.1, **fields)


def failed(cell: int, name: str = "ValueError") -> CellFinished:
    """The end of a cell that raised."""
    error = CellError(name=name, message="no", line=1, traceback=f"Traceback of {name}")
    return finished(cell, "error", error=error)


class ScriptedSession:
    """Answers each cell with the events of the script, `CellStarted` first; a callable in it is called."""

    def __init__(self, script: Script, first: Sequence[Any] = (READY,)) -> None:
        self.ran: list[RunCellRequest] = []
        self.answers: list[str | None] = []
        self.interrupts = 0
        self.restarts = 0
        self.closed = False
        self.on_interrupt: Sequence[Any] = ()
        self.on_restart: Sequence[Any] = ()
        self.at_close: Sequence[Any] = ()
        self._script = script
        self._first = first
        self._pending: list[Any] = []

    def start(self) -> None:
        self._pending += self._first

    def run(self, request: RunCellRequest, timeout: float | None = None) -> None:
        self.ran.append(request)
        self._pending += [CellStarted(cell=request.cell, source=request.source), *self._script.get(request.cell, ())]

    def interrupt(self) -> None:
        self.interrupts += 1
        self._pending += self.on_interrupt

    def restart(self) -> None:
        self.restarts += 1
        self._pending += self.on_restart

    def answer_input(self, line: str | None) -> None:
        self.answers.append(line)
        self._pending.append(finished(self.ran[-1].cell))

    def drain(self) -> list[Any]:
        events = [event for event in self._pending if not callable(event)]
        actions: list[Callable[[], None]] = [event for event in self._pending if callable(event)]
        self._pending = []
        for action in actions:
            action()
        return events

    def wait(self, timeout: float | None = None) -> bool:
        return bool(self._pending)

    def close(self) -> None:
        self.closed = True
        self._pending = list(self.at_close)


class Streams:
    """stdout and stderr as files that can be read back, and the order in which they were written."""

    def __init__(self) -> None:
        self.stdout, self.stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        self.output = RunOutput(self.stdout, self.stderr)

    def text(self, name: str) -> str:
        stream: io.TextIOWrapper = getattr(self, name)
        stream.flush()
        buffer = stream.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


def cells(folder: Path, *sources: str) -> Document:
    """A script with these cells."""
    path = folder / "cells.py"
    path.write_text("".join(f"# %%\n{source}\n" for source in sources))
    return read_document(path)


def send(number: signal.Signals) -> Callable[[], None]:
    """An action for a script: this process gets a signal."""
    return lambda: os.kill(os.getpid(), number)

"""Drawing on a terminal that goes."""

from __future__ import annotations

import contextlib
import pty
import threading
from collections.abc import Iterator
from io import FileIO
from typing import IO, TextIO, cast

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tests.sessions import PATIENCE
from tflab.ui.drawing import LastingTerminal


@pytest.fixture
def ours_and_theirs() -> Iterator[tuple[FileIO, TextIO]]:
    """The two ends of a terminal: of who shows it, and of the program in it."""
    ours, theirs = pty.openpty()
    terminal = open(theirs, "w", encoding="utf-8")  # noqa: SIM115
    with FileIO(ours) as screen:
        yield screen, terminal
    # What was drawn last may have nowhere to go.
    with contextlib.suppress(OSError):
        terminal.close()


def test_whoever_draws_does_not_wait_for_a_terminal_that_is_gone(ours_and_theirs: tuple[FileIO, TextIO]) -> None:
    # GIVEN a terminal that goes while it is drawn on
    ours, terminal = ours_and_theirs
    writer = WriterThread(cast("IO[str]", LastingTerminal(terminal)))
    writer.start()
    writer.write("drawn")
    assert ours.read(100) == b"drawn"
    ours.close()

    # WHEN far more is drawn than waits anywhere, and drawing ends
    def draw() -> None:
        for _ in range(3 * MAX_QUEUED_WRITES):
            writer.write("lost")
        writer.stop()

    drawing = threading.Thread(target=draw, daemon=True)
    drawing.start()
    drawing.join(PATIENCE)

    # THEN nobody has waited
    assert not drawing.is_alive()
    assert not writer.is_alive()


def test_a_lasting_terminal_is_the_terminal_while_that_is_there(ours_and_theirs: tuple[FileIO, TextIO]) -> None:
    ours, terminal = ours_and_theirs
    lasting = LastingTerminal(terminal)
    assert (lasting.fileno(), lasting.isatty(), lasting.encoding) == (terminal.fileno(), True, "utf-8")
    assert lasting.write("é") == 1
    lasting.flush()
    assert ours.read(100) == "é".encode()

"""A lab with a session in memory, as a program: ``python -m tests.ui.lab_program [FAULT]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from tests.ui.doubles import MemoryDrafts, MemorySession, lesson, printed
from tflab.curriculum.document import Document
from tflab.ui import splash


class FaultySession(MemorySession):
    """Fails when a cell is run, or writes what a terminal must never see."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.make_ready()
        self.fault = fault

    def drain(self) -> list[Any]:
        """As in the double, with the fault."""
        if self.requests and self.fault == "crash":
            raise RuntimeError("a fault in the lab itself")
        if self.requests and self.fault == "hostile":
            self.requests.clear()
            self.put(printed("\x1b]52;c;c3RvbGVu\x07\x1b]0;stolen title\x07\x1b[?1049l\x1b[2Jharmless\n"))
        return super().drain()


class FileDrafts(MemoryDrafts):
    """Drafts in the file that the test names."""

    def save(self, document: Document, index: int, source: str, /) -> None:
        """Writes the code."""
        Path(os.environ["DRAFT_FILE"]).write_text(source)


def main() -> None:
    """Shows the lab and ends with its status."""
    splash.show("loading")
    from tflab.ui import app
    from tflab.ui.app import run_lab

    fault = sys.argv[1] if len(sys.argv) > 1 else ""
    if fault == "stuck":
        # Its orderly end never comes, as where the terminal is gone and something still waits for it.
        app.LabApp.exit = lambda *_, **__: None  # type: ignore[method-assign]
        setattr(app, "_END_PATIENCE", 0.2)  # noqa: B010
    sys.exit(run_lab(lesson("x = 1", "y = 2"), FaultySession(fault), FileDrafts()))


if __name__ == "__main__":
    main()

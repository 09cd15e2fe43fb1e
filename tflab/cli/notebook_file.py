"""``--output``: the executed notebook."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from tflab.cli.event_file import UnwritableFile, reason_of
from tflab.curriculum.document import Document
from tflab.curriculum.executed_notebook import ExecutedNotebook
from tflab.curriculum.kept_files import write_atomically
from tflab.messages import text
from tflab.protocol.events import CellFinished, Event


class NotebookFile:
    """Written anew whenever a cell has ended, so that a run that is killed leaves what it had."""

    def __init__(self, path: str, document: Document) -> None:
        """Raises `UnwritableFile` where it could not be written at the end, before anything runs."""
        self._path = Path(path).absolute()
        self._shown = path
        if self._path.suffix.lower() != ".ipynb":
            raise UnwritableFile(text("cli.wrong.output_kind", path=path))
        try:
            if self._path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            with tempfile.TemporaryFile(dir=self._path.parent):
                pass
        except OSError as error:
            raise self._unwritable(error) from None
        self._notebook = ExecutedNotebook(document)

    def write(self, event: Event) -> None:
        """Takes an event. Raises `UnwritableFile` (a full disk)."""
        self._notebook.add(event)
        if isinstance(event, CellFinished):
            self._save()

    def _save(self) -> None:
        try:
            write_atomically(self._path, self._notebook.content())
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> UnwritableFile:
        return UnwritableFile(text("cli.wrong.output", path=self._shown, reason=reason_of(error)))

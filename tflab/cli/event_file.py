"""``--events``: every public event as a line of JSON."""

from __future__ import annotations

import os

from tflab.messages import text
from tflab.protocol.codec import to_json_line
from tflab.protocol.event_catalogue import PUBLIC_EVENTS
from tflab.protocol.events import Event


class UnwritableFile(Exception):
    """What a run is to write cannot be written; the message is one line for people."""


class EventFile:
    """Writes each line whole and at once, so that a reader (``tail -f``, a test) never sees half an event."""

    def __init__(self, path: str) -> None:
        """``path`` is replaced; ``-`` is stdout. Raises `UnwritableFile`."""
        self._path = path
        try:
            self._descriptor = (
                os.dup(1) if path == "-" else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
            )
        except (OSError, ValueError) as error:
            raise UnwritableFile(text("cli.wrong.events", path=path, reason=reason_of(error))) from None

    def write(self, event: Event, worker: int | str | None = None) -> None:
        """Writes the event, of one of several workers, if it is public. Raises `UnwritableFile` (a full disk),
        BrokenPipeError for stdout."""
        if not isinstance(event, PUBLIC_EVENTS):
            return
        line = memoryview(to_json_line(event, worker))
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UnwritableFile(text("cli.wrong.events", path=self._path, reason=reason_of(error))) from None

    def close(self) -> None:
        """Nothing more is written."""
        os.close(self._descriptor)


class WorkerEvents:
    """The events of one worker in a file that several share."""

    def __init__(self, file: EventFile, worker: int) -> None:
        self._file = file
        self._worker = worker

    def write(self, event: Event) -> None:
        """Writes the event if it is public. Raises as `EventFile.write`."""
        self._file.write(event, self._worker)


def reason_of(error: Exception) -> str:
    """The system's own words for why a file cannot be written."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)

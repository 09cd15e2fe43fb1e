"""``sys.stdout``, ``sys.stderr`` and ``sys.stdin`` of a session.

The output streams are made in the fork server, before anything is imported: loggers that keep the stream they found
at import then speak through the channel too. Until ``bind``, and again in a process that the learner's code forks,
they write to the raw descriptor.
"""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from tflab.protocol.events import StreamName


class TextSink(Protocol):
    """Where the text goes: the channel."""

    def write(self, name: StreamName, text: str) -> None:
        """Takes ``text`` of the stream ``name``."""


class _Bytes(io.RawIOBase):
    """``sys.stdout.buffer``: bytes of UTF-8 that may be cut anywhere."""

    def __init__(self, stream: OutputStream) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._stream.write(self._decoder.decode(piece))
        return len(piece)

    def close(self) -> None:
        """Stays open: the session goes on."""


class OutputStream(io.TextIOBase):
    """Python's stdout or stderr, as frames in order."""

    def __init__(self, name: StreamName, descriptor: int) -> None:
        self._name: StreamName = name
        self._descriptor = descriptor
        self._sink: TextSink | None = None
        self._before_write: Callable[[], object] = bool
        self._line = ""
        self._buffer = _Bytes(self)
        self.name = f"<{name}>"
        self.mode = "w"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Always UTF-8."""
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """What UTF-8 cannot say is written as an escape."""
        return "backslashreplace"

    @property
    def buffer(self) -> _Bytes:
        """For bytes."""
        return self._buffer

    def bind(self, sink: TextSink | None, before_write: Callable[[], object] = bool) -> None:
        """From now on text goes to ``sink``, after ``before_write()``; to the raw descriptor where it is None."""
        self._sink = sink
        self._before_write = before_write

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            if self._sink is not None:
                self._before_write()
                self._sink.write(self._name, text)
            else:
                # Whole lines, so that those of several processes do not mix.
                done, newline, self._line = (self._line + text).rpartition("\n")
                self._write_raw(done + newline)
        return len(text)

    def _write_raw(self, text: str) -> None:
        data = text.encode("utf-8", "backslashreplace")
        while data:
            data = data[os.write(self._descriptor, data) :]

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        for line in lines:
            self.write(line)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._descriptor

    def flush(self) -> None:
        """Writes a line that has not ended; the channel sends within milliseconds by itself."""
        line, self._line = self._line, ""
        self._write_raw(line)

    def reconfigure(self, **_: Any) -> None:
        """Accepted, as of a text file; nothing is to be changed."""

    def close(self) -> None:
        """Stays open: the session goes on."""


class InputStream(io.TextIOBase):
    """``sys.stdin``: every line is asked of the lab."""

    def __init__(self, ask: Callable[[], str | None]) -> None:
        self._ask = ask
        self.name = "<stdin>"
        self.mode = "r"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Always UTF-8."""
        return "utf-8"

    def readable(self) -> bool:
        return True

    def readline(self, size: int = -1) -> str:  # type: ignore[override]
        answer = self._ask()
        return "" if answer is None else answer + "\n"

    def read(self, size: int | None = -1) -> str:
        lines = []
        while line := self.readline():
            lines.append(line)
        return "".join(lines)

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 0

    def close(self) -> None:
        """Stays open: ``exit()`` closes it, and the session goes on."""

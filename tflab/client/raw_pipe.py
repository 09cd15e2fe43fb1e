"""One of the two pipes for what a session writes below Python: to descriptor 1, or to descriptor 2."""

from __future__ import annotations

import os
from typing import Final

from tflab.client.raw_output import RawOutput
from tflab.protocol.events import StreamName

_PIECE: Final = 64 << 10


class RawPipe:
    """The lab's end, and the session's until that has travelled."""

    def __init__(self, name: StreamName) -> None:
        self.name: StreamName = name
        self._read, self.their_end = os.pipe()
        os.set_blocking(self._read, False)
        self._output = RawOutput(has_log=name == "stderr")

    def fileno(self) -> int:
        """The lab's end."""
        return self._read

    def read(self, *, final: bool = False) -> tuple[str, bool]:
        """The text of what is in the pipe, and whether more may come; with ``final`` nothing is kept back."""
        alive = True
        data = b""
        try:
            # Once: what comes meanwhile may have been written behind text that still travels.
            data = os.read(self._read, _PIECE)
            alive = bool(data)
            while final and data and (piece := os.read(self._read, _PIECE)):
                data += piece
        except BlockingIOError:
            pass
        except OSError:
            alive = False
        return self._output.feed(data, final=final), alive

    def close_theirs(self) -> None:
        """Closes this process's copy of the session's end."""
        os.close(self.their_end)

    def close(self) -> None:
        """Closes the lab's end."""
        os.close(self._read)

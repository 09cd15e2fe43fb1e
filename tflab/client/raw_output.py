"""What a session writes below Python: decoded, and descriptor 2 without TensorFlow's start-up chatter."""

from __future__ import annotations

import codecs
import re
from typing import Final

_LOG_LINE: Final = re.compile(
    r"(?:"
    r"[IW]\d{4} \d\d:\d\d:\S+ +\d+ \S+:\d+\]"
    r"|E\d{4} \d\d:\d\d:\S+ +\d+ (?:cuda|cudart|gpu|computation_placer|stream_executor|local_rendezvous)\w*\.cc:\d+\]"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IW] (?:tensorflow|external)/"
    r"|WARNING: All log messages before absl::InitializeLog\(\)"
    r"|To enable the following instructions: "
    r")"
)
_MAYBE_LOG_LINE: Final = re.compile(r"[IWE](?:\d{1,4}(?: .*)?)?\Z|\d{1,4}(?:-.*)?\Z")
_LONGEST_LINE: Final = 4096


class RawOutput:
    """Turns the bytes of the pipe into text for people. Control sequences stay: the interface strips them."""

    def __init__(self, *, has_log: bool) -> None:
        """``has_log``: this is where TensorFlow writes its log; in other output, lines like the log's are kept."""
        self._has_log = has_log
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._partial = ""

    def feed(self, data: bytes, *, final: bool = False) -> str:
        """The text of ``data`` that is to be shown now; with ``final`` nothing is kept back."""
        text = self._partial + self._decoder.decode(data, final)
        if not self._has_log:
            return text
        *lines, self._partial = text.split("\n")
        shown = [line + "\n" for line in lines if not _LOG_LINE.match(line)]
        if self._partial and (final or len(self._partial) > _LONGEST_LINE or not _MAYBE_LOG_LINE.match(self._partial)):
            if not _LOG_LINE.match(self._partial):
                shown.append(self._partial)
            self._partial = ""
        return "".join(shown)

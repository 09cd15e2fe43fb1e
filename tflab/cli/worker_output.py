"""The text of several programs in one stream: whole lines, each behind the name of who wrote it."""

from __future__ import annotations

from typing import Final

from tflab.cli.run_output import RunOutput
from tflab.protocol.events import StreamName

_LONGEST: Final = 8192
"""Characters of a line without an end that are held back."""


class WorkerOutput:
    """What one worker writes, in lines that no other worker's text gets into."""

    def __init__(self, output: RunOutput, label: str) -> None:
        self._output = output
        self._label = label
        self._open: dict[StreamName, str] = {}
        self.state = ""
        """The worker's live line."""

    def write(self, name: StreamName, text: str) -> None:
        """The program's own text, once a line is whole. Of a line that is drawn over (a progress bar) the last form
        counts."""
        *whole, rest = (self._open.get(name, "") + text).split("\n")
        self._open[name] = rest.rpartition("\r")[2] if "\r" in rest[:-1] else rest
        if len(rest) > _LONGEST:
            whole.append(self._open.pop(name))
        if whole:
            lines = (line.rstrip("\r").rpartition("\r")[2] for line in whole)
            self._output.write(name, "".join(f"{self._label} | {line}\n" for line in lines))

    def say(self, line: str) -> None:
        """A line of ours about this worker."""
        self._end_lines()
        # The summary names the worker in its head.
        self._output.say(line if line.startswith((" ", "--")) else f"{self._label} | {line}")

    def live(self, line: str) -> None:
        """What the worker does at the moment; shown together with the others'."""
        self.state = line
        if not line:
            self._end_lines()

    def _end_lines(self) -> None:
        for name, rest in tuple(self._open.items()):
            if rest.strip():
                self.write(name, "\n")

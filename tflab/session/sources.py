"""The names and lines under which cells are compiled, registered in ``linecache``.

Tracebacks, ``inspect.getsource`` and AutoGraph all read source lines by file name and number. A cell of a script
keeps the script's name and its lines in the file; any other cell gets a name of its own.
"""

from __future__ import annotations

import linecache
from dataclasses import dataclass, replace
from pathlib import Path

from tflab.protocol.requests import RunCellRequest


@dataclass(frozen=True)
class CellSource:
    """A cell as it is compiled."""

    code: str
    """Without leading blank lines (cell magics have to come first)."""
    filename: str
    """``<cell 3>`` (1-based, as people count), ``<cell 3, run 2>`` for a later run, or the script."""
    first_line: int
    """Line of ``filename`` that the request's source starts at."""
    line_offset: int
    """Lines of ``filename`` before ``code``."""

    def without_blank_lines(self) -> CellSource:
        """The same from its first line that is not blank."""
        code, offset = self.code, self.line_offset
        for line in self.code.splitlines(keepends=True):
            if line.strip():
                break
            offset += 1
            code = code[len(line) :]
        return replace(self, code=code, line_offset=offset)

    def after(self, beginning: str) -> CellSource:
        """The same without ``beginning``, one line or several that it starts with."""
        shorter = replace(self, code=self.code[len(beginning) :], line_offset=self.line_offset + beginning.count("\n"))
        return shorter.without_blank_lines()


class CellSources:
    """Names cells and keeps their lines where Python looks for them."""

    def __init__(self) -> None:
        self._runs: dict[int, int] = {}
        self._scripts: dict[str, list[str]] = {}
        self._names: set[str] = set()

    def register(self, request: RunCellRequest) -> CellSource:
        """Makes the lines of ``request`` known and says under which name they run."""
        if request.filename:
            name, first_line = request.filename, request.first_line
            lines = self._overlaid(name, request.source, first_line)
        else:
            run = self._runs[request.cell] = self._runs.get(request.cell, 0) + 1
            name = f"<cell {request.cell + 1}>" if run == 1 else f"<cell {request.cell + 1}, run {run}>"
            first_line = 1
            lines = [line + "\n" for line in request.source.splitlines()]
        self._names.add(name)
        # No modification time: linecache.checkcache leaves the entry alone although no such file may exist.
        linecache.cache[name] = (sum(map(len, lines)), None, lines, name)
        return CellSource(
            code=request.source, filename=name, first_line=first_line, line_offset=first_line - 1
        ).without_blank_lines()

    def __contains__(self, filename: object) -> bool:
        """Whether ``filename`` is a cell's."""
        return filename in self._names

    def _overlaid(self, name: str, source: str, first_line: int) -> list[str]:
        lines = self._scripts.get(name)
        if lines is None:
            try:
                text = Path(name).read_text(encoding="utf-8", errors="replace")
            except OSError:
                text = ""
            lines = self._scripts[name] = [line + "\n" for line in text.splitlines()]
        cell = [line + "\n" for line in source.splitlines()]
        while len(lines) < first_line - 1:
            lines.append("\n")
        lines[first_line - 1 : first_line - 1 + len(cell)] = cell
        return lines

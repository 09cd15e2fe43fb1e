"""Which run of which cell a line of code belongs to, and what its file is called for people.

Every run of a notebook's cell is compiled under a name of its own (``<cell 3>``, ``<cell 3, run 2>``), a script's
cells under the name of the script. In events a place keeps one name, whichever run it is; the steps of a gradient
call start anew where its cell has run anew, since its code was defined anew.
"""

from __future__ import annotations

import bisect
import linecache
import re
from typing import Final, NamedTuple

from tflab.protocol.events import Site
from tflab.session.probes.user_site import statement_line

_RUN: Final = re.compile(r", run \d+>$")


class Place(NamedTuple):
    """A statement of the learner's."""

    site: Site
    run: int
    """Which run of a cell defined it, counted over the session; 0 for code of no cell, a module say."""


class CellRuns:
    """The cells that have run so far."""

    def __init__(self) -> None:
        self._latest: dict[str, str] = {}
        self._starts: dict[str, list[int]] = {}
        self._runs: dict[str, list[int]] = {}
        self.running: tuple[str, int] = ("", 1)
        """File and first line of the cell that runs or ran last."""

    def started(self, filename: str, first_line: int, run: int) -> None:
        """Code compiled under ``filename`` from ``first_line`` runs: the ``run``-th run of any cell."""
        self._latest[self.name(filename)] = filename
        self.running = (filename, first_line)
        starts, runs = self._starts.setdefault(filename, []), self._runs.setdefault(filename, [])
        index = bisect.bisect_left(starts, first_line)
        if index < len(starts) and starts[index] == first_line:
            runs[index] = run
        else:
            starts.insert(index, first_line)
            runs.insert(index, run)

    @staticmethod
    def name(filename: str) -> str:
        """What ``filename`` is called in events."""
        return _RUN.sub(">", filename)

    def latest(self, name: str) -> str:
        """What Python calls the file that events call ``name``, as it ran last."""
        return self._latest.get(name, name)

    def place(self, filename: str, line: int, call: int = 0) -> Place:
        """The place of the statement that holds ``line`` of a file as Python names it."""
        line = statement_line(filename, line)
        index = bisect.bisect_right(self._starts.get(filename, ()), line) - 1
        run = self._runs[filename][index] if index >= 0 else 0
        return Place(Site(file=self.name(filename), line=line, call=call), run)

    def traced_place(self, filename: str, line: int, call: int = 0) -> Place:
        """As `place`, for a line that AutoGraph named: it remembers equal code under the name of an earlier run."""
        latest = self.latest(self.name(filename))
        if linecache.getline(latest, line) == linecache.getline(filename, line):
            filename = latest
        return self.place(filename, line, call)

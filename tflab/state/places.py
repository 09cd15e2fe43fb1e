"""Where in the learner's code something happened, independent of how often it has run.

A session compiles every run of a cell under a name of its own: ``<cell 3>``, then ``<cell 3, run 2>``. To the learner
both are step 3.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from tflab.protocol.events import Site
from tflab.state.terminal_text import plain

_CELL = re.compile(r"<cell (\d+)(?:, run \d+)?>\Z")


class Place(NamedTuple):
    """A line of a step or of a file."""

    file: str
    """``<cell 3>`` for a step of a lesson or notebook, else the path."""
    line: int


FunctionKey: TypeAlias = tuple[str, Place]
"""A function by its qualified name and where it is defined, whichever run of its cell did that."""


def place_of(site: Site) -> Place:
    """The place of ``site``, the same for every run of its cell."""
    cell = _CELL.match(site.file)
    return Place(f"<cell {cell[1]}>" if cell else plain(site.file), site.line)


def step_number(place: Place) -> int | None:
    """The 1-based step that the place is in; None for a file."""
    cell = _CELL.match(place.file)
    return int(cell[1]) if cell else None

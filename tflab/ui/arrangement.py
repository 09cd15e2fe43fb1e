"""Where the panes go: arithmetic on the size of the screen, without any widget.

Wide screens show everything side by side: lessons, prose, and a column of code, output and inspector. Normal ones leave
the lesson list out. Narrow ones show the code above one strip of tabs, to which output and prose are added. Below
`SMALLEST` nothing can be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

Width = Literal["tiny", "narrow", "normal", "wide"]
_BESIDE_TITLE = 8
"""Cells of a line of the lesson list that are not title: its frame, mark, number and scroll bar."""
Pane = Literal["lessons", "prose", "code", "output", "inspector"]

SMALLEST: Final = (40, 12)
NORMAL: Final = 100
WIDE: Final = 140
_SHORT: Final = 26
"""Rows below which a screen is treated as narrow however wide it is: three panes in a column need more."""


class Place(NamedTuple):
    """A rectangle in cells."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Shares:
    """How the space is divided; what a person changes by dragging a border or by keys."""

    prose: float = 0.40
    """Of the width that lessons leave."""
    code: float = 0.40
    """Of the height of the working column."""
    output: float = 0.24

    def moved(self, pane: Pane, by: float) -> Shares:
        """With ``pane`` larger by the fraction ``by``, within limits that keep every pane usable."""
        if pane in ("prose", "lessons"):
            return replace(self, prose=min(0.7, max(0.2, self.prose + by)))
        code, output = self.code, self.output
        if pane == "code":
            code += by
        elif pane == "output":
            output += by
        else:
            code, output = code - by / 2, output - by / 2
        code = min(0.6, max(0.15, code))
        return replace(self, code=code, output=min(0.8 - code, max(0.12, output)))


def border_at(places: Mapping[Pane, Place], x: int, y: int) -> Pane | None:
    """The pane whose size changes by dragging the border at a cell: the one to the left of it, or above it."""
    for pane in ("prose", "code", "output"):
        place = places.get(pane)
        if place is None:
            continue
        right, bottom = place.x + place.width, place.y + place.height
        if pane == "prose":
            if x in (right - 1, right) and "code" in places:
                return pane
        elif y in (bottom - 1, bottom) and place.x <= x < right and len(places) > 2:
            below = places.get("output" if pane == "code" else "inspector")
            if below is not None and below.y == bottom and below.x == place.x:
                return pane
    return None


def width_of(columns: int, rows: int) -> Width:
    """Which of the arrangements fits."""
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return "tiny"
    if columns < NORMAL or rows < _SHORT:
        return "narrow"
    return "normal" if columns < WIDE else "wide"


def arrange(
    columns: int,
    rows: int,
    *,
    shares: Shares = Shares(),
    maximised: Pane | None = None,
    lower: Pane = "inspector",
    reading: bool = False,
    lessons: bool = True,
    longest_title: int = 0,
    prose: bool = True,
) -> dict[Pane, Place]:
    """The place of every pane that is shown on ``columns`` by ``rows`` cells.

    ``lower`` is the pane below the code on a narrow screen; ``reading`` gives the prose the whole height there;
    ``lessons`` is whether there is a lesson list, ``longest_title`` the cells of a title in it, ``prose`` whether there
    is any. On a narrow screen the inspector is always there, at least its strip of tabs, one row high.
    """
    width = width_of(columns, rows)
    if width == "tiny":
        return {}
    if width == "narrow":
        return _narrow(columns, rows, maximised, lower, reading)
    if maximised is not None:
        return {maximised: Place(0, 0, columns, rows)}
    if not prose:
        return _without_prose(columns, rows, shares)
    places: dict[Pane, Place] = {}
    left = 0
    if width == "wide" and lessons:
        left = max(26, min(32, columns // 6), min(36, longest_title + _BESIDE_TITLE))
        places["lessons"] = Place(0, 0, left, rows)
    reading_width = max(34, min(round((columns - left) * shares.prose), 96))
    places["prose"] = Place(left, 0, reading_width, rows)
    x = left + reading_width
    code = max(5, round(rows * shares.code))
    output = max(4, round(rows * shares.output))
    places["code"] = Place(x, 0, columns - x, code)
    places["output"] = Place(x, code, columns - x, output)
    places["inspector"] = Place(x, code + output, columns - x, rows - code - output)
    return places


def _without_prose(columns: int, rows: int, shares: Shares) -> dict[Pane, Place]:
    """A script needs no room for prose: code above output, and the inspector beside them."""
    left = min(columns - 48, round(columns * (1 - shares.prose) * 0.92))
    code = max(5, min(rows - 5, round(rows * (shares.code + 0.25))))
    return {
        "code": Place(0, 0, left, code),
        "output": Place(0, code, left, rows - code),
        "inspector": Place(left, 0, columns - left, rows),
    }


def _narrow(columns: int, rows: int, maximised: Pane | None, lower: Pane, reading: bool) -> dict[Pane, Place]:
    strip = 1
    if maximised == "code":
        return {"code": Place(0, 0, columns, rows)}
    if maximised is not None or (reading and lower == "prose"):
        code = 0
    else:
        code = (rows - strip + 1) // 2
    places: dict[Pane, Place] = {"code": Place(0, 0, columns, code)} if code else {}
    below = rows - code - strip
    if lower == "inspector":
        places["inspector"] = Place(0, code, columns, strip + below)
    else:
        places["inspector"] = Place(0, code, columns, strip)
        places[lower] = Place(0, code + strip, columns, below)
    return places

"""Cells that stand for the parts of a picture, in terminals that know kitty's graphics protocol.

A placeholder is a character of its own with two marks above it, the row and the column of the picture; the number of
the picture is its colour. So a picture is text to everything between here and the terminal: it scrolls, is clipped and
goes as text does. See https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""

from __future__ import annotations

import re
from typing import Final

from tflab.ui.widgets.rows import Row

PLACEHOLDER: Final = "\U0010eeee"
# The first 128 of the protocol's table (rowcolumn-diacritics.txt): code points that combine with what is before them.
_CODE_POINTS: Final = (
    "0305 030d-030e 0310 0312 033d-033f 0346 034a-034c 0350-0352 0357 035b 0363-036f 0483-0487 0592-0595 "
    "0597-0599 059c-05a1 05a8-05a9 05ab-05ac 05af 05c4 0610-0617 0657-065b 065d-065e 06d6-06dc 06df-06e2 "
    "06e4 06e7-06e8 06eb-06ec 0730 0732-0733 0735-0736 073a 073d 073f-0741 0743 0745 0747 0749-074a "
    "07eb-07f1 07f3 0816-0819 081b-0823 0825-0827 0829-082c "
)


def _marks() -> tuple[str, ...]:
    spans = [span.partition("-") for span in _CODE_POINTS.split()]
    return tuple(chr(code) for first, _, last in spans for code in range(int(first, 16), int(last or first, 16) + 1))


MARKS: Final = _marks()
"""The mark of each row and column, from 0."""
_CELLS: Final = re.compile(PLACEHOLDER + f"[{''.join(MARKS)}]*")


def placeholder_rows(number: int, columns: int, lines: int) -> list[Row]:
    """The cells of picture ``number`` (24 bits), on white: it may be transparent. At most `MARKS` of each."""
    red, green, blue = number.to_bytes(3, "big")
    role = f"sgr:38;2;{red};{green};{blue};48;2;255;255;255"
    across = MARKS[:columns]
    return [[("".join(PLACEHOLDER + down + mark for mark in across), role)] for down in MARKS[:lines]]


def without_placeholders(shown: str) -> str:
    """``shown`` without the cells of pictures."""
    return _CELLS.sub("", shown)

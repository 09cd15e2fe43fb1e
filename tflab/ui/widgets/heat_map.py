"""Numbers as colours: two rows of them in one row of cells.

Orange is above and blue below zero where there are both; else dark to bright is small to large. What is not finite is
a cross. Without colours, shades of characters say the same, and then one number has one cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from tflab.protocol.tensor_looks import Element
from tflab.ui.widgets.rows import Row

_SHADES: Final = " ·░▒▓█"
_COLD: Final = (86, 180, 233)
_WARM: Final = (230, 159, 0)
_MIDDLE: Final = (24, 26, 30)
_SEQUENCE: Final = ((24, 26, 58), (20, 110, 140), (70, 190, 120), (245, 230, 80))
_FAULT: Final = (232, 99, 122)
_EMPTY: Final = (60, 64, 72)
_Colour = tuple[int, int, int]

Cells = Sequence[Sequence[Element]]


def bounds_of(cells: Cells) -> tuple[float, float] | None:
    """The least and the greatest finite number; None without any."""
    numbers = (_number(cell) for row in cells for cell in row)
    finite = [number for number in numbers if number is not None and math.isfinite(number)]
    return (min(finite), max(finite)) if finite else None


def heat_map(cells: Cells, scale: int = 1) -> list[Row]:
    """Rows of half blocks; each number is ``scale`` cells wide and half as many high."""
    bounds = bounds_of(cells)
    wide = [[cell for cell in row for _ in range(scale)] for row in cells for _ in range(scale)]
    width = max(map(len, wide), default=0)
    rows: list[Row] = []
    for at in range(0, len(wide), 2):
        upper, lower = wide[at], wide[at + 1] if at + 1 < len(wide) else []
        rows.append([_block(_at(upper, x), _at(lower, x), bounds) for x in range(width)])
    return [_joined(row) for row in rows]


def shade_map(cells: Cells, scale: int = 1) -> list[Row]:
    """The same without colours, a number twice ``scale`` cells wide."""
    bounds = bounds_of(cells)
    lines = ["".join(_shade(cell, bounds) * 2 * scale for cell in row) for row in cells]
    return [[(line, "")] for line in lines for _ in range(scale)]


def legend(cells: Cells) -> list[tuple[float, str]]:
    """The ends of the scale and what they look like, for a line below the map."""
    bounds = bounds_of(cells)
    if bounds is None:
        return []
    return [(number, f"sgr:38;2;{_sgr(_colour(number, bounds))}") for number in bounds]


_MISSING: Final = object()
"""Below the last row, and behind the end of one."""


def _at(row: Sequence[Element], x: int) -> object:
    return row[x] if x < len(row) else _MISSING


def _block(upper: object, lower: object, bounds: tuple[float, float] | None) -> tuple[str, str]:
    if _is_fault(upper) or _is_fault(lower):
        return ("×", f"sgr:1;38;2;{_sgr(_FAULT)}")
    above, below = (None if cell is _MISSING else _colour_of(cell, bounds) for cell in (upper, lower))
    if above is None and below is None:
        return (" ", "")
    if below is None:
        return ("▀", f"sgr:38;2;{_sgr(above or _EMPTY)}")
    if above is None:
        return ("▄", f"sgr:38;2;{_sgr(below)}")
    if above == below:
        return ("█", f"sgr:38;2;{_sgr(above)}")
    return ("▀", f"sgr:38;2;{_sgr(above)};48;2;{_sgr(below)}")


def _colour_of(cell: object, bounds: tuple[float, float] | None) -> _Colour | None:
    number = _number(cell)
    return None if number is None or bounds is None else _colour(number, bounds)


def _colour(number: float, bounds: tuple[float, float]) -> _Colour:
    low, high = bounds
    if low < 0 < high:
        part = number / max(-low, high)
        return _mixed(_MIDDLE, _WARM if part > 0 else _COLD, abs(part))
    part = _fraction(number, bounds) * (len(_SEQUENCE) - 1)
    at = min(int(part), len(_SEQUENCE) - 2)
    return _mixed(_SEQUENCE[at], _SEQUENCE[at + 1], part - at)


def _fraction(number: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    width = high - low
    return min(1.0, max(0.0, (number - low) / width)) if 0 < width < math.inf else 0.5


def _shade(cell: Element, bounds: tuple[float, float] | None) -> str:
    number = _number(cell)
    if number is None or bounds is None:
        return "×" if _is_fault(cell) else " "
    if not math.isfinite(number):
        return "×"
    low, high = bounds
    part = abs(number) / max(-low, high) if low < 0 < high else _fraction(number, bounds)
    return _SHADES[min(len(_SHADES) - 1, round(part * (len(_SHADES) - 1)))]


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, (bool, int, float)) else None


def _is_fault(cell: object) -> bool:
    return isinstance(cell, float) and not math.isfinite(cell)


def _mixed(one: _Colour, other: _Colour, part: float) -> _Colour:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _sgr(colour: _Colour) -> str:
    return ";".join(map(str, colour))


def _joined(row: Row) -> Row:
    """Neighbours that look the same as one span."""
    joined: Row = []
    for text, role in row:
        if joined and joined[-1][1] == role:
            joined[-1] = (joined[-1][0] + text, role)
        else:
            joined.append((text, role))
    return joined

"""Rows of text with roles instead of colours, and the arithmetic of fitting them into cells.

Panels are functions from state to rows; `tflab.ui.widgets.palette` gives each role its look in the theme in use. So a
panel can be tested with plain values, and a theme changes everything at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich.cells import cell_len, set_cell_size

Role: TypeAlias = str
"""``""`` plain, ``muted``, ``strong``, ``accent``, ``good``, ``bad``, ``warning``, ``curve0`` ... ``curve7``, or
``sgr:PARAMS`` for a program's own colours."""
Span: TypeAlias = tuple[str, Role]
Row: TypeAlias = list[Span]


def width_of(row: Row) -> int:
    """Cells that a row takes."""
    return sum(cell_len(text) for text, _ in row)


def text_of(row: Row) -> str:
    """The row without its roles."""
    return "".join(text for text, _ in row)


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells, with an ellipsis where some is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def cut_front(text: str, width: int) -> str:
    """As `cut`, but the end is kept: for paths and names whose end tells them apart."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    begin, room = len(text), width - 1
    while begin and (size := cell_len(text[begin - 1])) <= room:
        begin, room = begin - 1, room - size
    return "…" + text[begin:]


def pad(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """``text`` in exactly ``width`` cells."""
    text = cut(text, width)
    room = " " * (width - cell_len(text))
    return room + text if align == "right" else text + room


def fit(row: Row, width: int) -> Row:
    """The row in at most ``width`` cells, with an ellipsis where some is missing."""
    if width_of(row) <= width:
        return row
    fitted: Row = []
    left = width
    for index, (text, role) in enumerate(row):
        size = cell_len(text)
        more = any(later for later, _ in row[index + 1 :])
        if size < left or (size == left and not more):
            fitted.append((text, role))
            left -= size
            continue
        fitted.append((cut(text + "…", left) if size >= left else text, role))
        break
    return fitted


def spread(left: Row, right: Row, width: int) -> Row:
    """``left`` and ``right`` at the two ends of ``width`` cells; the left part gives way."""
    left = fit(left, max(0, width - width_of(right) - 1))
    gap = width - width_of(left) - width_of(right)
    return fit([*left, (" " * max(0, gap), ""), *right], width)


def wrap(row: Row, width: int, indent: int = 0) -> list[Row]:
    """The row broken into rows of at most ``width`` cells, at spaces where possible, later ones indented."""
    if width_of(row) <= width:
        return [row]
    indent = min(indent, max(0, width - 8))
    rows: list[Row] = [[]]
    left = width
    for text, role in row:
        while text:
            begun = left < (width if len(rows) == 1 else width - indent)
            head = _head(text, left)
            if head != text:
                at = text.rfind(" ", 0, len(head) + 1)
                if at > 0 and text[:at].strip():
                    head, text = text[:at], text[at:].lstrip(" ")
                elif begun and cell_len(text.split(" ", 1)[0]) <= width - indent:
                    # The word goes to the next row as a whole.
                    head, text = "", text.lstrip(" ")
                else:
                    text = text[len(head) :]
                if head:
                    rows[-1].append((head, role))
                rows.append([(" " * indent, "")] if indent else [])
                left = width - indent
            else:
                rows[-1].append((text, role))
                left -= cell_len(text)
                break
    return rows


def _head(text: str, width: int) -> str:
    """As much of ``text`` as fits in ``width`` cells."""
    size = 0
    for at, character in enumerate(text):
        size += cell_len(character)
        if size > width:
            return text[:at]
    return text


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    title: str
    align: Literal["left", "right"] = "left"
    importance: int = 0
    """Columns of the lowest importance are left out first where the table is too wide."""
    keep: Literal["start", "end"] = "start"
    """Which part stays of a cell that is cut."""
    smallest: int = 0
    """Where greater than 0, the column may be cut down to this many cells before another is left out."""


Cell: TypeAlias = "Span | Row"


def table(columns: Sequence[Column], cells: Sequence[Sequence[Cell]], width: int) -> tuple[Row, list[Row]]:
    """The heading and the rows of a table in at most ``width`` cells, columns two cells apart."""
    natural = [
        max([cell_len(column.title), *(_cell_width(row[number]) for row in cells)])
        for number, column in enumerate(columns)
    ]
    shown = list(range(len(columns)))

    def total(widths: Sequence[int]) -> int:
        return sum(widths[number] for number in shown) + 2 * (len(shown) - 1)

    smallest = [min(size, column.smallest or size) for size, column in zip(natural, columns, strict=True)]
    while len(shown) > 1 and total(smallest) > width:
        least = min(columns[number].importance for number in shown)
        shown.remove(max(number for number in shown if columns[number].importance == least))
    widths = list(natural)
    for number in sorted(shown, key=lambda number: columns[number].importance):
        excess = total(widths) - width
        if excess > 0 and columns[number].smallest:
            widths[number] = max(smallest[number], widths[number] - excess)
    heading = _table_row([(columns[number].title, "muted") for number in shown], columns, shown, widths)
    rows = [_table_row([row[number] for number in shown], columns, shown, widths) for row in cells]
    return fit(heading, width), [fit(row, width) for row in rows]


def _cell_width(cell: Cell) -> int:
    return cell_len(cell[0]) if isinstance(cell, tuple) else width_of(cell)


def _table_row(cells: Sequence[Cell], columns: Sequence[Column], shown: Sequence[int], widths: Sequence[int]) -> Row:
    row: Row = []
    for position, (cell, number) in enumerate(zip(cells, shown, strict=True)):
        if position:
            row.append(("  ", ""))
        size = widths[number]
        if isinstance(cell, tuple):
            text = cut_front(cell[0], size) if columns[number].keep == "end" else cell[0]
            row.append((pad(text, size, columns[number].align), cell[1]))
        else:
            fitted = fit(cell, size)
            room = (" " * (size - width_of(fitted)), "")
            row += [room, *fitted] if columns[number].align == "right" else [*fitted, room]
    return row

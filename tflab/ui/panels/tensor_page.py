"""What a look into one tensor shows, as rows: what it is, its statistics, which slice, and the slice."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from tflab.messages import text
from tflab.protocol.events import TensorRecord
from tflab.protocol.tensor_looks import Element, TensorMeasured, TensorRead
from tflab.state.terminal_text import plain
from tflab.ui.widgets.figures import duration, memory, number, shape, sparkline
from tflab.ui.widgets.heat_map import heat_map, legend, shade_map
from tflab.ui.widgets.rows import Row, cut, fit, pad, spread

_FLOAT_WIDTH: Final = 9
_TEXT_WIDTH: Final = 14
_WIDE: Final = 60
_LOW: Final = 14
"""Rows below which a view has none to spare for counts."""


@dataclass(frozen=True)
class Look:
    """Which slice of which tensor is looked at, and how."""

    name: str
    at: tuple[int, ...] = ()
    axes: tuple[int, ...] = ()
    overview: bool = False
    axis: int | None = None
    """The axis that keys move along, of those that are neither down nor across."""

    def moved(self, lengths: tuple[int, ...], axis: int, by: int) -> Look:
        """``by`` elements further along an axis, as far as there are any."""
        at = [*self.at, *[0] * len(lengths)][: len(lengths)]
        at[axis] = max(0, min(at[axis] + by, lengths[axis] - 1))
        return replace(self, at=tuple(at))


@dataclass(frozen=True)
class Seen:
    """What is known of the tensor that is looked at."""

    record: TensorRecord | None
    before: TensorRecord | None
    """As the last run began; None where the run has not changed it."""
    read: TensorRead | None
    """The last answer; None while it is waited for."""
    measured: TensorMeasured | None


def tensor_rows(look: Look, seen: Seen, width: int, height: int, *, colours: bool = True) -> list[Row]:
    """The whole view, in exactly ``height`` rows or fewer."""
    head = _head(seen, look, width, is_low=height < _LOW)
    read = seen.read
    if read is None:
        return [*head, [(text("ui.tensor.waiting"), "muted")]][:height]
    if read.problem:
        return [*head, [("⚠ ", "warning-strong"), (plain(read.problem), "warning")]][:height]
    if not read.elements:
        shown: list[Row] = [fit([(plain(line), "")], width) for line in read.details]
        if read.lengths:
            shown = [[(text("ui.tensor.nothing"), "muted")]]
        return [*head, *shown][:height]
    head.append(_slice_row(look, read, width))
    room = height - len(head)
    body = _map_rows(read, width, room, colours) if look.overview else _number_rows(read, seen, width, room)
    return [*head, *body][:height]


def window_size(seen: Seen, width: int, height: int, *, overview: bool, colours: bool) -> tuple[int, int]:
    """Rows and columns of elements that such a view has room for."""
    head = len(_head(seen, Look(""), width, is_low=height < _LOW)) + 1
    rows = max(1, height - head - 1)
    if overview:
        return (rows * 2, width) if colours else (rows, width // 2)
    return rows, max(1, (width - _label_width(seen.read)) // (cell_width(seen.record) + 1))


def cell_width(record: TensorRecord | None) -> int:
    """Cells that one element takes as a number."""
    kind = record.dtype or "" if record is not None else ""
    if kind in ("string", "complex64", "complex128", "object") or kind.startswith(("<U", "|S", ">U")):
        return _TEXT_WIDTH
    if record is not None and kind.startswith(("int", "uint", "bool")) and None not in (record.min, record.max):
        longest = max(len(f"{value:.0f}") for value in (record.min, record.max) if value is not None)
        # A sample may have missed the longest.
        return max(3, longest + (2 if record.sampled else 0))
    return _FLOAT_WIDTH


def _head(seen: Seen, look: Look, width: int, *, is_low: bool) -> list[Row]:
    record = seen.record
    if record is None:
        return [[(plain(look.name), "strong")]]
    facts = "  ".join(
        part
        for part in (
            text("ui.tensors.kinds." + record.kind) if record.kind in KINDS else plain(record.kind),
            plain(record.dtype or ""),
            shape(record.shape),
            plain(record.device or ""),
            memory(record.bytes) if record.bytes is not None else "",
        )
        if part
    )
    exact = seen.measured.record if seen.measured is not None else None
    histogram = sparkline([float(count) for count in (exact or record).histogram])
    title: Row = [(plain(record.name), "strong"), ("  " + facts, "muted")]
    rows: list[Row] = [
        spread(title, [(histogram, "curve0")], width) if histogram and width >= _WIDE else fit(title, width)
    ]
    if exact is not None or record.examined:
        rows.append(_statistics(exact or record, seen.measured, width, is_low=is_low))
        if not is_low:
            rows.append(_counts(exact or record, width))
    elif seen.measured is not None and seen.measured.problem:
        rows.append([(plain(seen.measured.problem), "warning")])
    if seen.before is not None and seen.before.examined and not is_low:
        rows.append(fit([(text("ui.tensor.before") + "  ", "muted"), *_figures(seen.before, "muted")], width))
    return rows


def _statistics(record: TensorRecord, measured: TensorMeasured | None, width: int, *, is_low: bool) -> Row:
    examined, size = record.examined or 0, _size(record)
    if measured is not None and measured.record is record:
        told = text("ui.tensor.measured", count=f"{examined:,}", time=duration(measured.seconds))
    elif record.sampled:
        told = text("ui.tensor.sample", count=f"{examined:,}", size=f"{size:,}" if size else "?")
    else:
        told = text("ui.tensor.only") if examined == 1 else text("ui.tensor.all", count=f"{examined:,}")
    # Where there is no room for all the counts, those that mean trouble still have to be seen.
    faults = fault_spans(record) if is_low else []
    left = [*faults, *_figures(record, "")]
    return spread(left, [(told, "muted")], width) if width >= _WIDE else fit([*left, ("   " + told, "muted")], width)


def fault_spans(record: TensorRecord) -> Row:
    """NaN and infinite elements, where there are any."""
    found = ((record.nan, "ui.tensors.nan"), (record.inf, "ui.tensors.inf"))
    return [(f"⚠ {text(key, count=f'{count:,}')} ", "bad") for count, key in found if count]


def _figures(record: TensorRecord, role: str) -> Row:
    row: Row = []
    if record.min is not None:
        row.append((f"{number(record.min)} … {number(record.max)}", role))
        for label, value in (("ui.tensors.mean", record.mean), ("ui.tensors.std", record.std)):
            row += [("   " + text(label) + " ", "muted"), (number(value), role)]
    return row


def _counts(record: TensorRecord, width: int) -> Row:
    """How many elements are of which sign, and how many are not finite."""
    examined, infinite, below = record.examined or 0, record.inf or 0, record.negative_inf or 0
    zeros, negative, nan = record.zeros or 0, record.negative or 0, record.nan or 0
    parts = (
        ("-inf", below, True),
        (text("ui.tensor.negative"), negative, False),
        (text("ui.tensor.zero"), zeros, False),
        (text("ui.tensor.positive"), examined - infinite - nan - zeros - negative, False),
        ("+inf", infinite - below, True),
        ("NaN", nan, True),
    )
    row: Row = []
    for label, count, is_fault in parts:
        row.append((f"{label} ", "muted"))
        row.append((f"{'⚠ ' if is_fault and count else ''}{count:,}  ", "bad" if is_fault and count else ""))
    return fit(row, width)


def _size(record: TensorRecord) -> int | None:
    if record.shape is None or None in record.shape:
        return None
    return math.prod(length or 0 for length in record.shape)


def _slice_row(look: Look, read: TensorRead, width: int) -> Row:
    """``cube[0, :, :]``, and which part of it is in sight; the axis that keys move along stands out."""
    row: Row = [(plain(read.name) + "[", "accent")]
    for axis, index in enumerate(read.at):
        row.append((", " if axis else "", "accent"))
        if axis in read.axes:
            row.append((":", "accent"))
        else:
            row.append((str(index), "chosen" if axis == moving_axis(look, read) else "accent"))
    row.append(("]", "accent"))
    if look.overview:
        each = read.step[0] * read.step[1]
        if each > 1:
            key = "ui.tensor.means_sampled" if read.sampled else "ui.tensor.means"
            row.append(("   " + text(key, count=f"{each:,.0f}"), "muted"))
    else:
        for axis, arrow in zip(read.axes, "↓→" if len(read.axes) == 2 else "→", strict=False):
            first = read.at[axis]
            count = _count_in_sight(read, axis)
            row.append((f"   {arrow} {first:,}–{first + count - 1:,} / {read.lengths[axis]:,}", "muted"))
    return fit(row, width)


def _count_in_sight(read: TensorRead, axis: int) -> int:
    if len(read.axes) == 1:
        return sum(map(len, read.elements))
    return len(read.elements) if axis == read.axes[0] else max(map(len, read.elements), default=0)


def moving_axis(look: Look, read: TensorRead) -> int | None:
    """The axis along which keys go to another plane; None where all axes are in sight."""
    fixed = [axis for axis in range(len(read.lengths)) if axis not in read.axes]
    if not fixed:
        return None
    return look.axis if look.axis in fixed else fixed[0]


def _number_rows(read: TensorRead, seen: Seen, width: int, height: int) -> list[Row]:
    each, label = cell_width(seen.record), _label_width(read)
    columns = max(1, (width - label) // (each + 1))
    rows: list[Row] = []
    is_plane = len(read.axes) == 2
    if is_plane:
        first = read.at[read.axes[1]]
        heads = [pad(str(first + index), each + 1, "right") for index in range(min(columns, len(read.elements[0])))]
        rows.append([(" " * label, ""), ("".join(heads), "muted")])
    for index, elements in enumerate(read.elements[: max(0, height - len(rows))]):
        row: Row = [(pad(_row_label(read, index), label - 1, "right") + " ", "muted")] if label else []
        for element in elements[:columns]:
            shown, role = _element(element, each)
            row.append((pad(shown, each + 1, "right"), role))
        rows.append(row)
    return [fit(row, width) for row in rows]


def _row_label(read: TensorRead, index: int) -> str:
    if read.labels:
        return str(read.labels[index]) if index < len(read.labels) else ""
    if len(read.axes) == 2:
        return str(read.at[read.axes[0]] + index)
    return str(read.at[read.axes[0]] + sum(len(row) for row in read.elements[:index])) if read.axes else ""


def _label_width(read: TensorRead | None) -> int:
    if read is None or not read.axes:
        return 0
    return max(3, len(str(max(read.lengths[read.axes[0]], *read.labels, 0)))) + 1


def _element(element: Element, width: int) -> tuple[str, str]:
    if element is None:
        return "·", "faint"
    if isinstance(element, float):
        return (number(element), "" if math.isfinite(element) else "bad")
    if isinstance(element, str):
        return cut(plain(element.replace("\n", "⏎")), width), ""
    return str(element), ""


def _map_rows(read: TensorRead, width: int, height: int, colours: bool) -> list[Row]:
    if not any(isinstance(cell, (int, float)) for row in read.elements for cell in row):
        return [[(text("ui.tensor.no_map"), "muted")]]
    tall, wide = len(read.elements), max(map(len, read.elements))
    room = max(1, height - 1)
    scale = max(1, min(width // max(1, wide), 2 * room // max(1, tall), 8))
    if colours:
        rows = heat_map(read.elements, scale)
    else:
        scale = max(1, min(width // max(1, 2 * wide), room // max(1, tall), 4))
        rows = shade_map(read.elements, scale)
    shown = [fit(row, width) for row in rows[:room]]
    return [*shown, _legend(read, colours, width)]


def _legend(read: TensorRead, colours: bool, width: int) -> Row:
    ends = legend(read.elements)
    row: Row = []
    for index, (value, role) in enumerate(ends):
        row += [("   " if index else "", ""), ("■ " if colours else "", role), (number(value), "muted")]
    if any(isinstance(cell, float) and not math.isfinite(cell) for line in read.elements for cell in line):
        row.append(("   × " + text("ui.tensor.not_finite"), "bad"))
    return fit(row, width)


KINDS: Final = frozenset(
    (
        "tensor", "variable", "keras_variable", "array", "ragged", "sparse", "indexed_slices", "string", "tensor_array",
        "dataset", "iterator", "model", "layer", "module", "optimizer", "metric", "queue", "table", "per_replica",
        "symbolic", "resource",
    )
)  # fmt: skip
"""Those with a name for people."""

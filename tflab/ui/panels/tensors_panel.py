"""The tensors of the learner's namespace, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.messages import text
from tflab.protocol.events import TensorRecord
from tflab.state.clock import Moment
from tflab.state.tensors import Tensors
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.panels.moment_line import moment_line
from tflab.ui.widgets.figures import memory, number, shape
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Cell, Column, Row, Span, table


class TensorsPanel(LinesView):
    """Shows `Tensors`."""

    def show_tensors(self, tensors: Tensors, moment: Moment | None, disabled: str | None) -> None:
        """Shows these as of ``moment``, the latest for None; ``disabled`` is why there can be none."""
        self.show_page(lambda width: tensors_page(tensors.at(moment), moment, disabled, width))


def tensors_page(records: Sequence[TensorRecord], moment: Moment | None, disabled: str | None, width: int) -> Page:
    """A table of name, shape, type, statistics and first values; what changed last carries a mark."""
    if not records:
        return empty_page(text("ui.tensors.empty"), text("ui.tensors.hint"), width, disabled)
    values = [record for record in records if record.dtype or record.shape is not None]
    others = [record for record in records if not (record.dtype or record.shape is not None)]
    heading, rows = table(_value_columns(), [_value_cells(record) for record in values], width)
    if others:
        columns = [Column("", importance=9), Column(""), Column(""), Column("", smallest=12)]
        rows += [*([[]] if values else []), *table(columns, [_other_cells(record) for record in others], width)[1]]
    if moment is not None:
        rows += [[], [(moment_line(moment), "accent"), (text("ui.tensors.snapshot"), "muted")]]
    elif any(record.changed or record.sampled for record in records):
        notes = "ui.tensors.sampled" if any(record.sampled for record in records) else "ui.tensors.changed"
        rows += [[], [(text(notes), "muted")]]
    return Page([heading] if values else [], rows).fitted(width)


def _value_columns() -> list[Column]:
    return [
        Column("", importance=9),
        Column(text("ui.tensors.name"), importance=9, smallest=18, keep="end"),
        Column(text("ui.tensors.kind"), importance=1),
        Column(text("ui.tensors.shape"), importance=8, smallest=12),
        Column(text("ui.tensors.dtype"), importance=6),
        Column(text("ui.tensors.range"), importance=7),
        Column(text("ui.tensors.mean"), "right", importance=4),
        Column(text("ui.tensors.std"), "right", importance=3),
        Column(text("ui.tensors.memory"), "right", importance=2),
        Column(text("ui.tensors.preview"), importance=5, smallest=12),
    ]


def _value_cells(record: TensorRecord) -> list[Cell]:
    return [
        _mark(record),
        _name(record),
        _kind(record),
        (shape(record.shape), ""),
        (plain(record.dtype or ""), "muted"),
        [*_faults(record), (_range(record), "")],
        (_statistic(record.mean, record), ""),
        (_statistic(record.std, record), ""),
        (memory(record.bytes) if record.bytes is not None else "", "muted"),
        (plain(record.preview), "muted"),
    ]


def _range(record: TensorRecord) -> str:
    """``-1.2 … 3.4``; ``≈`` where only a sample was looked at."""
    if record.min is None or record.max is None:
        return ""
    low, high = number(record.min), number(record.max)
    return _statistic(record.min, record) if low == high else f"{_statistic(record.min, record)} … {high}"


def _other_cells(record: TensorRecord) -> list[Cell]:
    """What has neither shape nor type, a model or a dataset, has room for its description."""
    return [_mark(record), _name(record), _kind(record), (plain(record.preview), "")]


def _mark(record: TensorRecord) -> Span:
    return ("●" if record.changed else " ", "accent")


def _name(record: TensorRecord) -> Span:
    return (plain(record.name), "strong" if record.changed else "")


def _kind(record: TensorRecord) -> Span:
    return (text("ui.tensors.kinds." + record.kind) if record.kind in _KINDS else plain(record.kind), "muted")


def _statistic(value: float | None, record: TensorRecord) -> str:
    if value is None:
        return ""
    return ("≈" if record.sampled else "") + number(value)


def _faults(record: TensorRecord) -> Row:
    """NaN and infinite elements, before anything else there is to say."""
    faults: Row = []
    for count, key in ((record.nan, "ui.tensors.nan"), (record.inf, "ui.tensors.inf")):
        if count:
            faults.append((f"⚠ {text(key, count=f'{count:,}')} ", "bad"))
    return faults


_KINDS = frozenset(("tensor", "variable", "keras_variable", "ragged", "sparse", "string", "dataset", "model", "layer"))

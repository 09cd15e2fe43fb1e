"""The tensors of the learner's namespace, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.messages import text
from tflab.protocol.events import TensorRecord
from tflab.state.run_state import Tensors
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.widgets.figures import memory, number, shape
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Cell, Column, Row, table


class TensorsPanel(LinesView):
    """Shows `Tensors`."""

    def show_tensors(self, tensors: Tensors, disabled: str | None) -> None:
        """Shows these; ``disabled`` is why there can be none."""
        self.show_page(lambda width: tensors_page(tensors.records, disabled, width))


def tensors_page(records: Sequence[TensorRecord], disabled: str | None, width: int) -> Page:
    """A table of name, shape, type, statistics and first values; what changed last carries a mark."""
    if not records:
        return empty_page(text("ui.tensors.empty"), text("ui.tensors.hint"), width, disabled)
    columns = [
        Column("", importance=9),
        Column(text("ui.tensors.name"), importance=9, smallest=8),
        Column(text("ui.tensors.kind"), importance=2),
        Column(text("ui.tensors.shape"), importance=8, smallest=6),
        Column(text("ui.tensors.dtype"), importance=6),
        Column(text("ui.tensors.min"), "right", importance=4),
        Column(text("ui.tensors.max"), "right", importance=4),
        Column(text("ui.tensors.mean"), "right", importance=5),
        Column(text("ui.tensors.std"), "right", importance=3),
        Column(text("ui.tensors.memory"), "right", importance=1),
        Column(text("ui.tensors.preview"), importance=7, smallest=12),
    ]
    heading, rows = table(columns, [_cells(record) for record in records], width)
    if any(record.sampled for record in records):
        rows += [[], [(text("ui.tensors.sampled"), "muted")]]
    return Page([heading], rows)


def _cells(record: TensorRecord) -> list[Cell]:
    return [
        ("●" if record.changed else " ", "accent"),
        (plain(record.name), "strong" if record.changed else ""),
        (text("ui.tensors.kinds." + record.kind) if record.kind in _KINDS else plain(record.kind), "muted"),
        (shape(record.shape), ""),
        (plain(record.dtype or ""), "muted"),
        (_statistic(record.min, record), ""),
        (number(record.max) if record.max is not None else "", ""),
        (number(record.mean) if record.mean is not None else "", ""),
        (number(record.std) if record.std is not None else "", ""),
        (memory(record.bytes) if record.bytes is not None else "", "muted"),
        [*_faults(record), (plain(record.preview), "muted")],
    ]


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

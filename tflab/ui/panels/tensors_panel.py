"""The tensors of the learner's namespace, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container

from tflab.messages import text
from tflab.protocol.events import TensorRecord
from tflab.state.clock import Moment
from tflab.state.tensors import Tensors
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.panels.moment_line import moment_line
from tflab.ui.panels.tensor_page import KINDS, fault_spans
from tflab.ui.panels.tensor_view import TensorView
from tflab.ui.widgets.choice_view import ChoicePage, ChoiceView
from tflab.ui.widgets.figures import memory, number, shape
from tflab.ui.widgets.rows import Cell, Column, Row, Span, fit, table


class TensorsPanel(Container, can_focus=True):
    """Shows `Tensors`, all of them or a look into one."""

    DEFAULT_CSS = """
    TensorsPanel { height: 1fr; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._list = ChoiceView()
        self._view = TensorView()
        self._view.display = False
        self._tensors = Tensors()

    def compose(self) -> ComposeResult:
        """The list, and the view that takes its place."""
        yield self._list
        yield self._view

    def show_tensors(self, tensors: Tensors, moment: Moment | None, disabled: str | None) -> None:
        """Shows these as of ``moment``, the latest for None; ``disabled`` is why there can be none."""
        self._tensors = tensors
        self._list.show_choices(lambda width: tensors_page(tensors, moment, disabled, width))
        if self.looks_into_one:
            self._view.show_tensors(tensors)

    @property
    def looks_into_one(self) -> bool:
        """Whether one tensor has all the room."""
        return bool(self._view.name_shown)

    def look_into(self, name: str) -> None:
        """Gives the tensor of that name all the room."""
        self._view.display, self._list.display = True, False
        self._view.open(name, self._tensors)
        self.screen.set_focus(self._view)

    def on_focus(self) -> None:
        """What is in sight takes the keys."""
        self.screen.set_focus(self._view if self.looks_into_one else self._list)

    def on_choice_view_taken(self, event: ChoiceView.Taken) -> None:
        """A tensor was chosen."""
        event.stop()
        self.look_into(event.key)

    def on_tensor_view_left(self, event: TensorView.Left) -> None:
        """Back to the list, where the tensor is still chosen."""
        event.stop()
        self._view.close()
        self._view.display, self._list.display = False, True
        self.screen.set_focus(self._list)


def tensors_page(tensors: Tensors, moment: Moment | None, disabled: str | None, width: int) -> ChoicePage:
    """A table of name, shape, type, statistics and first values; what changed last carries a mark."""
    records = tensors.at(moment)
    if not records:
        return ChoicePage([], empty_page(text("ui.tensors.empty"), text("ui.tensors.hint"), width, disabled).rows)
    values = [record for record in records if record.dtype or record.shape is not None]
    others = [record for record in records if not (record.dtype or record.shape is not None)]
    heading, rows = table(_value_columns(), [_value_cells(record, tensors) for record in values], width)
    keys = {line: record.name for line, record in enumerate(values)}
    if others:
        columns = [Column("", importance=9), Column(""), Column(""), Column("", smallest=12)]
        rows += [[]] if values else []
        keys |= {len(rows) + line: record.name for line, record in enumerate(others)}
        rows += table(columns, [_other_cells(record, tensors) for record in others], width)[1]
    if moment is not None:
        rows += [[], [(moment_line(moment), "accent"), (text("ui.tensors.snapshot"), "muted")]]
    elif notes := _notes(tensors, records):
        rows += [[], *notes]
    return ChoicePage([heading] if values else [], [fit(row, width) for row in rows], keys)


def _notes(tensors: Tensors, records: Sequence[TensorRecord]) -> list[Row]:
    """What the marks mean that are there, and what the last run took away."""
    marks = [
        text(key)
        for key, is_there in (
            ("ui.tensors.new", any(map(tensors.is_new, records))),
            ("ui.tensors.changed", any(record.changed and not tensors.is_new(record) for record in records)),
            ("ui.tensors.sampled", any(record.sampled for record in records)),
        )
        if is_there
    ]
    rows: list[Row] = [[("   ".join(marks), "muted")]] if marks else []
    if gone := tensors.gone():
        rows.append([(text("ui.tensors.gone", names=plain(", ".join(gone))), "muted")])
    return rows


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


def _value_cells(record: TensorRecord, tensors: Tensors) -> list[Cell]:
    return [
        _mark(record, tensors),
        _name(record),
        _kind(record),
        (shape(record.shape), ""),
        (plain(record.dtype or ""), "muted"),
        [*fault_spans(record), (_range(record), "")],
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


def _other_cells(record: TensorRecord, tensors: Tensors) -> list[Cell]:
    """What has neither shape nor type, a model or a dataset, has room for its description."""
    return [_mark(record, tensors), _name(record), _kind(record), (plain(record.preview), "")]


def _mark(record: TensorRecord, tensors: Tensors) -> Span:
    return ("+" if tensors.is_new(record) else "●" if record.changed else " ", "accent")


def _name(record: TensorRecord) -> Span:
    return (plain(record.name), "strong" if record.changed else "")


def _kind(record: TensorRecord) -> Span:
    return (text("ui.tensors.kinds." + record.kind) if record.kind in KINDS else plain(record.kind), "muted")


def _statistic(value: float | None, record: TensorRecord) -> str:
    if value is None:
        return ""
    return ("≈" if record.sampled else "") + number(value)

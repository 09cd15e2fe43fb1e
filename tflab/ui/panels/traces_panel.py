"""When tf.functions were traced and why; what could have been avoided stands out."""

from __future__ import annotations

from typing import Final

from tflab.messages import text
from tflab.protocol.events import FunctionTraced
from tflab.protocol.trace_events import CaptureOutdated
from tflab.state.clock import Moment
from tflab.state.terminal_text import plain
from tflab.state.timeline import Timeline, TracedTotals
from tflab.ui.panels.empty import empty_page
from tflab.ui.panels.gradients_panel import place_name
from tflab.ui.panels.moment_line import moment_line
from tflab.ui.widgets.figures import duration, percentage
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Cell, Column, Row, cut, spread, table, wrap

_CAUSES = frozenset(
    (
        "first",
        "shape",
        "rank",
        "dtype",
        "python_value",
        "python_type",
        "structure",
        "object",
        "new_function",
        "context",
        "failed",
        "released",
    )
)
_MOST_FUNCTIONS: Final = 5
"""Listed by what they have cost; the rest is counted."""


class TracesPanel(LinesView):
    """Shows a `Timeline`, its end first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(follow=True, id=id)

    def show_timeline(self, timeline: Timeline, moment: Moment | None, disabled: str | None) -> None:
        """Shows the traces made by ``moment``, all for None; ``disabled`` is why there can be none."""
        self.show_page(lambda width: traces_page(timeline, moment, disabled, width))


def traces_page(timeline: Timeline, moment: Moment | None, disabled: str | None, width: int) -> Page:
    """A summary, then what had happened by ``moment``, oldest first."""
    if not timeline.traces:
        return empty_page(text("ui.traces.empty"), text("ui.traces.hint"), width, disabled)
    summary: Row = [
        (text("ui.traces.total", count=timeline.total), "strong"),
        ("  ·  ", "muted"),
        (text("ui.traces.retraces", count=timeline.retraces), "warning-strong" if timeline.retraces else "muted"),
    ]
    spent: Row = [(text("ui.traces.spent", time=duration(timeline.milliseconds / 1000)), "muted")]
    rows: list[Row] = []
    if timeline.dropped:
        rows.append([(text("ui.traces.dropped", count=timeline.dropped), "muted")])
    traces = timeline.up_to(moment)
    for trace in traces:
        rows += trace_rows(trace, width)
    if moment is not None:
        later = len(timeline.traces) - len(traces)
        rows.append([(moment_line(moment), "accent"), (text("ui.traces.later", count=later) if later else "", "muted")])
    for outdated in timeline.outdated:
        rows += outdated_rows(outdated, width)
    return Page([spread(summary, spent, width), *_totals_rows(timeline, width)], rows).fitted(width)


def _totals_rows(timeline: Timeline, width: int) -> list[Row]:
    """The dearest functions, a line each."""
    dearest = timeline.dearest()
    columns = [
        Column(text("ui.traces.function"), importance=9, smallest=10),
        Column(text("ui.traces.defined"), importance=0),
        Column(text("ui.traces.traced"), "right", importance=5),
        Column(text("ui.traces.time"), "right", importance=8),
        Column(text("ui.traces.size"), "right", importance=1),
        Column(text("ui.traces.calls"), "right", importance=4),
        Column(text("ui.traces.hits"), "right", importance=6),
    ]
    cells = [_totals_cells(totals, timeline.milliseconds) for totals in dearest[:_MOST_FUNCTIONS]]
    heading, rows = table(columns, cells, width)
    if len(dearest) > _MOST_FUNCTIONS:
        rows.append([(text("ui.traces.more_functions", count=len(dearest) - _MOST_FUNCTIONS), "muted")])
    return [heading, *rows, [("─" * width, "faint")]]


def _totals_cells(totals: TracedTotals, whole: float) -> list[Cell]:
    many = totals.traces > 2
    share = totals.milliseconds / whole if whole else 0.0
    time = f"{duration(totals.milliseconds / 1000)} {percentage(share):>5}"
    where = f"{place_name(totals.place)} {text('ui.line', line=totals.place.line)}"
    calls = "" if totals.calls is None else f"{totals.calls:,}"
    hits = "" if not totals.calls or totals.hits is None else percentage(totals.hits / totals.calls)
    return [
        (plain(totals.function), "strong"),
        (where, "muted"),
        (f"{totals.traces:,}", "warning-strong" if many else ""),
        (time, ""),
        (f"{totals.operations:,}", "muted"),
        (calls, ""),
        (hits, ""),
    ]


def outdated_rows(event: CaptureOutdated, width: int) -> list[Row]:
    """A value that a trace still goes by."""
    row: Row = [("⚠ ", "warning-strong"), (plain(event.function), "strong"), ("  ", "")]
    values = {"name": plain(event.name), "traced": plain(event.traced), "current": plain(event.current)}
    key = "ui.traces.outdated.object" if event.traced == event.current else "ui.traces.outdated"
    return wrap([*row, (text(key, **values), "warning")], width, indent=4)


def cause_name(cause: str) -> str:
    """Why a function was traced, in a few words."""
    return text("ui.traces.cause." + cause) if cause in _CAUSES else plain(cause)


def trace_rows(trace: FunctionTraced, width: int) -> list[Row]:
    """One trace: what and at what cost, then the reason and the fix where there is something to avoid."""
    retrace = trace.ordinal > 1 or trace.cause == "new_function"
    cause = cause_name(trace.cause)
    name = cut(plain(trace.function), max(12, width // 3))
    left: Row = [
        ("↻ " if retrace else "● ", "warning-strong" if retrace else "good"),
        (name, "strong"),
        (f" #{trace.ordinal}  ", "muted"),
        (cause, "warning-strong" if retrace else ""),
    ]
    if trace.line is not None and width >= 60:
        left.append(("  " + text("ui.line", line=trace.line), "muted"))
    right: Row = [
        (duration(trace.milliseconds / 1000), ""),
        ("  ", ""),
        (text("ui.traces.operations", count=f"{trace.operations:,}"), "muted"),
    ]
    rows = [spread(left, right, width)]
    sentences = not (trace.ordinal == 1 and trace.cause == "first")
    for label, sentence, role in (("ui.traces.why", trace.reason, ""), ("ui.traces.fix", trace.fix, "good")):
        if sentence and sentences:
            head = "    " + text(label) + "  "
            rows += wrap([(head, "muted"), (plain(sentence), role)], width, indent=len(head))
    for effect in trace.effects:
        where = "" if effect.line is None else text("ui.line", line=effect.line) + ": "
        told = text("ui.effect." + effect.kind, name=plain(effect.name), detail=plain(effect.detail))
        rows += wrap([("    ⚑ ", "warning-strong"), (where, "muted"), (told, "warning")], width, indent=6)
    return rows

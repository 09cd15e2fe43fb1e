"""When tf.functions were traced and why; what could have been avoided stands out."""

from __future__ import annotations

from tflab.messages import text
from tflab.protocol.events import FunctionTraced
from tflab.state.clock import Moment
from tflab.state.terminal_text import plain
from tflab.state.timeline import Timeline
from tflab.ui.panels.empty import empty_page
from tflab.ui.panels.moment_line import moment_line
from tflab.ui.widgets.figures import duration
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Row, cut, spread, wrap

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
    )
)


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
    return Page([spread(summary, spent, width)], rows).fitted(width)


def trace_rows(trace: FunctionTraced, width: int) -> list[Row]:
    """One trace: what and at what cost, then the reason and the fix where there is something to avoid."""
    retrace = trace.ordinal > 1
    cause = text("ui.traces.cause." + trace.cause) if trace.cause in _CAUSES else plain(trace.cause)
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
    if not retrace and trace.cause == "first":
        return rows
    for label, sentence, role in (("ui.traces.why", trace.reason, ""), ("ui.traces.fix", trace.fix, "good")):
        if sentence:
            head = "    " + text(label) + "  "
            rows += wrap([(head, "muted"), (plain(sentence), role)], width, indent=len(head))
    return rows

"""What happened beside the training, as marks on its curves."""

from __future__ import annotations

from collections.abc import Iterable

from tflab.protocol.events import FunctionTraced, ProblemFound
from tflab.protocol.steering import KnobTurned
from tflab.state.terminal_text import plain
from tflab.ui.panels.traces_panel import cause_name
from tflab.ui.widgets.curve_marks import Mark
from tflab.ui.widgets.rows import cut


def event_marks(
    traces: Iterable[FunctionTraced], problems: Iterable[ProblemFound], turns: Iterable[KnobTurned]
) -> list[Mark]:
    """Traces, problems and turned knobs as marks."""
    marks = []
    for trace in traces:
        again = trace.ordinal > 1 or trace.cause == "new_function"
        label = f"{cut(plain(trace.function), 24)} #{trace.ordinal} {cause_name(trace.cause)}"
        marks.append(Mark(trace.time, "↻" if again else "▴", "warning-strong" if again else "good", label, 1 + again))
    for problem in problems:
        role = "bad" if problem.severity == "error" else "warning-strong"
        marks.append(Mark(problem.time, "⚠", role, cut(plain(problem.message), 60), 3))
    for turn in turns:
        label = f"{cut(plain(turn.name), 32)} {turn.before:g} → {turn.after:g}"
        marks.append(Mark(turn.time, "◆", "accent", label, 4))
    return marks

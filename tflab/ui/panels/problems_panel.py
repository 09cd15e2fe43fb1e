"""What is wrong with the learner's program, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.messages import text
from tflab.protocol.events import ProblemFound
from tflab.state.run_state import Problems
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.widgets.lines_view import LinesView, Page
from tflab.ui.widgets.rows import Row, wrap


class ProblemsPanel(LinesView):
    """Shows `Problems`."""

    def show_problems(self, problems: Problems) -> None:
        """Shows these."""
        self.show_page(lambda width: problems_page(problems.found, width))


def problems_page(found: Sequence[ProblemFound], width: int) -> Page:
    """Each problem: where, what, and the fix."""
    if not found:
        return empty_page(text("ui.problems.empty"), text("ui.problems.hint"), width)
    rows: list[Row] = []
    for problem in found:
        if rows:
            rows.append([])
        severe = problem.severity == "error"
        head: Row = [("✗ " if severe else "⚠ ", "bad" if severe else "warning-strong")]
        if problem.line is not None:
            head.append((text("ui.line", line=problem.line) + "  ", "muted"))
        rows += wrap([*head, (plain(problem.message), "strong")], width, indent=2)
        if problem.fix:
            label = "  " + text("ui.traces.fix") + "  "
            rows += wrap([(label, "muted"), (plain(problem.fix), "good")], width, indent=len(label))
        if problem.lesson:
            rows.append([("  " + text("ui.problems.lesson", lesson=plain(problem.lesson)), "muted")])
    return Page([], rows).fitted(width)

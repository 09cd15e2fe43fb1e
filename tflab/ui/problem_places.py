"""Where in the document's code problems lie, and what a mechanical mend makes of it."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.protocol.events import ProblemFound
from tflab.state.problems import cell_of
from tflab.state.terminal_text import plain
from tflab.ui.widgets.marks import Mark
from tflab.ui.working_copy import WorkingCopy


def step_of(problem: ProblemFound, copy: WorkingCopy) -> int | None:
    """The index of the step that holds the problem's line; None where the document has no such line."""
    if problem.line is None:
        return None
    cell = cell_of(problem)
    if cell is None and copy.document.kind == "script" and problem.file in ("", str(copy.document.path.resolve())):
        starts = [step.index for step in copy.document.steps if copy.first_line(step.index) <= problem.line]
        cell = max(starts, default=None)
    return cell if cell is not None and 0 <= cell < len(copy.document.steps) else None


def marks_of(problems: Sequence[ProblemFound], copy: WorkingCopy) -> dict[int, list[Mark]]:
    """A mark a problem, by step."""
    marks: dict[int, list[Mark]] = {}
    for problem in problems:
        index = step_of(problem, copy)
        if index is not None and problem.line is not None:
            row = copy.line_in_step(index, problem.line) - 1
            lines = copy.source(index).split("\n")
            line = lines[row] if 0 <= row < len(lines) else ""
            indentation = len(line) - len(line.lstrip())
            mark = Mark(row=row, message=plain(problem.message), severity=problem.severity, column=indentation)
            marks.setdefault(index, []).append(mark)
    return marks


def mended(source: str, problem: ProblemFound, copy: WorkingCopy, index: int) -> str | None:
    """The code of step ``index`` with the problem's mend; None where the line is no longer what it was."""
    edit = problem.edit
    if edit is None:
        return None
    lines = source.split("\n")
    row = copy.line_in_step(index, edit.line) - 1
    if not 0 <= row < len(lines) or lines[row].count(edit.old) < 1:
        return None
    lines[row] = lines[row].replace(edit.old, edit.new, 1)
    return "\n".join(lines)

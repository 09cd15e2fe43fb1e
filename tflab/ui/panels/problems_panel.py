"""What is wrong with the learner's program, where, what showed it, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tflab.messages import text
from tflab.protocol.events import ProblemFound
from tflab.state.problems import Problems, cell_of
from tflab.state.terminal_text import plain
from tflab.ui.panels.empty import empty_page
from tflab.ui.widgets.choice_view import ChoicePage, ChoiceView
from tflab.ui.widgets.rows import Row, fit, wrap

_HEAD, _MEND, _LESSON = "head", "mend", "lesson"


class ProblemsPanel(ChoiceView):
    """Shows `Problems`, errors first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "mend", show=False)]

    class LineWanted(Message):
        """The line of a problem is to be shown."""

        def __init__(self, problem: ProblemFound) -> None:
            super().__init__()
            self.problem = problem

    class MendWanted(Message):
        """The mend of a problem is to be made."""

        def __init__(self, problem: ProblemFound) -> None:
            super().__init__()
            self.problem = problem

    class LessonWanted(Message):
        """The lesson that teaches a problem is to be opened."""

        def __init__(self, lesson: str) -> None:
            super().__init__()
            self.lesson = lesson

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._problems: Sequence[ProblemFound] = ()
        self._mended: list[ProblemFound] = []

    def show_problems(self, problems: Problems) -> None:
        """Shows these."""
        self._problems = problems.by_severity
        self._mended = [problem for problem in self._mended if problem in self._problems]
        self._show()

    def _show(self) -> None:
        self.show_choices(lambda width: problems_page(self._problems, self._mended, width))

    def mended(self, problem: ProblemFound) -> None:
        """The mend was made; the next run will tell whether that was all."""
        self._mended.append(problem)
        self._show()

    def on_choice_view_taken(self, event: ChoiceView.Taken) -> None:
        """A problem's line, its mend or its lesson."""
        event.stop()
        number, _, part = event.key.partition(" ")
        problem = self._problems[int(number)]
        if part == _MEND:
            self.post_message(self.MendWanted(problem))
        elif part == _LESSON:
            self.post_message(self.LessonWanted(problem.lesson or ""))
        else:
            self.post_message(self.LineWanted(problem))

    def action_mend(self) -> None:
        """Makes the mend of the chosen problem."""
        if self.chosen is not None:
            problem = self._problems[int(self.chosen.partition(" ")[0])]
            if problem.edit is not None and problem not in self._mended:
                self.post_message(self.MendWanted(problem))


def problems_page(found: Sequence[ProblemFound], mended: Collection[ProblemFound], width: int) -> ChoicePage:
    """Each problem: where, what, the fix, what showed it, and the lesson; those in ``mended`` wait for a run."""
    if not found:
        return ChoicePage([], empty_page(text("ui.problems.empty"), text("ui.problems.hint"), width).rows)
    rows: list[Row] = []
    keys: dict[int, str] = {}
    for number, problem in enumerate(found):
        if rows:
            rows.append([])
        keys[len(rows)] = f"{number} {_HEAD}"
        severe = problem.severity == "error"
        head: Row = [("✗ " if severe else "⚠ ", "bad" if severe else "warning-strong")]
        if where := _where(problem):
            head.append((where + "  ", "muted"))
        rows += wrap([*head, (plain(problem.message), "strong")], width, indent=2)
        for label, sentence, role in (
            ("ui.traces.fix", problem.fix, "good"),
            ("ui.problems.evidence", problem.evidence, "muted"),
        ):
            if sentence:
                begin = "  " + text(label) + "  "
                rows += wrap([(begin, "muted"), (plain(sentence), role)], width, indent=len(begin))
        if problem in mended:
            rows.append([("  ✓ " + text("ui.problems.mended"), "good")])
        elif problem.edit is not None:
            keys[len(rows)] = f"{number} {_MEND}"
            rows.append(
                [
                    ("  ▸ " + text("ui.problems.mend") + "  ", "accent"),
                    (plain(problem.edit.old), "muted"),
                    (" → ", "muted"),
                    (plain(problem.edit.new), "good"),
                ]
            )
        if problem.lesson:
            keys[len(rows)] = f"{number} {_LESSON}"
            rows.append([("  ▸ " + text("ui.problems.lesson", lesson=plain(problem.lesson)), "muted")])
    return ChoicePage([], [fit(row, width) for row in rows], keys)


def _where(problem: ProblemFound) -> str:
    if problem.line is None:
        return ""
    cell = cell_of(problem)
    line = text("ui.line", line=problem.line)
    return line if cell is None else text("ui.output.step", step=cell + 1) + ", " + line

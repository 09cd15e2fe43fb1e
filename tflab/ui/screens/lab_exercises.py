"""The lab's keys for exercises: hints, checks, the solution, the next one."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tflab.messages import text
from tflab.ui.screens.cell_keys import CellKeys


class LabExercises(CellKeys):
    """What is asked of the `tflab.ui.exercise_desk.ExerciseDesk`, shown beside the task."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "hint", priority=True, show=False),
        Binding("f9", "check", priority=True, show=False),
    ]

    def action_check(self) -> None:
        """Checks the exercise in sight."""
        if self.desk.exercise(self.step) is None or self.launch.grader is None:
            self.notify(text("check.desk.no_exercise"), timeout=4)
            return
        self.keep_typing()
        self.desk.check(self.step, self.copy.source)
        self._show_task_to_reader()

    def action_hint(self) -> None:
        """Shows one hint more."""
        if self.desk.exercise(self.step) is None:
            self.notify(text("check.desk.no_exercise"), timeout=4)
        elif self.desk.hint(self.step):
            self._show_task_to_reader()
        else:
            self.notify(text("check.desk.no_more_hints"), timeout=6)

    async def action_next_exercise(self) -> None:
        """Goes to the next exercise that has not passed."""
        index = self.desk.next_open(self.step)
        if index is None:
            self.notify(text("check.desk.all_passed"), timeout=4)
        else:
            await self.walk_to_step(index)

    def action_solution(self) -> None:
        """Shows the solution beside the task; the learner's own code stays as it is."""
        if self.desk.show_solution(self.step):
            self._show_task_to_reader()
        else:
            self.notify(text("check.desk.no_exercise"), timeout=4)

    def _show_task_to_reader(self) -> None:
        if self.panes.narrow:
            self.panes.focus_prose()
        self.show_task()

    async def walk_to_step(self, index: int) -> None:
        """Shows a step; who reads goes on reading, who types goes on typing."""
        reading = self.panes.reading
        self.keep_typing()
        await self.show_step(index)
        if not reading:
            self.panes.focus_code()

"""What the lab does for the editor: names, documentation, marks, laying out."""

from __future__ import annotations

import asyncio
import os
import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType

from tflab.messages import text
from tflab.protocol.diagnostics import Unformattable
from tflab.protocol.editing_help import NameDescribed
from tflab.state.terminal_text import plain
from tflab.ui.external_editor import NoEditor, edit_outside
from tflab.ui.launch import Launch, Linter
from tflab.ui.problem_places import mended, step_of
from tflab.ui.screens.description_page import description_rows
from tflab.ui.screens.lab_view import LabView
from tflab.ui.screens.leaflet import Leaflet

if TYPE_CHECKING:
    from tflab.ui.panels.code_pane import CodePane
    from tflab.ui.panels.problems_panel import ProblemsPanel
    from tflab.ui.widgets.completing_text_area import CompletingTextArea


class LabEditing(LabView):
    """The keys of the code that need more than the code."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "find", priority=True, show=False),
        Binding("ctrl+g", "go_to_line", priority=True, show=False),
        Binding("alt+i", "describe", priority=True, show=False),
        Binding("alt+e", "edit_outside", priority=True, show=False),
        Binding("alt+l", "format", priority=True, show=False),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._described_in_full: int | None = None
        """The number of the question whose answer fills a page."""

    # --- typing -------------------------------------------------------------------------------------------------

    def on_code_pane_edited(self, event: CodePane.Edited) -> None:
        """What is typed is kept."""
        now = time.monotonic()
        # As it is now: this may be news of a key that others have followed, which were kept already.
        source = self.panes.code.sources().get(event.index)
        if source is None:
            # The cell was taken away.
            return
        self.copy.edit(event.index, source, now)
        self.checking.edited(now)

    # --- names --------------------------------------------------------------------------------------------------

    def on_completing_text_area_completion_wanted(self, event: CompletingTextArea.CompletionWanted) -> None:
        """The session knows the names, or whoever reads the code."""
        self.help.complete(event.source, event.position, self.earlier_source(), time.monotonic())

    def on_completing_text_area_call_wanted(self, event: CompletingTextArea.CallWanted) -> None:
        """They know the parameters, too."""
        self._described_in_full = None
        self.help.describe(event.source, event.position, self.earlier_source(), call=True)

    def action_describe(self) -> None:
        """What the name at the cursor is, on a page."""
        editor = self.panes.code.editor
        if editor is not None:
            self._described_in_full = self.help.describe(
                editor.text, editor.position, self.earlier_source(), call=False
            )

    def show_description(self, described: NameDescribed) -> None:
        """On a page where that was asked for, else beside the cursor."""
        if described.request_id != self._described_in_full:
            super().show_description(described)
        elif described.name:
            title = plain(described.name)
            self.app.push_screen(Leaflet(title, partial(description_rows, described)), self.press_again)
        else:
            self.notify(text("ui.describe.unknown"), timeout=3)

    # --- problems -----------------------------------------------------------------------------------------------

    async def on_problems_panel_line_wanted(self, event: ProblemsPanel.LineWanted) -> None:
        """Goes to the line."""
        index = step_of(event.problem, self.copy)
        if index is None or event.problem.line is None:
            self.notify(text("ui.problems.elsewhere"), timeout=3)
            return
        await self.go_to_step(index)
        if self.panes.code.editor is not None:
            self.panes.code.editor.go_to(self.copy.line_in_step(index, event.problem.line))
        self.panes.focus_code()

    async def on_problems_panel_mend_wanted(self, event: ProblemsPanel.MendWanted) -> None:
        """Changes the line, where it is still as it was; undo takes it back."""
        index = step_of(event.problem, self.copy)
        if index is None:
            self.notify(text("ui.problems.elsewhere"), timeout=3)
            return
        await self.go_to_step(index)
        source = self.panes.code.sources().get(index, self.copy.source(index))
        changed = mended(source, event.problem, self.copy, index)
        if changed is None:
            self.notify(text("ui.problems.changed"), timeout=4)
            return
        self.panes.code.replace_source(index, changed)
        self.panes.inspector.problem_mended(event.problem)

    async def go_to_step(self, index: int) -> None:
        """Shows step ``index`` where another is in sight."""
        if index != self.step:
            self.keep_typing()
            await self.show_step(index)

    # --- as it was ----------------------------------------------------------------------------------------------

    def action_reset_step(self) -> None:
        """The step's code as the file has it; undo brings one's own back."""
        if self.document.steps:
            self.panes.code.replace_source(self.step, self.document.steps[self.step].source)
            self.desk.reset(self.step)

    def action_reset_lesson(self) -> None:
        """The code of every step as the file has it."""
        for step in self.document.steps:
            self.copy.edit(step.index, step.source, time.monotonic())
            self.panes.code.replace_source(step.index, step.source)
            self.desk.reset(step.index)

    # --- going about and laying out -----------------------------------------------------------------------------

    def on_code_editor_no_mark(self) -> None:
        """Nothing is wrong as far as is known."""
        self.notify(text("ui.lint.nothing"), timeout=2)

    def action_find(self) -> None:
        """Looks for something in the code."""
        self.panes.focus_code()
        self.panes.code.find()

    def action_go_to_line(self) -> None:
        """Goes to a line by its number."""
        self.panes.focus_code()
        self.panes.code.go_to_line()

    def action_next_mark(self) -> None:
        """Goes to the next marked line of the code."""
        self.panes.focus_code()
        if self.panes.code.editor is not None:
            self.panes.code.editor.action_next_mark()

    def action_switch_vim(self) -> None:
        """Gives the editor vim's keys, or takes them away."""
        wanted = not self.panes.code.mode
        self.panes.code.use_vim(wanted)
        self.remember(vim_keys=wanted)

    def action_format(self) -> None:
        """Lays the code of the step out."""
        if self.launch.linter is not None and self.document.steps:
            self.run_worker(self._format(self.launch.linter, self.step), group="format", exclusive=True)

    def action_edit_outside(self) -> None:
        """The code of the step in the person's own editor."""
        editor = self.panes.code.editor
        if editor is None:
            return
        try:
            with self.app.suspend():
                edited = edit_outside(editor.text, editor.cursor_location[0] + 1, os.environ)
        except SuspendNotSupported:
            self.notify(text("ui.external.no_terminal"), severity="warning", timeout=6)
        except NoEditor as error:
            self.notify(str(error), severity="warning", timeout=6)
        else:
            editor.put(edited)
        # Another program has drawn on the terminal.
        self.refresh(repaint=True, layout=True)

    async def _format(self, linter: Linter, index: int) -> None:
        source = self.panes.code.sources().get(index, "")
        try:
            tidy = await asyncio.to_thread(linter.format_source, source)
        except Unformattable as error:
            self.notify(str(error), severity="warning", timeout=6)
            return
        # What was typed while the formatter worked is worth more.
        if self.panes.code.sources().get(index) == source:
            self.panes.code.replace_source(index, tidy)

    def press_again(self, key: str | None) -> None:
        """The key that closed a leaflet means here what it always means."""
        if key is not None:
            self.app.simulate_key(key)

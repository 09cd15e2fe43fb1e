"""The lab: what its keys, clicks and panes' messages do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from tflab.curriculum.document import UnreadableDocument
from tflab.messages import text
from tflab.ui.launch import Launch
from tflab.ui.screens.lab_exercises import LabExercises
from tflab.ui.screens.leaflet import Leaflet, help_rows, page_rows, welcome_rows
from tflab.ui.tabs import tab_named
from tflab.ui.themes import other_brightness, other_palette
from tflab.ui.widgets.bar import Bar
from tflab.ui.working_copy import WorkingCopy

if TYPE_CHECKING:
    from tflab.ui.panels.curve_canvas import CurveCanvas
    from tflab.ui.panels.curves_panel import CurvesPanel
    from tflab.ui.panels.inspector import Inspector
    from tflab.ui.panels.lessons_pane import LessonsPane
    from tflab.ui.panels.output_pane import AnswerLine, OutputPane
    from tflab.ui.panels.problems_panel import ProblemsPanel
    from tflab.ui.panels.tensor_view import TensorView
    from tflab.ui.screens.palette import Command


class LabScreen(LabExercises):
    """Turns keys into requests."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,shift+enter,ctrl+enter", "run_step", priority=True, show=False),
        Binding("f5", "run_to_here", priority=True, show=False),
        Binding("shift+f5", "restart_and_run", priority=True, show=False),
        Binding("f2", "lesson_or_code", priority=True, show=False),
        Binding("f3", "previous_step", priority=True, show=False),
        Binding("f4", "next_step", priority=True, show=False),
        Binding("f1", "help", priority=True, show=False),
        Binding("ctrl+c", "interrupt_or_copy", priority=True, show=False),
        Binding("f11,ctrl+o", "maximise", priority=True, show=False),
        Binding("alt+t", "tab('tensors')", priority=True, show=False),
        Binding("alt+g", "tab('gradients')", priority=True, show=False),
        Binding("alt+r", "tab('traces')", priority=True, show=False),
        Binding("alt+h", "tab('graph')", priority=True, show=False),
        Binding("alt+c", "tab('curves')", priority=True, show=False),
        Binding("alt+d", "tab('devices')", priority=True, show=False),
        Binding("alt+x", "tab('operations')", priority=True, show=False),
        Binding("alt+p", "tab('problems')", priority=True, show=False),
        Binding("alt+z", "record_step", priority=True, show=False),
        Binding("alt+o", "output", priority=True, show=False),
        Binding("f12", "next_tab", priority=True, show=False),
        Binding("alt+left", "resize('prose', -0.04)", priority=True, show=False),
        Binding("alt+right", "resize('prose', 0.04)", priority=True, show=False),
        Binding("alt+pageup", "resize('code', -0.05)", priority=True, show=False),
        Binding("alt+pagedown", "resize('code', 0.05)", priority=True, show=False),
        Binding("escape", "live_or_restore", show=False),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)

    def filled(self) -> None:
        """Welcomes a newcomer to the lessons; who opens a file of their own has begun already."""
        if self.launch.first_launch and self.document.kind == "lesson":
            self.action_welcome()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before the panes are there."""
        return self.ready and super().check_action(action, parameters)

    # --- running ------------------------------------------------------------------------------------------------

    def _before_run(self) -> None:
        self.keep_typing()
        if self.panes.inspector.active == "prose":
            self.panes.show_output()
        self.panes.output.lines.follow()

    def action_run_step(self) -> None:
        """Runs the step in sight."""
        if self.document.steps:
            self._before_run()
            self.conductor.run(self.step)

    def action_run_to_here(self) -> None:
        """Runs all steps up to the one in sight."""
        if self.document.steps:
            self._before_run()
            self.conductor.run_to(self.step)

    def action_restart_and_run(self) -> None:
        """Does so in a fresh session."""
        if self.state.phase != "failed":
            self.conductor.restart()
        self.action_run_to_here()

    def action_record_step(self) -> None:
        """Runs the step in sight and lists its operations, as they run more slowly then."""
        self._record(self.conductor.run)

    def action_restart_and_record(self) -> None:
        """Runs all steps up to here in a fresh session, and lists the operations of the one in sight."""
        if self.state.phase != "failed":
            self.conductor.restart()
        self._record(self.conductor.run_to)

    def _record(self, run: Callable[..., bool]) -> None:
        if self.document.steps:
            self._before_run()
            run(self.step, record=True)
            self.panes.inspector.active = "operations"

    def action_interrupt_or_copy(self) -> None:
        """Stops the running cell, by force the second time; copies what is selected where none runs."""
        if self.state.busy or self.conductor.waiting:
            self.conductor.interrupt()
            return
        if self.desk.checking:
            self.desk.cancel()
            return
        focused = self.focused
        editor = self.panes.code.editor
        selected = editor.selected_text if editor is not None and focused is editor else self.get_selected_text()
        if selected:
            self.app.copy_to_clipboard(selected)
            self.notify(text("ui.copied", count=len(selected)), timeout=2)

    def on_output_pane_answered(self, event: OutputPane.Answered) -> None:
        """The line goes to the cell, and what is typed next somewhere else."""
        self.conductor.answer(event.line)
        self.ask()

    def on_answer_line_given_up(self, event: AnswerLine.GivenUp) -> None:
        """The cell is interrupted."""
        self.conductor.interrupt()

    # --- going about --------------------------------------------------------------------------------------------

    async def action_previous_step(self) -> None:
        """The step before."""
        if self.step > 0:
            await self.walk_to_step(self.step - 1)

    async def action_next_step(self) -> None:
        """The next step."""
        if self.step + 1 < len(self.document.steps):
            await self.walk_to_step(self.step + 1)

    def action_lesson_or_code(self) -> None:
        """From the code to the prose and back."""
        if self.panes.reading or not self.panes.has_prose:
            self.panes.focus_code()
        else:
            self.panes.focus_prose()

    def action_maximise(self) -> None:
        """Gives the pane that has the keys all the room, or every pane its own."""
        panes = self.panes
        panes.maximise(None if panes.maximised else panes.pane_of(self.focused))

    def action_resize(self, pane: str, by: float) -> None:
        """Makes the prose wider or the code higher, or less so."""
        self.panes.resize_pane("prose" if pane == "prose" else "code", by)

    def action_tab(self, name: str) -> None:
        """Shows a tab of the inspector and gives it the keys."""
        tab = tab_named(name)
        if tab is not None:
            if self.panes.maximised not in (None, "inspector"):
                self.panes.maximise(None)
            self.panes.inspector.active = tab
            self.panes.inspector.focus_panel()

    def action_next_tab(self) -> None:
        """Shows the tab to the right, without taking the keys from the editor."""
        if self.panes.maximised not in (None, "inspector"):
            self.panes.maximise(None)
        self.panes.inspector.go(1)

    def action_output(self) -> None:
        """Shows the output and gives it the keys."""
        self.panes.show_output()
        self.set_focus(self.panes.output.lines)

    def action_live_or_restore(self) -> None:
        """Goes back to the latest step, to all panes, to the code."""
        if self.picked is not None:
            self.action_live()
        elif self.panes.maximised is not None:
            self.panes.maximise(None)
        else:
            self.panes.focus_code()

    def action_restart(self) -> None:
        """A fresh session, in which nothing has run."""
        self.conductor.restart()

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(Leaflet(text("ui.help.title"), help_rows), self.press_again)

    def action_welcome(self) -> None:
        """What this is, and how to begin."""
        self.app.push_screen(Leaflet(text("ui.welcome.title"), welcome_rows), self.press_again)

    def action_summary(self) -> None:
        """How far the learner has come in the whole course."""
        if self.launch.summary is None:
            self.notify(text("ui.no_course"))
            return
        page = self.launch.summary()
        self.app.push_screen(Leaflet(text("ui.summary.title"), partial(page_rows, page)), self.press_again)

    def action_switch_theme(self) -> None:
        """Dark or light."""
        self._take_theme(other_brightness(self.app.theme))

    def action_switch_palette(self) -> None:
        """Colours for eyes that do not tell red from green, or the usual ones."""
        self._take_theme(other_palette(self.app.theme))

    def _take_theme(self, name: str) -> None:
        self.app.theme = name
        self.remember(theme=name)

    async def action_palette(self) -> None:
        """Everything that can be done, by name."""
        await self.app.run_action("palette")

    def choose_command(self, *, lessons: bool = False) -> None:
        """Shows the palette, with ``lessons`` these alone, and does what is chosen there."""
        from tflab.ui.screens.commands import commands, lesson_commands
        from tflab.ui.screens.palette import Palette

        offered = lesson_commands(self) if lessons else commands(self)
        self.app.push_screen(Palette(offered), self._do)

    async def _do(self, command: Command | None) -> None:
        if command is not None:
            result = command.run()
            if result is not None:
                await result

    async def action_quit(self) -> None:
        """Ends the lab."""
        await self.app.run_action("quit")

    def action_live(self) -> None:
        """Back to the latest step."""
        self.picked = None
        self.panes.inspector.go_live()

    async def open_lesson(self, ref: str) -> None:
        """Shows another lesson, in a fresh session."""
        if self.launch.open_document is None:
            return
        self.keep_typing()
        try:
            document = self.launch.open_document(ref)
        except UnreadableDocument as error:
            self.notify(str(error), severity="error", timeout=8)
            return
        self.desk.cancel()
        self.conductor.change_document(WorkingCopy(document, self.launch.drafts))
        self.panes.prose.leave_editor()
        self.desk = self._new_desk(document)
        self.panes.code.forget_steps()
        if self.launch.opened is not None:
            self.launch.opened(document)
        self.panes.inspector.active = self.first_tab()
        await self.show_step(self.first_step())
        self.suit_panes()
        self.panes.focus_code()

    async def on_lessons_pane_opened(self, event: LessonsPane.Opened) -> None:
        """A lesson of the list."""
        await self.open_lesson(event.ref)

    async def on_problems_panel_lesson_wanted(self, event: ProblemsPanel.LessonWanted) -> None:
        """The lesson that teaches a problem."""
        wanted = (entry.ref for entry in self.launch.lessons if entry.ref.partition("_")[2] == event.lesson)
        if (ref := next(wanted, None)) is not None:
            await self.open_lesson(ref)
        else:
            self.notify(text("ui.problems.no_lesson"), timeout=4)

    def on_curve_canvas_step_picked(self, event: CurveCanvas.StepPicked) -> None:
        """The other panels go to that step."""
        self.picked = event.moment

    def on_tensor_view_asked(self, event: TensorView.Asked) -> None:
        """The session knows the elements."""
        self.conductor.ask_tensor(event.request)

    def on_curves_panel_runs_wanted(self) -> None:
        """The kept runs are shown."""
        from tflab.ui.screens.compared_curves import choose_runs

        if self.launch.runs is not None:
            choose_runs(self, self.launch.runs, self.panes.inspector)

    def on_curves_panel_write_wanted(self, event: CurvesPanel.WriteWanted) -> None:
        """The curves are written to a file."""
        from tflab.ui.screens.compared_curves import write_curves

        self.run_worker(write_curves(self, event), group="curve files")

    def on_inspector_tab_chosen(self, event: Inspector.TabChosen) -> None:
        """What comes into sight is up to date at once. On a narrow screen output and prose are tabs."""
        self.panes.arrange_panes()
        self.panes.inspector.show_state(self.state, self.picked)

    def on_output_pane_error_clicked(self, event: OutputPane.ErrorClicked) -> None:
        """Goes to the line that failed."""
        error, cell = event.block.error, event.block.cell
        if error is not None and error.line is not None and cell == self.step and self.panes.code.editor:
            self.panes.code.editor.go_to(self.copy.line_in_step(cell, error.line))
            self.panes.focus_code()

    @on(Bar.Pressed)
    async def _bar_pressed(self, event: Bar.Pressed) -> None:
        """A key's name was clicked, or a part of the status line."""
        if event.bar is self.keys:
            await self.run_action(event.name)
        elif event.name == "palette":
            await self.action_palette()
        elif event.name == "lessons" and self.launch.lessons:
            self.choose_command(lessons=True)
        elif event.name == "devices":
            self.action_tab("devices")
        elif event.name == "session" and self.state.session is not None:
            details = self.state.session.isolation_details
            self.notify("\n".join(details) or text("ui.isolated"), title=text("ui.isolation"))

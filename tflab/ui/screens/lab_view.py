"""What the lab shows: status line, panes and key bar, brought up to date twenty times a second."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from tflab.curriculum.document import Document
from tflab.messages import text
from tflab.protocol.editing_help import NameDescribed
from tflab.state.clock import Moment
from tflab.state.run_state import RunState
from tflab.state.terminal_text import plain
from tflab.ui import garbage
from tflab.ui.arrangement import width_of
from tflab.ui.code_checking import CodeChecking
from tflab.ui.code_help import CodeHelp, call_shape
from tflab.ui.conductor import Conductor
from tflab.ui.exercise_desk import ExerciseDesk
from tflab.ui.launch import Launch
from tflab.ui.problem_places import marks_of
from tflab.ui.screens.lab_panes import LabPanes
from tflab.ui.screens.loop_keys import LoopKeys
from tflab.ui.status_text import Situation, key_hints, key_parts, output_title, panel_keys, status_parts, step_title
from tflab.ui.tabs import PANELS, TabName, tab_named
from tflab.ui.widgets.bar import Bar
from tflab.ui.widgets.marks import Mark
from tflab.ui.working_copy import WorkingCopy


class LabView(LoopKeys):
    """Draws a `RunState` and a document; `tflab.ui.screens.lab_screen.LabScreen` adds what keys do."""

    # The code has the keys first, not whichever pane is there first.
    AUTO_FOCUS = ""

    def __init__(self, launch: Launch) -> None:
        super().__init__(id="lab")
        self.launch = launch
        """What the lab was opened with."""
        self.state = RunState()
        copy = WorkingCopy(launch.document, launch.drafts)
        self.conductor = Conductor(launch.session, self.state, copy, launch.step_ran, launch.runs)
        self.steered = self.conductor
        self.help = CodeHelp(launch.session, self.state, launch.static_names)
        self.desk = self._new_desk(copy.document)
        self.checking = CodeChecking(launch.linter)
        self.step = 0
        """The step in sight, 0-based."""
        self.picked: Moment | None = None
        """The moment picked on a curve; None for the latest."""
        self._filled = False
        self._shown_task = ""
        self._trouble = ""
        self._shown_error: object = None
        """The error that is marked in the code of the step in sight."""
        self._told_alive = self._told_failed = False
        self._told_error: object = None
        """The error that brought the output into sight."""
        self._shown_problems: object = None
        self._diagnostics: Sequence[Sequence[Mark]] = ()
        self.status = Bar(id="status")
        self.panes = LabPanes(launch.preferences, id="panes")
        self.keys = Bar(id="keys")

    def compose(self) -> ComposeResult:
        """The frame; what is in the panes comes after the first paint."""
        yield self.status
        yield self.panes
        yield self.keys
        yield Static(text("ui.too_small"), id="too-small")

    def on_mount(self) -> None:
        """Fills the panes once the frame is on the screen."""
        for note in self.launch.notes:
            self.state.output.note(note)
        self._draw_bars()
        self.call_after_refresh(self._fill)

    async def _fill(self) -> None:
        # One picture of all of it costs less than one of each part.
        with self.app.batch_update():
            await self.panes.fill(self.first_tab())
            self._filled = True
            self.panes.code.use_vim(self.launch.preferences is not None and self.launch.preferences.now.vim_keys)
            self.suit_panes()
            self._show_code(self.first_step())
            self.panes.focus_first()
            await self.show_step(self.step)
        self.begin(self.launch.session, frame=self._frame)
        self.filled()
        self.call_after_refresh(self._fill_rest)

    def first_tab(self) -> TabName:
        """The tab of the step that is shown first, else that of the document; on a narrow screen what is to be read."""
        if self.panes.narrow:
            return "prose" if self._has_prose else "output"
        steps = self.document.steps
        wanted = tab_named(steps[self.first_step()].panel) if steps else None
        return wanted or tab_named(self.document.panel) or "curves"

    @property
    def _has_prose(self) -> bool:
        return self.document.kind == "lesson" or any(step.prose.strip() for step in self.document.steps)

    async def _fill_rest(self) -> None:
        await self.panes.fill_rest()
        garbage.resume()

    def filled(self) -> None:
        """The panes are there; called once."""

    def first_step(self) -> int:
        wanted = self.launch.first_step(self.document) if self.launch.first_step is not None else 0
        return max(0, min(wanted, len(self.document.steps) - 1))

    @property
    def ready(self) -> bool:
        """Whether the panes are there."""
        return self._filled

    @property
    def copy(self) -> WorkingCopy:
        """The document that is shown, with what was typed in it."""
        return self.conductor.copy

    @property
    def document(self) -> Document:
        """The document that is shown."""
        return self.copy.document

    # --- showing ------------------------------------------------------------------------------------------------

    def _frame(self) -> None:
        """Twenty times a second: takes in what has happened and draws what is in sight."""
        now = time.monotonic()
        self.copy.save_if_due(now)
        self._show_trouble()
        garbage.sweep(is_quiet=self.clock.is_quiet(now))
        self.take_in()

    def advance(self, seconds: float) -> bool:
        """Applies what the session has told."""
        self.conductor.advance(seconds, self.clock.key_waits)
        return self.conductor.is_behind

    def follow(self, now: float) -> None:
        """Checks, errors, marks, questions."""
        self.desk.follow()
        self.show_task()
        self._show_error()
        self._show_diagnostics(now)
        self._show_problems()
        if self.state.input is not self.panes.output.request:
            self.ask()

    def draw(self, now: float) -> None:
        """Output, panel, bars."""
        panes = self.panes
        if panes.is_shown("output"):
            panes.output.show_output(self.state.output)
        self._show_help(now)
        panes.inspector.show_state(self.state, self.picked)
        self._draw_bars()

    def remember(self, **choices: object) -> None:
        """Keeps what the person has chosen about the interface."""
        if self.launch.preferences is not None:
            self.launch.preferences.change(**choices)

    def _show_trouble(self) -> None:
        """Says once that what is typed is not being kept, and once that it is again."""
        if self.copy.trouble != self._trouble:
            self._trouble = self.copy.trouble
            if self._trouble:
                self.notify(self._trouble, severity="error", timeout=60)
            else:
                self.app.clear_notifications()
                self.notify(text("ui.kept_again"))

    def _show_help(self, now: float) -> None:
        """Names that could stand at the cursor, and what the call around it takes."""
        offer = self.help.take_offer(now)
        if offer is not None:
            self.panes.code.offer(offer)
        described = self.help.take_description()
        if described is not None:
            self.show_description(described)

    def show_description(self, described: NameDescribed) -> None:
        """What the call around the cursor takes."""
        self.panes.code.show_call(call_shape(described))

    def earlier_source(self) -> str:
        """The code of the steps before the one in sight."""
        return "".join(source + "\n" for source in self._sources()[: self.step])

    def _new_desk(self, document: Document) -> ExerciseDesk:
        launch = self.launch
        passed = launch.passed(document) if launch.passed is not None else ()
        return ExerciseDesk(document, launch.grader, passed, launch.exercise_passed)

    def show_task(self) -> None:
        """Shows what is new behind the step's prose: a hint, how a check goes, its verdict."""
        if self.document.steps and (task := self.desk.prose(self.step)) != self._shown_task:
            self._shown_task = task
            self.run_worker(self._add_task(task), group="task", exclusive=True)

    async def _add_task(self, task: str) -> None:
        # By the time that this begins, another step may be in sight.
        if task == self._shown_task:
            await self.panes.prose.add_to_prose(task)

    def keep_typing(self) -> None:
        """Keeps what was typed up to this moment: news of the last keys may still be on the way from the editor."""
        if self._filled:
            now = time.monotonic()
            for index, source in self.panes.code.sources().items():
                self.copy.edit(index, source, now)
        self.copy.save()

    def _situation(self) -> Situation:
        panel = self.panes.inspector.keys_of if self._filled and self.panes.inspector.has_focus_within else ""
        return Situation(
            state=self.state,
            step=self.step,
            steps=len(self.document.steps),
            waiting=self.conductor.waiting,
            prose=self.panes.has_prose,
            reading=self._filled and self.panes.reading,
            maximised=self.panes.maximised is not None,
            picked=self.picked,
            panel=panel,
            exercise=self.desk.exercise(self.step) is not None and self.launch.grader is not None,
            checking=self.desk.checking,
            unsaved=self.is_unsaved,
            own=self.copy.cells is not None,
            writing=self._filled and self.panes.prose.editor is not None and self.panes.reading,
            doors=tuple(self.launch.doors),
        )

    @property
    def is_unsaved(self) -> bool:
        """Whether there is a file of one's own that lacks something."""
        return False

    def _title(self) -> str:
        """The document's title, with its number in the list of lessons."""
        name = self.document.path.stem if self.document.kind == "lesson" else ""
        number = next((entry.number for entry in self.launch.lessons if entry.ref == name), None)
        return self.document.title if number is None else f"{number:02d} {self.document.title}"

    def _draw_bars(self) -> None:
        situation = self._situation()
        width = self.size.width
        self.status.show(*status_parts(situation, self._title(), time.time(), width))
        hints = key_hints(situation) if self._filled else []
        self.keys.show(key_parts(hints, width))
        message = self.panes.code.message if self._filled else ""
        edited = self.copy.is_edited(self.step) if self.document.steps else False
        # A narrow screen draws no border below the code.
        mode = self.panes.code.mode if self._filled else ""
        title = step_title(situation, edited, message if self.panes.narrow else "", mode)
        self.panes.entitle("code", title, message)
        self.panes.entitle("output", output_title(self.state))
        self.panes.entitle("inspector", text("ui.pane.inspector"), panel_keys(situation.panel))

    def _show_error(self) -> None:
        """Marks the line that the last failed step stopped at."""
        error = self.state.last_error
        alive, failed = self.state.session is not None, self.state.phase == "failed"
        if (self._told_alive and not alive) or (failed and not self._told_failed):
            # What ended the session is told there.
            self.panes.show_output()
        self._told_alive, self._told_failed = alive, failed
        if error is self._shown_error:
            return
        self._shown_error = error
        for index in range(len(self.document.steps)):
            self.panes.code.show_marks(index, "run", ())
        if error is not None and error is not self._told_error:
            self.panes.show_output()
        self._told_error = error
        if error is not None and error[1].line is not None:
            row = self.copy.line_in_step(error[0], error[1].line) - 1
            message = f"{plain(error[1].name)}: {plain(error[1].message)}".partition("\n")[0]
            self.panes.code.show_marks(error[0], "run", [Mark(row=row, message=message, severity="failed")])
            if self.panes.code.editor is not None and error[0] == self.step:
                self.panes.code.editor.reveal(row)

    def _show_diagnostics(self, now: float) -> None:
        """Marks what the linter has found."""
        found = self.checking.follow(now, self._sources)
        if found is not None:
            self._diagnostics = found
            self._mark_diagnostics()

    def _mark_diagnostics(self) -> None:
        for index, marks in enumerate(self._diagnostics):
            self.panes.code.show_marks(index, "lint", marks)

    def _show_problems(self) -> None:
        """Marks the lines of the problems that runs have shown."""
        shown = (self.copy, self.state.problems.version)
        if shown != self._shown_problems:
            self._shown_problems = shown
            self._mark_problems()

    def forget_marks(self) -> None:
        """The steps have other numbers: what was found wrong is looked for anew."""
        self._diagnostics = ()
        self._shown_problems = None
        self.checking.edited(time.monotonic())

    def _mark_problems(self) -> None:
        marks = marks_of(self.state.problems.found, self.copy)
        for step in self.document.steps:
            self.panes.code.show_marks(step.index, "problems", marks.get(step.index, ()))

    def _sources(self) -> list[str]:
        """The code of every step as it is now."""
        typed = self.panes.code.sources()
        return [typed.get(step.index, self.copy.source(step.index)) for step in self.document.steps]

    def ask(self) -> None:
        """Shows what the cell waits for, or no longer."""
        request, output = self.state.input, self.panes.output
        if request is not None:
            self.panes.show_output()
        is_answered = output.is_answered_in(self.focused)
        output.show_request(request)
        if request is None and is_answered:
            self.panes.focus_code()

    async def show_step(self, index: int) -> None:
        if not self.document.steps:
            await self.panes.prose.show_prose(text("ui.prose.no_steps"))
            return
        self._show_code(index)
        self._shown_task = self.desk.prose(index)
        await self.panes.prose.show_prose(self._shown_task)
        inspector = self.panes.inspector
        # On a narrow screen output and prose may have the place of the panels: a new step is to be read first.
        if self.panes.narrow and inspector.active == "output" and self.panes.has_prose:
            inspector.active = "prose"
        if (tab := tab_named(self.document.steps[index].panel)) is not None and inspector.active in PANELS:
            inspector.active = tab
        if self.launch.step_shown is not None:
            self.launch.step_shown(self.document, index)
        self._draw_bars()

    def _show_code(self, index: int) -> None:
        if self.document.steps:
            self.step = index
            self.panes.code.show_step(index, self.copy.source(index), self.copy.first_line(index))
            self._shown_error = None
            self._mark_diagnostics()
            self._mark_problems()

    def suit_panes(self) -> None:
        """Makes room for the document and lists the lessons."""
        is_lesson = self.document.kind == "lesson"
        self.panes.suit(
            titles=[entry.title for entry in self.launch.lessons] if is_lesson else [],
            prose=self._has_prose,
        )
        current = self.document.path.stem if self.document.kind == "lesson" else ""
        self.panes.lessons.show_lessons(self.launch.lessons, current)

    # --- window -------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Arranges the panes for the new size."""
        rows = event.size.height - 2
        width = width_of(event.size.width, rows)
        self.set_class(width == "tiny", "-tiny")
        self.set_class(width == "narrow", "-narrow")
        self.panes.fit(event.size.with_height(max(0, rows)))
        if self._filled and width != "tiny" and self.focused is None:
            # What had the keys was out of sight.
            self.call_after_refresh(self._focus_something)

    def on_screen_resume(self) -> None:
        """The code gets the keys where nothing has them: the page may have come while another window had them."""
        if self._filled:
            self._focus_something()

    def _focus_something(self) -> None:
        if self.focused is None:
            self.panes.focus_first()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """On a narrow screen the prose takes the room of the code while it is read."""
        if self._filled:
            self.panes.arrange_panes()

"""A document stepped through by typed commands, one line each; every answer is plain lines."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tflab.cli.plain.line_editing import LineChange, NoSuchLine, changed, numbered
from tflab.cli.plain.sentences import PANELS
from tflab.cli.plain.watched_run import Spoken, WatchedRun
from tflab.curriculum.document import Document, UnreadableDocument
from tflab.curriculum.learner import Learner
from tflab.messages import text
from tflab.state.run_state import RunState
from tflab.ui.exercise_desk import ExerciseDesk, Grader
from tflab.ui.external_editor import NoEditor, edit_outside
from tflab.ui.launch import Drafts
from tflab.ui.lesson_entry import LessonEntry
from tflab.ui.working_copy import WorkingCopy

_CHECK_TURN: Final = 0.1
COMMANDS: Final = (
    "next",
    "previous",
    "go",
    "read",
    "code",
    "run",
    "all",
    "restart",
    "edit",
    "set",
    "insert",
    "delete",
    "undo",
    "reset",
    "check",
    "hint",
    "solution",
    *PANELS,
    "lessons",
    "open",
    "help",
    "quit",
)
"""In the order in which a few letters are understood: ``re`` reads, it does not restart."""
_SHORT: Final = {
    "": "next",
    "?": "help",
    "c": "code",
    "e": "edit",
    "r": "run",
    "s": "solution",
    "t": "tensors",
    "x": "check",
}


@dataclass(frozen=True)
class Surroundings:
    """What a plain lesson is given."""

    drafts: Drafts
    learner: Learner
    lessons: Sequence[LessonEntry]
    open_document: Callable[[str], Document]
    grader: Grader | None = None


class PlainLesson:
    """Asks for commands until the person quits."""

    def __init__(
        self,
        document: Document,
        run: WatchedRun,
        state: RunState,
        restart: Callable[[], None],
        around: Surroundings,
        say: Spoken,
        ask: Callable[[str], str],
    ) -> None:
        """``restart`` gives a fresh session; ``ask`` reads one command and may raise EOFError."""
        self._run = run
        self._state = state
        self._restart = restart
        self._around = around
        self._say = say
        self._ask = ask
        self._undo: list[tuple[int, str]] = []
        self._take(document)

    def _take(self, document: Document) -> None:
        around = self._around
        self._copy = WorkingCopy(document, around.drafts)
        self._desk = ExerciseDesk(
            document, around.grader, around.learner.passed(document), around.learner.exercise_passed
        )
        self._undo.clear()
        self._said = ""
        self._step = around.learner.first_step(document)

    def follow_commands(self) -> None:
        """Runs until the person quits or nothing more can be read."""
        self._say(text("plain.welcome", title=self._copy.document.title))
        self._show_step()
        while True:
            try:
                line = self._ask(text("plain.prompt", step=self._step + 1))
            except EOFError:
                return
            except KeyboardInterrupt:
                self._say()
                continue
            if not self._obey(line):
                return

    def _obey(self, line: str) -> bool:
        """Does what a line asks for; False to quit."""
        word, _, rest = line.strip("\r\n").lstrip().partition(" ")
        word = word.lower()
        name = _SHORT.get(word) or next((each for each in COMMANDS if each.startswith(word)), "")
        if name == "quit":
            return False
        if not name:
            self._say(text("plain.unknown", word=word))
        elif name in PANELS:
            self._run.listen()
            for each in PANELS[name](self._state):
                self._say(each)
        else:
            getattr(self, f"_do_{name}")(rest)
        return True

    # --- going about --------------------------------------------------------------------------------------------

    def _show_step(self) -> None:
        document = self._copy.document
        if not document.steps:
            self._say(text("plain.no_steps"))
            return
        self._around.learner.step_shown(document, self._step)
        self._say()
        self._say(text("plain.step", step=self._step + 1, steps=len(document.steps)))
        self._said = ""
        self._say_news()
        self._do_code()

    def _say_news(self) -> None:
        """What has come to the step's prose since it was said."""
        prose = self._desk.prose(self._step)
        new = prose.removeprefix(self._said)
        for line in new.strip("\n").split("\n"):
            self._say(line)
        self._said = prose

    def _go(self, step: int) -> None:
        if 0 <= step < len(self._copy.document.steps):
            self._step = step
            self._show_step()
        else:
            self._say(text("plain.no_step", count=len(self._copy.document.steps)))

    def _do_next(self, rest: str = "") -> None:
        self._go(self._step + 1)

    def _do_previous(self, rest: str = "") -> None:
        self._go(self._step - 1)

    def _do_go(self, rest: str = "") -> None:
        self._go(int(rest) - 1 if rest.strip().isdecimal() else -1)

    def _do_read(self, rest: str = "") -> None:
        self._show_step()

    def _do_help(self, rest: str = "") -> None:
        for line in text("plain.help").split("\n"):
            self._say(line)

    def _do_lessons(self, rest: str = "") -> None:
        for entry in self._around.lessons:
            state = "done" if entry.done else "started" if entry.started else "new"
            self._say(f"{entry.number:02d} {entry.title}, {text('plain.lesson.' + state)}")

    def _do_open(self, rest: str = "") -> None:
        wanted = rest.strip()
        entry = next((e for e in self._around.lessons if wanted in (str(e.number), f"{e.number:02d}", e.ref)), None)
        if entry is None:
            self._say(text("plain.no_lesson", word=wanted))
            return
        try:
            document = self._around.open_document(entry.ref)
        except UnreadableDocument as error:
            self._say(str(error))
            return
        if self._state.steps or document.devices != self._copy.document.devices:
            self._restart()
        self._state.forget_steps()
        self._take(document)
        self._around.learner.opened(document)
        self._say(text("plain.opened", title=document.title))
        self._show_step()

    # --- code ---------------------------------------------------------------------------------------------------

    def _do_code(self, rest: str = "") -> None:
        self._say(text("plain.code"))
        for line in numbered(self._copy.source(self._step)):
            self._say(line)

    def _put(self, source: str) -> None:
        old = self._copy.source(self._step)
        if source == old:
            self._say(text("plain.unchanged"))
            return
        self._undo.append((self._step, old))
        self._copy.edit(self._step, source, time.monotonic())
        self._copy.save()
        self._do_code()

    def _do_edit(self, rest: str = "") -> None:
        try:
            self._put(edit_outside(self._copy.source(self._step), 1, os.environ))
        except NoEditor as error:
            self._say(str(error))

    def _change(self, kind: str, rest: str) -> None:
        number, _, new = rest.partition(" ")
        first, _, last = number.partition("-")
        if not first.isdecimal() or (last and not last.isdecimal()):
            self._say(text("plain.which_line", kind=kind))
            return
        try:
            change = LineChange(kind, int(first), new, int(last or first))
            self._put(changed(self._copy.source(self._step), change))
        except NoSuchLine as error:
            self._say(str(error))

    def _do_set(self, rest: str = "") -> None:
        self._change("set", rest)

    def _do_insert(self, rest: str = "") -> None:
        self._change("insert", rest)

    def _do_delete(self, rest: str = "") -> None:
        self._change("delete", rest)

    def _do_undo(self, rest: str = "") -> None:
        if not self._undo:
            self._say(text("plain.nothing_to_undo"))
            return
        self._step, source = self._undo.pop()
        self._copy.edit(self._step, source, time.monotonic())
        self._copy.save()
        self._do_code()

    def _do_reset(self, rest: str = "") -> None:
        self._desk.reset(self._step)
        self._put(self._copy.document.steps[self._step].source)

    # --- running ------------------------------------------------------------------------------------------------

    def _do_run(self, rest: str = "") -> None:
        self._run_steps([self._step])

    def _do_all(self, rest: str = "") -> None:
        self._run_steps(range(self._step + 1))

    def _do_restart(self, rest: str = "") -> None:
        self._restart()
        self._state.forget_steps()
        self._say(text("plain.fresh"))

    def _run_steps(self, steps: Sequence[int]) -> None:
        for index in self._run.run(self._copy, steps):
            self._around.learner.step_ran(self._copy.document, index)

    # --- exercises ----------------------------------------------------------------------------------------------

    def _do_check(self, rest: str = "") -> None:
        if not self._desk.check(self._step, self._copy.source):
            self._say(text("check.desk.no_exercise"))
            return
        self._say(text("plain.checking"))
        try:
            while self._desk.checking:
                time.sleep(_CHECK_TURN)
                self._desk.follow()
        except KeyboardInterrupt:
            self._desk.cancel()
            while self._desk.checking:
                time.sleep(_CHECK_TURN)
                self._desk.follow()
        self._say_desk()

    def _do_hint(self, rest: str = "") -> None:
        if self._desk.exercise(self._step) is None:
            self._say(text("check.desk.no_exercise"))
        elif self._desk.hint(self._step):
            self._say_desk()
        else:
            self._say(text("check.desk.no_more_hints"))

    def _do_solution(self, rest: str = "") -> None:
        if self._desk.show_solution(self._step):
            self._say_desk()
        else:
            self._say(text("check.desk.no_exercise"))

    def _say_desk(self) -> None:
        """What the desk says behind the step's own prose."""
        own = self._copy.document.steps[self._step].prose
        self._said = own
        self._say_news()

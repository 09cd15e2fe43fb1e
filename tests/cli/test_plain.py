"""A lesson as plain lines, with a session that says what a test wants and with a real one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.scripted_session import READY, Script, ScriptedSession, failed, finished, send
from tests.ui.doubles import MemoryDrafts, lesson
from tflab import messages
from tflab.cli.plain.lesson import COMMANDS, PlainLesson, Surroundings
from tflab.cli.plain.line_editing import LineChange, NoSuchLine, changed
from tflab.cli.plain.sentences import PANELS
from tflab.cli.plain.watched_run import WatchedRun
from tflab.curriculum.document import Document, UnreadableDocument
from tflab.curriculum.learner import Learner
from tflab.curriculum.progress import Progress
from tflab.protocol.events import (
    Device,
    DevicesSampled,
    FunctionTraced,
    InputRequested,
    MetricsLogged,
    ProblemFound,
    ResultShown,
    Site,
    StreamWritten,
    TensorRecord,
    TensorsRecorded,
)
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.server import ServerFailed
from tflab.state.run_state import RunState
from tflab.ui.lesson_entry import LessonEntry

DOCUMENT = lesson("x = 1\ny = 2", "x / 0", "z = 3")


class Said:
    """A plain lesson that has followed commands, and all it said."""

    def __init__(
        self,
        tmp_path: Path,
        *commands: str,
        script: Script | None = None,
        first: Sequence[Any] = (READY,),
        document: Document = DOCUMENT,
        open_document: Callable[[str], Document] | None = None,
    ) -> None:
        self.lines: list[str] = []
        self.drafts = MemoryDrafts()
        self.session = ScriptedSession(script or {}, first)
        self.session.start()
        self._commands = iter(commands)
        self.progress = Progress(tmp_path)

        def unreadable(ref: str) -> Document:
            raise UnreadableDocument(f"{ref} cannot be read")

        around = Surroundings(
            drafts=self.drafts,
            learner=Learner(self.progress),
            lessons=(LessonEntry(ref="12_autodiff", number=12, title="Autodiff", done=True),),
            open_document=open_document or unreadable,
        )
        state = RunState()
        run = WatchedRun(self.session, state, self.say, self.ask)
        PlainLesson(document, run, state, self.session.restart, around, self.say, self.ask).follow_commands()

    def say(self, line: str = "") -> None:
        """Takes a line down."""
        self.lines.append(line)

    def ask(self, prompt: str) -> str:
        """The next command; the end of the input behind the last."""
        self.lines.append(prompt)
        for command in self._commands:
            if command == "^C":
                raise KeyboardInterrupt
            return command
        raise EOFError

    def __contains__(self, line: str) -> bool:
        return line in self.lines

    def after(self, prompt: int) -> list[str]:
        """What was said behind the prompt of that number, up to the next."""
        places = [number for number, line in enumerate(self.lines) if line.endswith("> ")] + [len(self.lines)]
        return self.lines[places[prompt] + 1 : places[prompt + 1]]


# --- going about ------------------------------------------------------------------------------------------------


def test_a_step_is_its_prose_and_its_numbered_code(tmp_path: Path) -> None:
    said = Said(tmp_path)

    assert said.lines[0].startswith("tflab, plain text. Training loops.")
    assert "Step 1 of 3" in said
    assert "Prose of part 1." in said
    assert said.lines[-4:] == ["Code:", "1: x = 1", "2: y = 2", "step 1> "]


def test_steps_are_gone_to_by_words_letters_and_numbers(tmp_path: Path) -> None:
    said = Said(tmp_path, "", "ne", "p", "go 3", "next", "go 9", "go x", "^C", "quit", "never")

    prompts = [line for line in said.lines if line.endswith("> ")]
    assert prompts == [f"step {step}> " for step in (1, 2, 3, 2, 3, 3, 3, 3, 3)]
    assert said.lines.count("There is no such step: there are 3.") == 3


def test_every_command_is_explained_and_done(tmp_path: Path) -> None:
    for language in messages.LANGUAGES:
        messages.use_language(language)
        explained = messages.text("plain.help")
        for command in COMMANDS:
            if command != "help":
                assert command in explained, (language, command)
    messages.use_language("en")
    for command in COMMANDS:
        if command not in ("quit", *PANELS):
            assert hasattr(PlainLesson, f"_do_{command}")


def test_a_word_that_is_no_command_is_named(tmp_path: Path) -> None:
    assert "There is no command dance. Type help for all of them." in Said(tmp_path, "dance")


# --- code -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (LineChange("set", 2, "    b"), "a\n    b\nc"),
        (LineChange("insert", 1, "b"), "b\na\nx\nc"),
        (LineChange("insert", 4, "b"), "a\nx\nc\nb"),
        (LineChange("delete", 1), "x\nc"),
        (LineChange("delete", 1, last=3), ""),
    ],
)
def test_lines_are_changed_by_number(change: LineChange, code: str) -> None:
    assert changed("a\nx\nc", change) == code


@pytest.mark.parametrize(
    "change", [LineChange("set", 0), LineChange("set", 4), LineChange("insert", 5), LineChange("delete", 2, last=4)]
)
def test_a_line_that_is_not_there_is_named(change: LineChange) -> None:
    with pytest.raises(NoSuchLine, match="there are 3"):
        changed("a\nx\nc", change)


def test_code_is_changed_kept_and_brought_back(tmp_path: Path) -> None:
    said = Said(
        tmp_path, "set 2     y = 3", "insert 1 # new", "delete 1-2", "undo", "undo", "undo", "undo", "set x", "d 9"
    )

    assert said.after(0) == ["Code:", "1: x = 1", "2:     y = 3"]
    assert said.after(2) == ["Code:", "1:     y = 3"]
    assert said.after(5) == ["Code:", "1: x = 1", "2: y = 2"]
    assert said.after(6) == ["Nothing to undo."]
    assert said.after(7) == ["Say which line: set 3"]
    assert said.after(8) == ["There is no line 9: there are 2."]
    assert said.drafts.kept == {0: "x = 1\ny = 2"}


def test_the_steps_own_code_comes_back(tmp_path: Path) -> None:
    said = Said(tmp_path, "delete 1", "reset", "reset")
    assert said.after(1) == ["Code:", "1: x = 1", "2: y = 2"]
    assert said.after(2) == ["The code stays as it was."]


# --- running ----------------------------------------------------------------------------------------------------


def test_a_run_says_what_the_code_says_and_how_it_ended(tmp_path: Path) -> None:
    script = {
        0: [
            StreamWritten(cell=0, name="stdout", text="50 %\r100 %\n\x1b[31mred\x1b[0m\nhalf"),
            ResultShown(cell=0, mime={"text/plain": "array([1,\n       2])"}),
            finished(0),
        ]
    }
    said = Said(tmp_path, "r", script=script)

    assert said.after(0) == ["100 %", "red", "half", "array([1,", "       2])", "Step 1 done after 100 ms"]
    assert said.session.ran[0].source == "x = 1\ny = 2"


def test_all_steps_run_up_to_the_first_that_fails(tmp_path: Path) -> None:
    said = Said(tmp_path, "go 3", "all", script={0: [finished(0)], 1: [failed(1)], 2: [finished(2)]})

    assert [request.cell for request in said.session.ran] == [0, 1]
    assert said.after(1) == [
        "Step 1 done after 100 ms",
        "Traceback of ValueError",
        "Step 2 failed after 100 ms, line 1",
    ]
    assert said.progress.lesson("14_training_loops").ran == {0}


def test_a_cell_that_asks_gets_the_next_line_or_the_end(tmp_path: Path) -> None:
    script = {0: [InputRequested(cell=0, prompt="name?", secret=False)]}
    said = Said(tmp_path, "r", "Ada", "r", script=script)

    assert said.session.answers == ["Ada", None]
    assert "name? " in said


def test_the_first_interrupt_stops_and_the_second_restarts(tmp_path: Path) -> None:
    class Restarting(Said):
        def say(self, line: str = "") -> None:
            if line.startswith("Stopping"):
                self.session.on_interrupt = [send(signal.SIGINT)]
            if line.startswith("Restarting"):
                self.session.on_restart = [
                    SessionEnded(reason="restarted", status=None, message="The session was restarted.")
                ]
            super().say(line)

    said = Restarting(tmp_path, "r", script={0: [send(signal.SIGINT)]})

    assert (said.session.interrupts, said.session.restarts) == (1, 1)
    assert said.lines[-2:] == ["The session was restarted.", "step 1> "]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_at_a_question_stops_the_cell(tmp_path: Path) -> None:
    script = {0: [InputRequested(cell=0, prompt="", secret=False)]}

    class Stopping(Said):
        def say(self, line: str = "") -> None:
            self.session.on_interrupt = [finished(0, "interrupted")]
            super().say(line)

    said = Stopping(tmp_path, "r", "^C", script=script)

    assert said.lines[-2:] == ["Step 1 interrupted after 100 ms", "step 1> "]
    assert said.session.answers == []


def test_without_a_session_a_line_says_why(tmp_path: Path) -> None:
    said = Said(tmp_path, "r", first=(ServerFailed(message="TensorFlow is not installed"),))
    assert said.after(0) == ["Nothing can run: TensorFlow is not installed"]


# --- panels -----------------------------------------------------------------------------------------------------


def test_panels_are_sentences(tmp_path: Path) -> None:
    site = Site(file="<cell 1>", line=4)
    known = [
        TensorsRecorded(
            tensors=(
                TensorRecord(
                    name="w", kind="variable", shape=(2, None), dtype="float32", min=-1.0, max=2.0, mean=0.5, nan=3
                ),
            )
        ),
        GradientsRecorded(
            site=site,
            step=7,
            loss=0.5,
            gradients=(
                GradientRecord(name="w", shape=(2,), norm=0.25, kind="dense", update_ratio=0.001),
                GradientRecord(name="b", shape=(2,), norm=None, kind="none", cause="unused"),
            ),
        ),
        FunctionTraced(
            function="step",
            line=3,
            ordinal=2,
            cause="shape",
            reason="x is (3,) now.",
            fix="Pad it.",
            signature="",
            milliseconds=12.0,
            operations=5,
        ),
        MetricsLogged(name="loss", steps=(0, 1, 2), values=(3.0, 1.0, 2.0), source="tape", scope="step"),
        ProblemFound(code="x", cause=None, severity="error", line=2, message="Wrong.", fix="Mend it.", lesson="13"),
        DevicesSampled(
            devices=(Device(name="CPU", kind="cpu", memory_used=1024, memory_total=2048, utilization=0.5),),
            origin="machine",
        ),
    ]
    said = Said(tmp_path, "r", *PANELS, script={0: [*known, finished(0)]})

    assert said.after(1) == ["w: variable, float32 (2, ?), from -1 to 2, mean 0.5, 3 NaN"]
    assert said.after(2) == [
        "gradient in line 4, step 7, loss 0.5",
        "  w: norm 0.25, update 0.001",
        "  b: None, not used in the loss",
    ]
    assert said.after(3) == ["step, trace 2: x is (3,) now. (12 ms)", "  fix: Pad it."]
    assert said.after(4) == ["loss: first 3, now 2 at step 2, between 1 and 3"]
    assert said.after(5) == ["CPU: memory 1.0 KiB / 2.0 KiB, load 50 %"]
    assert said.after(6) == ["line 2: Wrong.", "  fix: Mend it.", "  taught in lesson 13"]


def test_empty_panels_say_so(tmp_path: Path) -> None:
    said = Said(tmp_path, *PANELS)
    assert [said.after(number) for number in range(len(PANELS))] == [
        [messages.text(f"ui.{name}.empty")] for name in PANELS
    ]


# --- lessons ----------------------------------------------------------------------------------------------------


def test_another_lesson_is_opened_in_a_fresh_session(tmp_path: Path) -> None:
    other = lesson("a = 1")
    said = Said(
        tmp_path, "r", "lessons", "open 12", "open 99", script={0: [finished(0)]}, open_document=lambda _: other
    )

    assert said.after(1) == ["12 Autodiff, done"]
    assert said.lines[-2:] == ["There is no lesson 99. Type lessons for all of them.", "step 1> "]
    assert said.session.restarts == 1
    assert "1: a = 1" in said


def test_a_lesson_that_cannot_be_read_leaves_the_one_that_is_open(tmp_path: Path) -> None:
    said = Said(tmp_path, "open 12", "code")
    assert said.after(0) == ["12_autodiff cannot be read"]
    assert said.after(1) == ["Code:", "1: x = 1", "2: y = 2"]


def test_hints_and_checks_belong_to_exercises(tmp_path: Path) -> None:
    said = Said(tmp_path, "hint", "x", "s")
    assert [said.after(number) for number in range(3)] == [["This step is not an exercise."]] * 3


# --- the real thing ---------------------------------------------------------------------------------------------


def test_a_lesson_through_a_pipe_with_a_real_session(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path), "TERM": "dumb"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    result = subprocess.run(
        [sys.executable, "-m", "tflab", "1", "--plain", "--lang", "id"],
        input="run\ntensors\nquit\n",
        capture_output=True,
        encoding="utf-8",
        timeout=170,
        check=False,
        env=environment,
    )

    assert result.returncode == 0, result.stderr
    assert "tf.Tensor([2. 4. 6.], shape=(3,), dtype=float32)" in result.stdout
    assert "Langkah 1 selesai setelah" in result.stdout
    assert "slopes: tensor, float32 (3,), dari 2 sampai 6" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr

"""The lab driven by keys and clicks, with a session in memory."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from tests.ui.doubles import READY, finished, lesson, printed, ran, started
from tests.ui.lab_driver import NARROW, NORMAL, Lab, lab, press_at_once
from tflab.curriculum.document import Document, Step, UnreadableDocument
from tflab.protocol.events import (
    CellError,
    Completion,
    CompletionsOffered,
    FunctionTraced,
    InputRequested,
    MetricsLogged,
    ProbeDisabled,
    Site,
    TensorRecord,
    TensorsRecorded,
)
from tflab.protocol.gradient_events import GradientRecord, GradientsRecorded
from tflab.protocol.lifecycle import InterruptOverdue, SessionEnded
from tflab.protocol.server import ServerFailed, ServerProgressed

SITE = Site(file="<cell 1>", line=4)
AUTODIFF = Document(
    path=Path("12_autodiff.md"),
    kind="lesson",
    title="Autodiff",
    steps=(Step(index=0, prose="About tapes.", source="tape = 1"),),
)


# --- what is there -----------------------------------------------------------------------------------------------


async def test_a_wide_screen_shows_lessons_prose_code_output_and_inspector() -> None:
    async with lab() as running:
        await running.sees("Lessons", "✓ 12 Autodiff", "Prose of part 1", "x = 1", "Output", "Curves", "F10 Quit")
        await running.sees("14 Training loops", "step 1/2", "session idle", "CPU:0", "TF 2.21.0", "sandbox full")


@pytest.mark.parametrize("size", [NORMAL, NARROW])
async def test_smaller_screens_leave_the_list_of_lessons_out(size: tuple[int, int]) -> None:
    async with lab(size=size) as running:
        await running.sees("x = 1", "Curves", "F10 Quit", "session idle")
        assert "12 Autodiff" not in running.text()


async def test_the_narrow_screen_has_output_and_lesson_as_tabs() -> None:
    async with lab(size=NARROW) as running:
        await running.sees("Output", "Lesson", "Tensors", "x = 1", "Prose of part 1")
        await running.press("f2")
        await running.sees("Prose of part 1")
        await running.misses("x = 1")
        await running.press("f2")
        await running.sees("x = 1", "Prose of part 1")
        await running.press("ctrl+r")
        await running.happens(*ran(0, printed("printed line\n")))
        await running.sees("printed line", "x = 1")
        await running.misses("Prose of part 1")
        await running.press("f4")
        await running.sees("Prose of part 2", "y = x / 0")


async def test_a_tiny_window_says_so_and_recovers() -> None:
    async with lab(size=(20, 8)) as running:
        await running.sees("Window too small")
        await running.pilot.resize_terminal(80, 24)
        await running.sees("x = 1", "F10")
        await running.press("a")
        await running.until(lambda: running.source() == "ax = 1")


async def test_a_pane_that_takes_the_keys_after_a_change_of_size_keeps_them() -> None:
    async with lab() as running:
        running.screen.set_focus(None)
        running.screen.on_resize(events.Resize(running.app.size, running.app.size))
        running.screen.panes.focus_prose()
        await running.draws()
        assert running.screen.panes.reading


async def test_a_script_has_no_room_for_prose_it_has_not() -> None:
    steps = (Step(index=0, prose="", source="a = 1\nboom()", first_line=3),)
    script = Document(path=Path("loop.py"), kind="script", title="loop.py", steps=steps, filename="/somewhere/loop.py")
    async with lab(script) as running:
        await running.sees("loop.py", "3  a = 1")
        assert "F2" not in running.text()
        assert "Autodiff" not in running.text()


async def test_a_document_without_code_can_be_read() -> None:
    empty = Document(path=Path("empty.ipynb"), kind="notebook", title="empty", steps=())
    async with lab(empty) as running:
        await running.press("ctrl+r", "f5", "f3", "f4", "f2")
        assert running.session.requests == []


async def test_notes_are_shown_and_the_welcome_the_first_time() -> None:
    async with lab(notes=("The folder was not granted.",), first_launch=True) as running:
        await running.sees("Welcome to tflab", "Ctrl+R")
        await running.press("escape")
        await running.misses("Welcome to tflab")
        await running.sees("» The folder was not granted.")


# --- running -----------------------------------------------------------------------------------------------------


async def test_the_step_in_sight_runs_and_is_marked() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        assert [(request.cell, request.source) for request in running.session.requests] == [(0, "x = 1")]
        await running.sees("queued")
        await running.happens(started(0))
        await running.sees("running step 1", "^C Interrupt")
        await running.happens(printed("hello\n"), finished(0))
        await running.sees("✓ step 1", "hello", "step 1/2  ✓", "session idle")
        assert "Interrupt" not in running.text()


@pytest.mark.parametrize("key", ["ctrl+r", "shift+enter", "ctrl+enter"])
async def test_all_keys_that_run_a_step(key: str) -> None:
    async with lab() as running:
        await running.press(key)
        assert len(running.session.requests) == 1


async def test_all_steps_up_to_here() -> None:
    async with lab() as running:
        await running.press("f4", "f5")
        await running.happens(*ran(0))
        await running.happens(*ran(1))
        assert [request.cell for request in running.session.requests] == [0, 1]


async def test_restart_and_all_steps_up_to_here() -> None:
    async with lab() as running:
        await running.press("f4", "shift+f5")
        assert running.session.restarts == 1
        assert running.session.requests == []
        await running.happens(SessionEnded(reason="restarted", status=-9, message="Restarted."), READY)
        await running.until(lambda: [request.cell for request in running.session.requests] == [0])


async def test_a_step_asked_for_while_tensorflow_loads_waits_for_it() -> None:
    async with lab(ready=False) as running:
        await running.happens(ServerProgressed(stage="tensorflow.python", fraction=0.42))
        await running.sees("loading TensorFlow", "42 %", "tensorflow")
        await running.press("ctrl+r")
        await running.sees("1 queued", "^R Queue")
        running.session.make_ready()
        await running.happens(*ran(0, printed("at last\n")))
        await running.sees("at last", "session idle")


async def test_without_tensorflow_the_lab_goes_on_as_a_reader() -> None:
    async with lab(ready=False) as running:
        await running.happens(ServerFailed(message="TensorFlow is not installed."))
        await running.sees("no session: TensorFlow is not installed.")
        assert "^R" not in running.text()
        await running.press("f4", "ctrl+r")
        await running.sees("Prose of part 2", "Nothing can run")
        assert running.session.requests == []


async def test_ctrl_c_interrupts_whatever_has_the_focus_and_forces_the_second_time() -> None:
    async with lab() as running:
        await running.press("ctrl+r", "f2")
        await running.happens(started(0))
        await running.press("ctrl+c")
        assert running.session.interrupts == 1
        await running.happens(InterruptOverdue(seconds=3.0))
        await running.sees("does not stop", "^C Force restart")
        await running.press("ctrl+c")
        assert running.session.restarts == 1


async def test_ctrl_c_copies_where_nothing_runs() -> None:
    async with lab() as running:
        await running.press("shift+end", "ctrl+c")
        await running.until(lambda: running.app.clipboard == "x = 1")
        assert running.session.interrupts == 0


async def test_output_is_selected_by_mouse_and_copied() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(*ran(0, printed("one two three\nfour five\n")))
        await running.sees("four five")
        lines = running.text().split("\n")
        row = next(number for number, line in enumerate(lines) if "one two three" in line)
        column = lines[row].index("two three")
        await running.pilot.mouse_down(offset=(column, row))
        await running.pilot.hover(offset=(column + 1, row + 1))
        await running.pilot.mouse_up(offset=(column + 1, row + 1))
        await running.press("ctrl+c")
        await running.until(lambda: running.app.clipboard.startswith("two three\nfour"))


async def test_an_error_is_marked_in_the_editor_and_can_be_gone_to() -> None:
    error = CellError(name="ZeroDivisionError", message="division by zero", line=2, traceback="ZeroDivisionError")
    async with lab(lesson("a = 1\nb = 1 / 0\nc = 3")) as running:
        await running.press("ctrl+r")
        await running.happens(started(0), finished(0, "error", error))
        await running.sees("ZeroDivisionError · line 2", "2✗ b = 1 / 0", "step 1/1  ✗")
        lines = running.text().split("\n")
        row = next(number for number, line in enumerate(lines) if "ZeroDivisionError · line 2" in line)
        await running.pilot.click(offset=(lines[row].index("ZeroDivision"), row))
        editor = running.screen.panes.code.editor
        assert editor is not None
        await running.until(lambda: editor.cursor_location == (1, 0))
        await running.press("x")
        await running.misses("✗ b")


async def test_a_cell_that_asks_gets_its_answer() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(started(0), InputRequested(cell=0, prompt="Your name? ", secret=False))
        await running.sees("Your name?", "waits for your input")
        await running.press(*"Ada", "enter")
        await running.until(lambda: running.session.answers == ["Ada"])
        await running.misses("waits for your input")
        await running.happens(finished(0))
        await running.press("z")
        await running.until(lambda: "z" in running.source())


async def test_the_input_of_a_cell_can_end() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(started(0), InputRequested(cell=0, prompt="", secret=False))
        await running.sees("Ctrl+D: no more")
        await running.press(*"ab", "home", "ctrl+d", "enter")
        await running.until(lambda: running.session.answers == ["b"])
        # The next question may come before the last is seen to be answered.
        await running.happens(InputRequested(cell=0, prompt="Password: ", secret=True))
        await running.press(*"hush")
        await running.sees("••••")
        await running.press("ctrl+u", "ctrl+d")
        await running.until(lambda: running.session.answers == ["b", None])


async def test_a_secret_is_not_shown_and_escape_gives_up() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(started(0), InputRequested(cell=0, prompt="Password: ", secret=True))
        await running.sees("Password:")
        await running.press(*"hush")
        await running.sees("••••")
        assert "hush" not in running.text()
        await running.press("escape")
        assert running.session.interrupts == 1
        assert running.session.answers == []


async def test_a_session_that_dies_leaves_the_lab_and_the_code() -> None:
    async with lab() as running:
        await running.press("#", "ctrl+r")
        ended = SessionEnded(reason="crashed", status=-11, message="The session crashed (SIGSEGV).")
        await running.happens(started(0), finished(0, "killed"), ended)
        await running.sees("The session crashed (SIGSEGV).", "F5 replays", "starting a session")
        assert running.source() == "#x = 1"
        await running.happens(READY)
        await running.sees("session idle")


# --- panels ------------------------------------------------------------------------------------------------------


def training(steps: int) -> list[object]:
    """What a cell with a loop brings."""
    record = GradientRecord(name="net/dense/kernel", shape=(64, 10), norm=0.5, kind="dense")
    return [
        MetricsLogged(
            cell=0,
            name="loss",
            steps=tuple(range(steps)),
            values=tuple(2.0 / (1 + step) for step in range(steps)),
            source="tape",
            scope="step",
            site=SITE,
        ),
        *(
            GradientsRecorded(cell=0, site=SITE, step=step, loss=1.0, gradients=(record,))
            for step in range(0, steps, 10)
        ),
        FunctionTraced(
            cell=0, function="train_step", line=3, ordinal=2, cause="shape", reason="(32, 64) became (29, 64).",
            fix="Drop it.", signature="", milliseconds=10, operations=5,
        ),
        TensorsRecorded(cell=0, tensors=(TensorRecord(name="images", kind="tensor", shape=(3,), dtype="float32"),)),
    ]  # fmt: skip


async def test_panels_fill_while_the_cell_runs() -> None:
    async with lab() as running:
        await running.sees("No curves yet.")
        await running.press("ctrl+r")
        await running.happens(started(0), *training(100))
        await running.sees("loss", "training step 99", "Traces ↻1")
        assert any("⠀" < character <= "⣿" for character in running.text())
        for key, wanted in (
            ("alt+g", "net/dense/kernel"),
            ("alt+r", "(32, 64) became (29, 64)."),
            ("alt+t", "images"),
            ("alt+d", "Looking for devices"),
            ("alt+p", "No problems found"),
            ("alt+c", "training step 99"),
        ):
            await running.press(key)
            await running.sees(wanted)


async def test_a_step_opens_the_panel_that_it_names() -> None:
    document = lesson("x = 1", "y = 2", "z = 3", panel="curves")
    first, second, third = document.steps
    steps = (first, replace(second, panel="gradients"), third)
    async with lab(replace(document, steps=steps)) as running:
        inspector = running.screen.panes.inspector
        await running.until(lambda: inspector.active == "curves")
        await running.press("f4")
        await running.until(lambda: inspector.active == "gradients")
        # A step that names none leaves what is open.
        await running.press("f4")
        await running.sees("Prose of part 3")
        assert inspector.active == "gradients"


async def test_tabs_by_f12_by_arrows_and_by_mouse() -> None:
    async with lab() as running:
        await running.press("f12")
        await running.until(lambda: running.screen.panes.inspector.active == "devices")
        lines = running.text().split("\n")
        row = next(number for number, line in enumerate(lines) if " Gradients " in line)
        await running.pilot.click(offset=(lines[row].index("Gradients") + 1, row))
        await running.until(lambda: running.screen.panes.inspector.active == "gradients")
        running.screen.panes.inspector.query_one("#tabs").focus()
        await running.press("right")
        await running.until(lambda: running.screen.panes.inspector.active == "traces")


async def test_a_step_picked_on_the_curve_moves_the_gradients() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(started(0), *training(100), finished(0))
        await running.press("alt+c", "enter")
        await running.until(lambda: running.screen.picked is not None)
        await running.press(*["left"] * 20)
        await running.until(lambda: running.screen.picked is not None and running.screen.picked.step < 90)
        await running.sees("at training step", "Esc Live")
        await running.press("alt+g")
        picked = running.screen.picked
        assert picked is not None
        await running.sees(f"step {picked.step // 10 * 10} ")
        await running.press("escape")
        await running.until(lambda: running.screen.picked is None)
        await running.sees("step 90 ")


async def test_the_keys_of_the_curves() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(started(0), *training(100), finished(0))
        await running.press("alt+c", "l")
        await running.sees("loss log")
        await running.press("right", "plus", "shift+left", "0", "up", "down", "space", "space", "g", "e", "minus", "l")
        await running.misses("loss log")


async def test_a_probe_that_cannot_work_says_why() -> None:
    async with lab() as running:
        await running.happens(ProbeDisabled(probe="metrics", reason="TensorFlow 9 lacks a name."))
        await running.sees("TensorFlow 9 lacks a name.")


async def test_output_scrolls_back_and_returns_to_the_end() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(started(0), printed("".join(f"line {number}.\n" for number in range(500))))
        await running.sees("line 499.")
        await running.press("alt+o", "pageup", "pageup")
        await running.misses("line 499.")
        await running.happens(printed("line 500.\n"))
        assert "line 500." not in running.text()
        await running.press("end")
        await running.sees("line 500.")
        await running.press("home")
        await running.sees("line 0.")


# --- going about -------------------------------------------------------------------------------------------------


async def test_steps_have_code_of_their_own() -> None:
    async with lab(kept={1: "draft = 2"}) as running:
        await running.press("1", "f4")
        await running.sees("step 2/2", "Prose of part 2", "draft = 2", "edited")
        await running.press("f4")
        await running.press("f3")
        await running.sees("step 1/2", "1x = 1")
        await running.press("ctrl+z")
        await running.until(lambda: running.source() == "x = 1")


async def test_what_is_typed_is_kept_soon_and_at_quit() -> None:
    async with lab() as running:
        await running.press("#")
        await running.until(lambda: running.drafts.kept == {0: "#x = 1"})
        await running.press("#", "f10")
        await running.until(lambda: running.app.return_value == 0)
    assert running.drafts.kept == {0: "##x = 1"}


async def test_the_editor_indents() -> None:
    async with lab(lesson("")) as running:
        await running.press(*"for i in x", "colon", "enter", *"f(i", "end", "enter", *"g")
        await running.until(lambda: running.source() == "for i in x:\n    f(i)\n    g")


async def test_what_is_run_is_what_was_typed_up_to_the_key_that_runs_it() -> None:
    async with lab() as running:
        press_at_once(running, "ctrl+end", *"+41", "ctrl+r", *"#")
        await running.until(lambda: running.session.requests)
        assert [request.source for request in running.session.requests] == ["x = 1+41"]
        await running.until(lambda: running.source() == "x = 1+41#")


async def test_keys_that_follow_a_change_of_pane_go_to_the_new_one() -> None:
    async with lab() as running:
        press_at_once(running, "f2", *"lost", "f2", "x", "alt+d", "y")
        await running.until(lambda: running.source() == "xx = 1")


async def test_what_was_typed_up_to_the_key_that_quits_is_kept() -> None:
    async with lab() as running:
        press_at_once(running, "ctrl+end", *"+41", "f10")
        await running.until(lambda: running.app.return_value == 0)
    assert running.drafts.kept == {0: "x = 1+41"}


def offered(running: Lab, *names: str) -> CompletionsOffered:
    """The answer to the last question: names for the word at its position."""
    question = running.session.questions[-1]
    before = question.source[: question.position]
    start = len(re.sub(r"\w*\Z", "", before))
    completions = tuple(Completion(name=name, detail="function") for name in names)
    return CompletionsOffered(request_id=question.request_id, start=start, completions=completions)


async def test_a_dot_offers_names_and_enter_takes_the_marked_one() -> None:
    async with lab(lesson("")) as running:
        await running.press(*"tf", "full_stop")
        await running.until(lambda: running.session.questions)
        assert (running.session.questions[-1].source, running.session.questions[-1].position) == ("tf.", 3)
        await running.happens(offered(running, "cast", "concat", "constant", "zeros"))
        await running.sees("▸cast", "constant", "zeros", "function")
        await running.press("c", "o")
        await running.misses("zeros")
        await running.press("down", "enter")
        await running.until(lambda: running.source() == "tf.constant")
        await running.misses("▸constant")
        await running.press("enter")
        await running.until(lambda: running.source() == "tf.constant\n")


async def test_tab_completes_a_word_and_escape_closes_the_list() -> None:
    async with lab(lesson("")) as running:
        await running.press(*"pri", "tab")
        await running.until(lambda: running.session.questions)
        await running.happens(offered(running, "print"))
        await running.until(lambda: running.source() == "print")
        await running.press("enter", "tab", *"a", "tab")
        await running.happens(offered(running, "abs", "all"))
        await running.sees("▸abs", "all")
        await running.press("escape")
        await running.misses("▸abs")
        await running.press("x")
        await running.until(lambda: running.source() == "print\n    ax")


async def test_a_late_answer_is_not_shown() -> None:
    async with lab(lesson("")) as running:
        await running.press("a", "tab")
        late = offered(running, "abs", "all")
        await running.press("backspace", *"b", "tab")
        await running.happens(late)
        assert "▸" not in running.text().replace("▸ 14", "")


async def test_maximise_and_restore() -> None:
    async with lab() as running:
        await running.press("f11")
        await running.misses("Prose of part 1")
        await running.sees("x = 1", "F11 Restore")
        await running.press("ctrl+o")
        await running.sees("Prose of part 1", "F11 Maximise")


async def test_borders_are_dragged() -> None:
    async with lab() as running:
        code = running.screen.panes.frame("code").region
        await running.pilot.mouse_down(offset=(code.x + 10, code.bottom - 1))
        await running.pilot.hover(offset=(code.x + 10, code.bottom + 5))
        await running.pilot.mouse_up(offset=(code.x + 10, code.bottom + 5))
        await running.until(lambda: running.screen.panes.frame("code").region.height == code.height + 6)
        prose = running.screen.panes.frame("prose").region
        await running.press("alt+right")
        await running.until(lambda: running.screen.panes.frame("prose").region.width > prose.width)
        await running.press("alt+left", "alt+pagedown", "alt+pageup")
        await running.until(lambda: running.screen.panes.frame("prose").region.width == prose.width)


async def test_a_long_file_has_its_colours_where_it_is_looked_at() -> None:
    source = "\n".join(f"def f{number}(): return {number}  # note" for number in range(3000))
    async with lab(lesson(source)) as running:
        editor = running.screen.panes.code.editor
        assert editor is not None
        assert editor._highlights[2]
        assert not editor._highlights[2900]
        await running.press("ctrl+end")
        await running.until(lambda: editor._highlights[2990])
        await running.press(*"x = 'é'", "home", "up", "enter")
        kinds = {name for _, _, name in editor._highlights[2990]}
        assert {"keyword.function", "comment", "number"} <= kinds


async def test_lesson_or_code_by_f2() -> None:
    async with lab() as running:
        await running.sees("F2 Lesson")
        await running.press("f2")
        await running.sees("F2 Code")
        await running.press("f2", "x")
        await running.until(lambda: running.source() == "xx = 1")


async def test_another_lesson_from_the_list_runs_in_a_fresh_session() -> None:
    async with lab(open_document=lambda ref: AUTODIFF) as running:
        await running.press("ctrl+r")
        await running.happens(*ran(0))
        await running.pilot.click("#lessons-pane", offset=(4, 0))
        await running.sees("About tapes.", "tape = 1", "12 Autodiff", "step 1/1")
        assert running.session.restarts == 1


@pytest.mark.parametrize("size", [NORMAL, NARROW])
async def test_where_there_is_no_list_a_click_on_the_title_lists_the_lessons(size: tuple[int, int]) -> None:
    async with lab(open_document=lambda ref: AUTODIFF, size=size) as running:
        await running.pilot.click("#status", offset=(12, 0))
        await running.sees("Open lesson 12 Autodiff", "Open lesson 14 Training loops")
        assert "Run this step" not in running.text()
        await running.press("enter")
        await running.sees("12 Autodiff", "tape = 1", "step 1/1")


async def test_late_news_that_the_editor_was_hidden_does_not_take_the_keys_from_it() -> None:
    async with lab(size=NARROW) as running:
        await running.press("f2")
        await running.until(lambda: running.screen.panes.reading)
        await running.press("f2")
        await running.until(lambda: running.editor.has_focus)
        running.editor.post_message(events.Hide())
        await running.press("z")
        assert "z" in running.source()
        assert running.screen.focused is running.editor


async def test_another_lesson_does_not_hand_the_keys_around() -> None:
    async with lab(open_document=lambda ref: AUTODIFF, size=NARROW) as running:
        had_keys: list[object] = []

        def note(widget: object) -> None:
            had_keys.append(widget)

        running.screen.watch(running.screen, "focused", note, init=False)
        await running.screen.open_lesson("12_autodiff")
        await running.sees("tape = 1")
        assert had_keys == [None, running.editor]


async def test_a_lesson_that_cannot_be_read_says_so_and_the_lab_goes_on() -> None:
    def broken(ref: str) -> Document:
        raise UnreadableDocument("12_autodiff.md: line 3: no cell ends here")

    async with lab(open_document=broken) as running:
        await running.pilot.click("#lessons-pane", offset=(4, 0))
        await running.sees("no cell ends here", "x = 1")


async def test_the_palette_does_what_it_says() -> None:
    async with lab() as running:
        await running.press("ctrl+p")
        await running.sees("What do you want to do?", "Run this step", "Ctrl+R")
        await running.press(*"next st")
        await running.misses("Run this step")
        await running.press("enter")
        await running.sees("step 2/2")
        await running.press("ctrl+p", *"zzzz")
        await running.sees("Nothing of that name.")
        await running.press("enter", "escape")
        await running.misses("Nothing of that name.")


async def test_help_is_on_one_page_and_any_key_closes_it() -> None:
    async with lab(size=NARROW) as running:
        await running.press("f1")
        await running.sees(
            "In the lab", "In the editor", "In the curves", "kept runs; to a file", "any key closes this"
        )
        await running.press("x")
        await running.misses("In the lab")
        assert running.source() == "x = 1"


async def test_the_course_is_summed_up_by_the_palette() -> None:
    pages = iter(["3 of 112 exercises passed", "4 of 112 exercises passed"])
    async with lab(summary=lambda: next(pages)) as running:
        for wanted in ("3 of 112", "4 of 112"):
            await running.app.lab.run_action("summary")
            await running.sees("The course so far", wanted)
            await running.press("x")
            await running.misses("The course so far")
    async with lab() as running:
        await running.app.lab.run_action("summary")
        await running.sees("Only lessons have progress.")


async def test_a_key_on_the_bar_can_be_clicked() -> None:
    async with lab() as running:
        row = running.app.size.height - 1
        column = running.text().split("\n")[row].index("F4 Next")
        await running.pilot.click(offset=(column + 1, row))
        await running.sees("step 2/2")


async def test_the_theme_can_be_switched() -> None:
    async with lab() as running:
        running.screen.action_switch_theme()
        await running.pilot.pause()
        assert not running.app.current_theme.dark
        running.screen.action_switch_theme()
        await running.pilot.pause()
        assert running.app.current_theme.dark


async def test_typing_is_not_drowned_by_a_flood_of_output() -> None:
    async with lab() as running:
        await running.press("ctrl+r")
        await running.happens(started(0))
        flood = True

        async def pour() -> None:
            number = 0
            while flood:
                running.session.put(*(printed(f"{number + extra}\n") for extra in range(50)))
                number += 50
                await asyncio.sleep(0.005)

        pouring = asyncio.create_task(pour())
        await running.press(*"abc")
        await running.until(lambda: running.source() == "abcx = 1")
        flood = False
        await pouring


async def test_indonesian_from_the_first_word_to_the_last(indonesian: None) -> None:
    async with lab() as running:
        await running.sees("Daftar pelajaran", "Keluaran", "Kurva", "sesi siap", "Belum ada kurva.", "F10 Keluar")
        for word in ("Lessons", "Output", "Run", "session", "Quit", "yet"):
            assert word not in running.text()


async def test_the_status_line_names_what_of_the_sandbox_is_open() -> None:
    async with lab(doors=("--allow-net", "--allow-write"), size=NORMAL) as running:
        await running.sees("open: net, write")
    async with lab() as running:
        assert "open:" not in running.text()

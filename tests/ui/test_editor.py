"""The editor driven by keys: finding, marks, laying out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual import events
from textual.pilot import Pilot

from tests.ui.doubles import finished, lesson, started
from tests.ui.lab_driver import NARROW, Lab, lab
from tflab.client.ruff import Ruff
from tflab.protocol.diagnostics import Diagnostic, Unformattable
from tflab.protocol.events import CellError, ResultShown
from tflab.protocol.pictures import PictureReduced
from tflab.ui.widgets.find_bar import FindBar


class ScriptedLinter:
    """Says what a test wants said of every step."""

    def __init__(self, *found: Diagnostic, tidy: str = "", refusal: str = "") -> None:
        self.found = found
        self.tidy = tidy
        self.refusal = refusal
        self.checked: list[list[str]] = []

    def check(self, sources: Sequence[str], /) -> list[list[Diagnostic]]:
        """The same of every step."""
        self.checked.append(list(sources))
        return [list(self.found) for _ in sources]

    def format_source(self, source: str, /) -> str:
        """What the test has laid out by hand."""
        if self.refusal:
            raise Unformattable(self.refusal)
        return self.tidy


def undefined(row: int, name: str = "z") -> Diagnostic:
    """A name that is defined nowhere."""
    return Diagnostic(
        row=row,
        column=0,
        end_row=row,
        end_column=1,
        code="F821",
        message=f"Undefined name `{name}`",
        severity="error",
    )


def selected(running: Lab) -> tuple[tuple[int, int], tuple[int, int]]:
    """Both ends of the selection."""
    selection = running.editor.selection
    return min(selection), max(selection)


# --- finding ----------------------------------------------------------------------------------------------------


async def test_what_is_typed_is_found_from_the_cursor_on_and_counted() -> None:
    async with lab(lesson("rate = 1\nrate += 1\nprint(rate)")) as running:
        await running.press("ctrl+f", *"rate")
        await running.sees("1/3")
        assert selected(running) == ((0, 0), (0, 4))
        await running.press("enter")
        await running.sees("2/3")
        await running.press("down", "down")
        await running.sees("1/3")
        await running.press("up")
        await running.sees("3/3")
        assert selected(running) == ((2, 6), (2, 10))
        await running.press("escape")
        await running.misses("3/3")
        await running.press("x")
        await running.until(lambda: running.source() == "rate = 1\nrate += 1\nprint(x)")


async def test_one_match_or_all_are_replaced_and_undo_brings_them_back() -> None:
    source = "rate = 1\nrate += 1\nprint(rate)"
    async with lab(lesson(source)) as running:
        await running.press("ctrl+f", *"rate", "tab", *"step", "enter")
        await running.until(lambda: running.source().startswith("step = 1\nrate"))
        await running.sees("1/2")
        await running.press("alt+a")
        await running.until(lambda: running.source() == source.replace("rate", "step"))
        await running.sees("not found")
        await running.press("escape", "ctrl+z", "ctrl+z")
        await running.until(lambda: running.source() == source)


async def test_a_pattern_between_slashes_names_its_groups_in_the_replacement() -> None:
    async with lab(lesson("a1 = b22")) as running:
        await running.press("ctrl+f", *"/([ab])(", "backslash", *"d+)/")
        await running.sees("1/2")
        await running.press("tab", *"x[", "backslash", "2", "]", "alt+a")
        await running.until(lambda: running.source() == "x[1] = x[22]")


async def test_the_selection_is_looked_for_and_nothing_found_says_so() -> None:
    async with lab(lesson("loss = 1\nprint(loss)")) as running:
        await running.press("ctrl+shift+right", "ctrl+f")
        await running.sees("1/2")
        await running.press(*"es")
        await running.sees("not found")


async def test_the_bar_can_be_clicked() -> None:
    async with lab(lesson("a\na\na")) as running:
        await running.press("ctrl+f", "a")
        await running.sees("1/3")
        bar = running.screen.query_one(FindBar)
        pilot: Pilot[int] = running.pilot
        count = bar.query_one("#find-count")
        text = "".join(segment.text for segment in count.render_line(0))
        await pilot.click(count, offset=(text.index("↓"), 0))
        await running.sees("2/3")
        await pilot.click(count, offset=(text.index("↑"), 0))
        await running.sees("1/3")
        await running.press("tab", "b")
        await pilot.click(count, offset=(text.index("all"), 0))
        await running.until(lambda: running.source() == "b\nb\nb")


async def test_a_line_is_gone_to_by_its_number() -> None:
    async with lab(lesson("\n".join(f"x{number} = 1" for number in range(200)))) as running:
        await running.press("ctrl+g")
        await running.sees("go to line", "of 200 lines")
        await running.press(*"150", "enter")
        await running.until(lambda: running.editor.cursor_location == (149, 0))
        await running.press("y")
        await running.until(lambda: "\nyx149" in running.source())


# --- marks ------------------------------------------------------------------------------------------------------


async def test_the_linter_is_asked_when_the_typing_pauses_and_its_marks_are_shown() -> None:
    linter = ScriptedLinter(undefined(0))
    async with lab(lesson("z", "y = 1"), linter=linter) as running:
        await running.press("ctrl+end", "z")
        await running.until(lambda: running.editor.marks_of("lint"))
        assert linter.checked[-1] == ["zz", "y = 1"]
        await running.sees("1●", "z is defined nowhere (F821)")


async def test_a_narrow_screen_says_it_in_the_title() -> None:
    async with lab(lesson("z"), linter=ScriptedLinter(undefined(0)), size=NARROW) as running:
        await running.press("z")
        await running.sees("Code  step 1/1 · edited · z is defined nowhere (F821)")


async def test_marks_are_gone_to_around_the_end() -> None:
    linter = ScriptedLinter(undefined(1, "a"), undefined(3, "b"))
    async with lab(lesson("\n\n\n\n"), linter=linter) as running:
        await running.press("space")
        await running.until(lambda: running.editor.marks_of("lint"))
        await running.press("alt+n")
        await running.sees("a is defined nowhere")
        await running.press("alt+n")
        await running.sees("b is defined nowhere")
        await running.press("alt+n")
        await running.until(lambda: running.editor.cursor_location[0] == 1)
        await running.press("alt+shift+n")
        await running.until(lambda: running.editor.cursor_location[0] == 3)


async def test_without_a_mark_alt_n_says_so() -> None:
    async with lab() as running:
        await running.press("alt+n")
        await running.sees("No marked line")


async def test_a_failed_run_marks_its_line_until_it_is_edited() -> None:
    error = CellError(name="ZeroDivisionError", message="[division] by zero", line=2, traceback="...")
    async with lab(lesson("x = 1\nx / 0")) as running:
        await running.happens(started(0), finished(0, "error", error))
        await running.press("alt+n")
        await running.sees("2✗", "ZeroDivisionError: [division] by zero")
        await running.press("space")
        await running.misses("2✗")


async def test_a_run_that_failed_beyond_the_end_of_the_text_marks_nothing_and_is_shown_all_the_same() -> None:
    # The step became shorter while it ran, or the session makes things up.
    error = CellError(name="ZeroDivisionError", message="division by zero", line=70, traceback="as it was")
    async with lab(lesson("x = 1\nx / 0")) as running:
        await running.happens(started(0), finished(0, "error", error))
        await running.sees("as it was", "session idle")


@pytest.mark.usefixtures("indonesian")
async def test_marks_speak_indonesian() -> None:
    async with lab(lesson("z"), linter=ScriptedLinter(undefined(0))) as running:
        await running.press("z")
        await running.sees("z tidak didefinisikan di mana pun (F821)")


async def test_the_real_linter_marks_what_it_finds() -> None:
    async with lab(lesson("import math", "print(math.pi, radius)"), linter=Ruff()) as running:
        await running.press("f4", "ctrl+end", "space")
        await running.sees("1●", "radius is defined nowhere (F821)")


# --- laying out -------------------------------------------------------------------------------------------------


async def test_code_is_laid_out_and_undo_takes_it_back() -> None:
    async with lab(lesson("x=1\ny = 2\nz=3"), linter=ScriptedLinter(tidy="x = 1\ny = 2\nz = 3")) as running:
        await running.press("down", "alt+l")
        await running.until(lambda: running.source() == "x = 1\ny = 2\nz = 3")
        assert running.editor.cursor_location[0] == 1
        await running.press("ctrl+z")
        await running.until(lambda: running.source() == "x=1\ny = 2\nz=3")


async def test_code_that_cannot_be_laid_out_stays_and_one_line_says_why() -> None:
    async with lab(lesson("x=("), linter=ScriptedLinter(refusal="line 1 is not valid Python")) as running:
        await running.press("alt+l")
        await running.sees("line 1 is not valid Python")
        assert running.source() == "x=("


async def test_any_text_is_put_in_place_of_any_other() -> None:
    texts = ["a", "", "a\nb", "a\nb\nc", "a\nc", "a\na", "a\na\na", "a\nb\n", "x\na\nb", "\n"]
    async with lab(lesson("")) as running:
        editor = running.editor
        for old in texts:
            for new in texts:
                editor.load_text(old)
                editor.put(new)
                assert editor.text == new
                if old != new:
                    editor.undo()
                assert editor.text == old, (old, new)


async def test_a_letter_with_alt_is_a_key_and_not_a_letter() -> None:
    async with lab(lesson("x = 1"), linter=ScriptedLinter(undefined(0))) as running:
        running.app.post_message(events.Key("alt+n", "n"))
        await running.sees("No marked line")
        running.app.post_message(events.Key("alt+z", "z"))
        running.app.post_message(events.Key("y", "y"))
        await running.until(lambda: running.source() == "yx = 1")


async def test_a_picture_of_a_result_is_drawn_in_half_blocks() -> None:
    async with lab() as running:
        pixels = bytes([200, 0, 0] * 8 + [0, 0, 200] * 8)
        shown = ResultShown(cell=0, mime={"image/png": "", "text/plain": "<Figure>"})
        await running.happens(started(0), PictureReduced(cell=0, width=8, height=2, pixels=pixels), shown, finished(0))
        await running.sees("▣ image, PNG", "▀" * 8)

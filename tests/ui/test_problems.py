"""Problems in the lab: listed, marked at their lines, gone to, mended, and gone with the next run."""

from __future__ import annotations

import pytest

from tests.ui.doubles import lesson, ran
from tests.ui.lab_driver import NARROW, WIDE, lab
from tests.ui.test_panels import check_width, written
from tflab.protocol.events import ProblemEdit, ProblemFound
from tflab.state.problems import Problems
from tflab.ui.panels.problems_panel import problems_page

CODE = ("w = 1", "x = 2\nloss = y - prediction")
WARNING = ProblemFound(
    cell=0, code="retracing", cause="shape", severity="warning", file="<cell 1>", line=1,
    message="`f` is traced again and again.", fix="Pass tensors.", lesson="training_loops",
)  # fmt: skip
ERROR = ProblemFound(
    cell=1, code="shape-broadcast", cause=None, severity="error", file="<cell 2, run 3>", line=2,
    message="`y` has shape (4,) and `prediction` has (4, 1).", fix="Write `tf.squeeze(prediction, axis=-1)`.",
    evidence="A Sub of (4,) and (4, 1).",
    edit=ProblemEdit(line=2, old="prediction", new="tf.squeeze(prediction, axis=-1)"),
)  # fmt: skip


@pytest.mark.parametrize("width", [24, 40, 78, 200])
def test_a_problem_has_its_line_its_mend_and_its_evidence(width: int) -> None:
    page = problems_page([ERROR, WARNING], [], width)
    check_width(page, width)
    if width >= 78:
        text = written(page)
        assert "✗ step 2, line 2  `y` has shape (4,)" in text
        assert "fix  Write `tf.squeeze" in text
        assert "because  A Sub of (4,) and (4, 1)." in text
        assert "apply (A)  prediction → tf.squeeze(prediction, axis=-1)" in text
        assert "⚠ step 1, line 1" in text
        assert "lesson training_loops" in text
        assert "changed; run it again" in written(problems_page([ERROR], [ERROR], width))


def test_errors_come_first_and_go_when_their_cell_runs_again() -> None:
    problems = Problems()
    problems.record(WARNING)
    problems.record(ERROR)
    assert problems.by_severity == [ERROR, WARNING]
    version = problems.version
    problems.begin(1)
    assert problems.found == [WARNING]
    assert problems.version > version


def test_a_problem_goes_when_the_code_that_it_is_in_runs_again() -> None:
    problems = Problems()
    problems.record(
        ProblemFound(cell=4, code="c", cause=None, severity="error", file="<cell 2>", line=1, message="m", fix="f")
    )
    problems.begin(3)
    assert problems.found
    problems.begin(1)
    assert not problems.found


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_enter_goes_to_the_line(size: tuple[int, int]) -> None:
    async with lab(lesson(*CODE), size=size) as running:
        await running.happens(*ran(0, WARNING), *ran(1, ERROR))
        await running.press("alt+p")
        await running.sees("`y` has shape")
        await running.press("enter")
        await running.until(lambda: running.screen.step == 1 and running.editor.has_focus)
        assert running.editor.cursor_location[0] == 1
        [mark] = running.editor.marks_at(1)
        assert (mark.severity, mark.message) == ("error", ERROR.message)
        await running.press("f3")
        await running.until(lambda: running.screen.step == 0)
        assert [mark.severity for mark in running.editor.marks_at(0)] == ["warning"]


async def test_a_mend_is_applied_once_and_can_be_undone() -> None:
    async with lab(lesson(*CODE)) as running:
        await running.happens(*ran(1, ERROR))
        await running.press("alt+p")
        await running.sees("apply (A)")
        await running.press("a")
        await running.sees("changed; run it again", "loss = y - tf.squeeze(prediction, axis=-1)")
        await running.press("a")
        await running.press("alt+p", "escape", "ctrl+z")
        await running.until(lambda: running.source() == CODE[1])


async def test_a_line_that_was_changed_is_left_alone() -> None:
    async with lab(lesson(*CODE), kept={1: "x = 2\nloss = z"}) as running:
        await running.happens(*ran(1, ERROR))
        await running.press("alt+p")
        await running.sees("apply (A)")
        await running.press("a")
        await running.sees("has been changed since")
        assert running.source() == "x = 2\nloss = z"

"""Cells of a file of one's own, changed by keys."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from tests.curriculum.documents import notebook
from tests.ui.doubles import finished, printed, started
from tests.ui.lab_driver import NARROW, WIDE, Lab, lab
from tflab.curriculum.drafts import Drafts
from tflab.curriculum.file_cells import FileCell
from tflab.curriculum.notebook import read_document, untitled_document
from tflab.curriculum.saving import save, save_as
from tflab.protocol.events import CellError, ResultShown


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.ipynb"
    path.write_text(
        notebook(("markdown", "# Title"), ("markdown", "More."), ("code", "x = 1\ny = 2"), ("code", "z = 3"))
    )
    return path


def cells(running: Lab) -> list[tuple[str, str]]:
    copy = running.screen.copy.cells
    assert copy is not None
    return [(cell.kind, cell.source) for cell in copy.history.cells]


async def test_cells_are_added_split_joined_moved_and_deleted(path: Path) -> None:
    async with lab(read_document(path), save=save) as running:
        await running.sees("x = 1", "session idle", "Alt+A Add cell")
        await running.press("alt+a", *"new")
        await running.sees("step 2/3")
        await running.press("alt+A", *"up")
        await running.sees("step 2/4")
        await running.press("f3", "ctrl+home", "down", "alt+s")
        await running.sees("step 2/5")
        text = [("markdown", "# Title"), ("markdown", "More.")]
        rest = [("code", "up"), ("code", "new"), ("code", "z = 3")]
        assert cells(running) == [*text, ("code", "x = 1"), ("code", "y = 2"), *rest]
        assert running.source() == "y = 2"

        await running.press("shift+f3")
        await running.sees("step 1/5")
        assert cells(running) == [("code", "y = 2"), *text, ("code", "x = 1"), *rest]
        await running.press("f4", "alt+j")
        await running.sees("step 2/4")
        assert cells(running)[:4] == [("code", "y = 2"), *text, ("code", "x = 1\nup")]
        assert running.source() == "x = 1\nup"
        await running.press("alt+w")
        await running.sees("step 2/3")
        assert cells(running) == [("code", "y = 2"), *text, *rest[1:]]

        await running.press("ctrl+s")
        await running.sees("a.ipynb is saved.")
        assert [(cell.kind, cell.source) for cell in read_document(path).cells] == cells(running)
        for _ in range(6):
            await running.press("alt+u")
        await running.until(lambda: cells(running)[2:] == [("code", "x = 1\ny = 2"), ("code", "z = 3")])
        await running.press("alt+u")
        await running.sees("No change of cells to take back")
        for _ in range(6):
            await running.press("alt+y")
        await running.until(lambda: cells(running) == [("code", "y = 2"), *text, *rest[1:]])


async def test_text_is_written_and_turned_into_code_and_back(path: Path) -> None:
    async with lab(read_document(path), save=save) as running:
        await running.sees("x = 1", "session idle")
        await running.press("alt+v")
        await running.until(lambda: running.screen.is_writing)
        await running.press("ctrl+end", *"!", "alt+a", *"Third.")
        await running.sees("+++", "Third.", "Esc Done")
        await running.press("alt+m")
        await running.sees("step 1/3")
        assert cells(running)[:4] == [
            ("markdown", "# Title"),
            ("markdown", "More.!"),
            ("code", "Third."),
            ("code", "x = 1\ny = 2"),
        ]
        assert running.source() == "Third."
        await running.press("alt+m")
        await running.sees("step 1/2", "Third.")
        assert cells(running)[2] == ("markdown", "Third.")
        await running.press("f2", "enter")
        await running.until(lambda: running.screen.is_writing)
        await running.press("ctrl+end", "alt+w")
        await running.misses("Third.")
        await running.press("alt+j")
        await running.sees("no other cell of text")
        await running.press("escape", "ctrl+s")
        await running.sees("a.ipynb is saved.")
        assert [cell.source for cell in read_document(path).cells][:2] == ["# Title", "More.!"]


async def test_a_step_without_text_gets_one_also_on_a_narrow_screen(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    async with lab(read_document(path), save=save, size=NARROW) as running:
        await running.sees("x = 1", "session idle")
        await running.press("alt+v")
        await running.until(lambda: running.screen.is_writing)
        await running.press(*"Why", "escape", "ctrl+s")
        await running.sees("a.py is saved.", "x = 1")
        assert path.read_text() == "# %% [markdown]\n# Why\n\n# %%\nx = 1\n"


async def test_a_cell_that_runs_is_moved_but_not_deleted(path: Path) -> None:
    async with lab(read_document(path), save=save) as running:
        await running.sees("x = 1", "session idle")
        await running.press("ctrl+r")
        await running.happens(started(0))
        await running.press("alt+w")
        await running.sees("This cell is running")
        await running.press("shift+f4")
        await running.sees("step 2/2")
        await running.happens(printed("from the moved one\n"))
        await running.sees("Output  ▶ step 2", "from the moved one")
        await running.happens(finished(0))
        await running.sees("✓ step 2")
        assert running.screen.state.step(1).status == "ok"
        assert running.screen.state.step(0).status == "fresh"


async def test_what_cells_show_is_saved_with_the_notebook(path: Path) -> None:
    async with lab(read_document(path), save=save) as running:
        await running.sees("x = 1", "session idle")
        await running.press("ctrl+r")
        result = ResultShown(cell=0, mime={"text/plain": "7", "image/png": "aGk="}, is_result=True)
        await running.happens(started(0), printed("hello\n"), result, finished(0))
        await running.press("f4", "ctrl+r")
        error = CellError(name="ValueError", message="no", line=1, traceback="Traceback\nValueError: no")
        await running.happens(started(1), finished(1, "error", error))
        await running.sees("^S Save")
        await running.press("ctrl+s")
        await running.sees("a.ipynb is saved.")
        await running.misses("^S Save")
    written = nbformat.read(path, as_version=4)
    nbformat.validate(written)
    first, second = (cell for cell in written.cells if cell.cell_type == "code")
    assert (first.execution_count, second.execution_count) == (1, 2)
    assert [output.output_type for output in first.outputs] == ["stream", "execute_result"]
    assert first.outputs[1].data == {"text/plain": "7", "image/png": "aGk="}
    assert second.outputs[0].ename == "ValueError"


async def test_cells_that_were_not_saved_are_there_at_the_next_launch(path: Path, tmp_path: Path) -> None:
    kept: tuple[FileCell, ...] | None = None
    async with lab(read_document(path), save=save) as running:
        await running.sees("x = 1", "session idle")
        await running.press("alt+a", *"new")
        await running.until(lambda: running.drafts.cells is not None and running.drafts.cells[3].source == "new")
        await running.press("alt+v")
        await running.until(lambda: running.screen.is_writing)
        await running.press(*"Why")
        await running.until(lambda: running.drafts.cells is not None and running.drafts.cells[3].source == "Why")
        kept = running.drafts.cells
    assert kept is not None
    drafts = Drafts(tmp_path / "state")
    document = read_document(path)
    drafts.save_cells(document, kept)
    drafts.close()
    found = Drafts(tmp_path / "state").load_cells(read_document(path))
    assert found is not None
    assert [cell.source for cell in found] == [cell.source for cell in kept]
    async with lab(read_document(path), save=save, cells=found) as running:
        await running.sees("x = 1", "step 1/3", "^S Save")
        await running.press("f4")
        await running.sees("step 2/3", "Why")
        assert running.source() == "new"
    # Changed elsewhere meanwhile: what was kept is left alone, and told.
    path.write_text(notebook(("code", "other")))
    changed = read_document(path)
    assert Drafts(tmp_path / "state").load_cells(changed) is None
    assert len(Drafts(tmp_path / "state").left_over(changed)) == 1


async def test_a_scratch_notebook_is_saved_under_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.py").write_text("old\n")
    async with lab(untitled_document(tmp_path), save=save, save_as=save_as, size=WIDE) as running:
        await running.sees("untitled", "session idle")
        await running.press(*"x=1", "alt+a", *"y=2", "ctrl+s")
        await running.sees("Save as")
        await running.press(*"none/a.py", "enter")
        await running.sees("there is no folder none")
        await running.press("ctrl+u", *"a.txt", "enter")
        await running.sees("must end in")
        await running.press("ctrl+u", *"there.py", "enter")
        await running.sees("there already")
        assert (tmp_path / "there.py").read_text() == "old\n"
        await running.press("enter")
        await running.sees("there.py is saved.")
        assert (tmp_path / "there.py").read_text() == "# %%\nx=1\n\n# %%\ny=2\n"
        assert running.drafts.cells is None
        await running.press(*"3", "ctrl+s")
        await running.until(lambda: (tmp_path / "there.py").read_text().endswith("y=23\n"))


async def test_the_first_key_in_a_file_of_ones_own_is_not_a_welcomes(path: Path) -> None:
    async with lab(read_document(path), save=save, first_launch=True) as running:
        await running.sees("x = 1", "session idle")
        await running.press("q")
        await running.until(lambda: running.source().startswith("q"))
        assert "Welcome" not in running.text()


async def test_the_cells_of_a_lesson_stay() -> None:
    async with lab(save=save) as running:
        await running.sees("x = 1", "session idle")
        await running.press("alt+a")
        await running.sees("The cells of a lesson stay")
        await running.press("alt+v")
        assert not running.screen.is_writing


async def test_everything_is_as_in_the_file_again(path: Path) -> None:
    before = json.loads(path.read_text())
    async with lab(read_document(path), save=save) as running:
        await running.sees("x = 1", "session idle")
        await running.press(*"1", "alt+a", *"new", "alt+w", "f3", "alt+m")
        await running.until(lambda: len(cells(running)) == 4 and cells(running)[2][0] == "markdown")
        await running.screen.run_action("reset_lesson")
        await running.sees("as the file has them")
        assert running.source() == "x = 1\ny = 2"
        await running.press("ctrl+s")
        await running.sees("a.ipynb is saved.")
    assert json.loads(path.read_text()) == before

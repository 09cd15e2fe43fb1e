"""Ctrl+S, with real files."""

from __future__ import annotations

import json
from pathlib import Path

from tests.curriculum.documents import notebook
from tests.ui.lab_driver import lab
from tflab.curriculum.notebook import read_document
from tflab.curriculum.saving import save


async def test_what_was_typed_is_saved_in_the_file_and_no_draft_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(notebook(("markdown", "Prose"), ("code", "x = 1"), ("code", "y = 2")))
    async with lab(read_document(path), save=save) as running:
        await running.sees("x = 1", "session idle")
        assert "^S Save" not in running.text()
        await running.press("ctrl+end", *" + 5")
        await running.sees("x = 1 + 5", "^S Save")
        await running.press("ctrl+s")
        await running.sees("a.ipynb is saved.")
        await running.misses("^S Save")
        assert running.drafts.kept == {0: "x = 1"}, "the starter's own text ends the draft"
        cells = json.loads(path.read_text())["cells"]
        assert ["".join(cell["source"]) for cell in cells] == ["Prose", "x = 1 + 5", "y = 2"]

        # A second time, from what is in the file now.
        await running.press(*"7", "ctrl+s")
        await running.until(lambda: "x = 1 + 57" in path.read_text())


async def test_a_file_changed_elsewhere_is_left_and_the_typing_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    async with lab(read_document(path), save=save) as running:
        await running.sees("x = 1", "session idle")
        await running.press("ctrl+end", *"23")
        path.write_text("x = 5\n")
        await running.press("ctrl+s")
        await running.sees("changed elsewhere", "x = 123", "^S Save")
        assert path.read_text() == "x = 5\n"


async def test_a_lesson_is_not_saved() -> None:
    async with lab(save=save) as running:
        await running.sees("x = 1", "session idle")
        await running.press(*"1", "ctrl+s")
        await running.sees("own file is never changed")

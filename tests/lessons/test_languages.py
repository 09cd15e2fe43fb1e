"""What every lesson holds to, whatever it teaches."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tflab.curriculum.cells import Cell
from tflab.curriculum.drafts import skeleton
from tflab.curriculum.lesson import list_lessons, read_lesson, read_lesson_cells
from tflab.curriculum.parts import CLINIC_STEPS, part_of
from tflab.lesson_files import lessons_folder

PANELS = {"tensors", "gradients", "traces", "curves", "devices", "problems"}
NAMES = sorted(path.name for path in (lessons_folder() / "en").glob("*.md"))


def code_cells(path: Path) -> list[Cell]:
    return [cell for cell in read_lesson_cells(path)[1] if cell.kind == "code"]


def test_every_lesson_can_be_listed_in_every_language() -> None:
    for language in ("en", "id"):
        listed = list_lessons(language)
        assert not listed.left_out
        assert [lesson.path.name for lesson in listed.lessons] == NAMES
        assert {lesson.language for lesson in listed.lessons} == {language}
        numbers = [lesson.number for lesson in listed.lessons]
        assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_hold_the_same_code_but_for_comments_and_strings(name: str) -> None:
    english, indonesian = (code_cells(lessons_folder() / language / name) for language in ("en", "id"))
    assert len(english) == len(indonesian)
    for ours, theirs in zip(english, indonesian, strict=True):
        assert skeleton(ours.source) == skeleton(theirs.source)
        assert (ours.tags, ours.name, ours.panel) == (theirs.tags, theirs.name, theirs.panel)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_agree_on_what_the_list_shows(name: str) -> None:
    english, indonesian = (
        next(lesson for lesson in list_lessons(language).lessons if lesson.path.name == name)
        for language in ("en", "id")
    )
    for field in ("number", "minutes", "panel", "section", "previous"):
        assert getattr(english, field) == getattr(indonesian, field)


@pytest.mark.parametrize(
    "path", sorted(lessons_folder().glob("??/*.md")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_lesson_is_steps_with_prose_that_open_panels(path: Path) -> None:
    document = read_lesson(path)
    code = [step for step in document.steps if step.source]
    if part_of(int(path.name[:2])) == "clinic":
        assert 1 <= len(code) <= CLINIC_STEPS
    else:
        assert len(code) >= 4
    assert len([step for step in code if "exercise" not in step.tags]) <= 10
    assert all(step.prose for step in document.steps)
    assert all(step.title for step in document.steps)
    assert {step.panel for step in code} <= PANELS | {""}
    assert document.panel in PANELS
    assert re.search(r"^# ", document.steps[0].prose, re.MULTILINE)


def test_nothing_but_lessons_and_their_data_lies_in_the_folder() -> None:
    folder = lessons_folder()
    assert {path.name for path in folder.iterdir()} <= {"en", "id", "data", "README.md"}
    strays = [path for language in ("en", "id") for path in (folder / language).iterdir() if path.name not in NAMES]
    assert not strays
    described = (folder / "data" / "README.md").read_text()
    assert all(f"## {path.name}" in described for path in (folder / "data").glob("*.npz"))

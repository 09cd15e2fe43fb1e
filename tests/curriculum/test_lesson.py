"""The list of lessons, and finding one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.curriculum.documents import LESSON, lessons_folder
from tflab.curriculum.document import UnreadableDocument
from tflab.curriculum.front_matter import BrokenFrontMatter, parse_entries
from tflab.curriculum.lesson import LessonList, UnknownLesson, find_lesson, list_lessons, open_lesson, read_lesson
from tflab.curriculum.lesson_names import is_lesson_reference
from tflab.lesson_files import data_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lessons_folder(tmp_path, "14_training_loops", "03_dtypes", "17_tracing")


def test_lessons_are_listed_by_number_from_their_front_matter(folder: Path) -> None:
    lessons = list_lessons("en", folder).lessons
    assert [lesson.name for lesson in lessons] == ["03_dtypes", "14_training_loops", "17_tracing"]
    first = lessons[0]
    assert (first.number, first.title, first.minutes, first.panel, first.section, first.previous, first.language) == (
        3,
        "A small lesson",
        5,
        "curves",
        "Variabel",
        ("01_tensors",),
        "en",
    )
    assert first.short_name == "dtypes"


@pytest.mark.parametrize(
    "word", ["14", "014", "training_loops", "training-loops", "Training_Loops", "14_training_loops"]
)
def test_a_lesson_is_found_by_number_and_by_name(folder: Path, word: str) -> None:
    assert find_lesson(word, list_lessons("en", folder)).name == "14_training_loops"
    assert is_lesson_reference(word, folder)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("trainingloop", "did you mean training_loops?"),
        ("traceing", "did you mean tracing?"),
        ("99", "there is no lesson 99"),
    ],
)
def test_an_unknown_lesson_gets_a_suggestion(folder: Path, word: str, expected: str) -> None:
    with pytest.raises(UnknownLesson, match=expected.replace("?", r"\?")) as unknown:
        find_lesson(word, list_lessons("en", folder))
    assert "tflab lessons" in str(unknown.value)
    assert not is_lesson_reference(word, folder)


def test_no_lessons_at_all_is_said(tmp_path: Path) -> None:
    lessons = list_lessons("en", tmp_path)
    assert lessons == LessonList((), ())
    with pytest.raises(UnknownLesson, match="no lesson is installed"):
        find_lesson("14", lessons)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("number: 3", "number: three", "line 3: number is no whole number: three"),
        ("number: 3", "number: 4", "line 3: number is 4, but the file is called 03_dtypes.md"),
        ("minutes: 5\n", "", "line 1: the front matter needs minutes"),
        ("title: A small lesson", "title: [a, b]", "line 2: the front matter needs title"),
        ("title: A small lesson", "title: a: b", "line 2: title: the value needs quotation marks"),
        ("title: A small lesson", "some words", "line 2: this is no `key: value`: some words"),
        ("title: A small lesson", "number: 3", "line 3: number stands twice"),
        ("---\n\n#", "\n\n#", "line 1: the front matter is never closed by ---"),
        ("---\ntitle", "title", "line 1: the front matter is missing"),
    ],
)
def test_a_broken_lesson_is_left_out_and_named(folder: Path, old: str, new: str, reason: str) -> None:
    path = folder / "en" / "03_dtypes.md"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    lessons = list_lessons("en", folder)
    assert [lesson.number for lesson in lessons.lessons] == [14, 17]
    (left_out,) = lessons.left_out
    assert left_out.path == path
    assert left_out.reason.startswith("lesson file en/03_dtypes.md, ")
    assert reason in left_out.reason


def test_of_two_lessons_with_one_number_the_second_is_left_out_and_named(folder: Path, tmp_path: Path) -> None:
    lessons_folder(tmp_path, "03_second")
    lessons = list_lessons("en", folder)
    assert [lesson.name for lesson in lessons.lessons] == ["03_dtypes", "14_training_loops", "17_tracing"]
    (left_out,) = lessons.left_out
    assert left_out.reason == "lesson file en/03_second.md, line 3: number 03 is taken by 03_dtypes.md"


def test_a_missing_translation_falls_back_to_english(folder: Path, tmp_path: Path) -> None:
    lessons_folder(tmp_path, "03_dtypes", language="id")
    lessons = list_lessons("id", folder).lessons
    assert [(lesson.number, lesson.language) for lesson in lessons] == [(3, "id"), (14, "en"), (17, "en")]


def test_a_broken_translation_is_named_and_falls_back_too(folder: Path, tmp_path: Path) -> None:
    lessons_folder(tmp_path, "03_dtypes", language="id")
    (folder / "id" / "03_dtypes.md").write_text("nothing")
    lessons = list_lessons("id", folder)
    assert [(lesson.number, lesson.language) for lesson in lessons.lessons] == [(3, "en"), (14, "en"), (17, "en")]
    assert [left_out.path.parent.name for left_out in lessons.left_out] == ["id"]


def test_what_belongs_to_an_answer_is_no_step(folder: Path) -> None:
    document = open_lesson(list_lessons("en", folder).lessons[0])
    assert (document.kind, document.title, document.panel, document.filename) == (
        "lesson",
        "A small lesson",
        "curves",
        "",
    )
    assert [(step.source, step.panel, step.tags) for step in document.steps] == [
        ("x = 1", "tensors", frozenset()),
        ("y = x", "", frozenset({"exercise"})),
        ("", "", frozenset()),
    ]
    assert [step.title for step in document.steps] == ["The first step", "An exercise", ""]
    assert document.steps[2].prose == "The end."


def test_a_lesson_that_breaks_off_is_unreadable_by_its_line(folder: Path) -> None:
    path = folder / "en" / "03_dtypes.md"
    path.write_text(LESSON.format(number=3).replace("x = 1\n```", "x = 1"))
    with pytest.raises(UnreadableDocument, match=r"03_dtypes\.md, line 14: the code cell is never closed"):
        read_lesson(path)


def test_the_list_needs_no_notebook_library() -> None:
    statement = (
        "import sys; from tflab.curriculum.lesson import list_lessons, open_lesson;"
        "open_lesson(list_lessons().lessons[0]); print(*sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True, timeout=60, check=True)
    assert not {"jupytext", "nbformat", "yaml", "markdown_it", "numpy"} & set(result.stdout.split())


def test_front_matter_knows_the_forms_that_lessons_use() -> None:
    lines = [
        "# a comment",
        "",
        "plain: a b",
        'quoted: "it\'s \\"x\\": y"',
        "single: 'it''s'",
        "list: [a, 'b']",
        "block:",
        "  inner: 1",
    ]
    assert parse_entries(lines) == {
        "plain": "a b",
        "quoted": 'it\'s "x": y',
        "single": "it's",
        "list": ["a", "b"],
        "block": "",
    }
    with pytest.raises(BrokenFrontMatter, match="never closed"):
        parse_entries(["list: [a"])


def test_data_files_are_found_by_name_only() -> None:
    assert data_file("digits.npz").is_file()
    with pytest.raises(FileNotFoundError, match=r"digits\.npz"):
        data_file("digit.npz")
    with pytest.raises(FileNotFoundError):
        data_file("../en/14_training_loops.md")

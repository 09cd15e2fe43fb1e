"""The README lists every lesson and tells where each section of the source document is taught."""

from __future__ import annotations

import re

import pytest

from tflab.curriculum.lesson import Lesson, list_lessons
from tflab.lesson_files import lessons_folder

README = (lessons_folder().parent / "README.md").read_text("utf-8")
LISTED = dict(re.findall(r"^\| (\d\d) ([^|]+?) \| [^|]{10,} \|$", README, re.MULTILINE))
SECTIONS = {
    section: numbers.split(", ")
    for section, numbers in re.findall(r"^\| ([^|\n]+?) \| (\d\d(?:, \d\d)*) \|$", README, re.MULTILINE)
}
HEADINGS = (
    "Gambaran Singkat TensorFlow",
    "Tensor dan Operasi",
    "Tensor dan NumPy",
    "Konversi Tipe",
    "Variabel",
    "Struktur Data Lainnya",
    "Menyesuaikan Model dan Algoritma Pelatihan",
    "Fungsi Loss Kustom",
    "Custom Training Loops",
    "TensorFlow Functions dan Graphs",
    "AutoGraph dan Tracing",
    "Aturan `tf.function`",
)
"""Of the source document, in its order."""


def test_every_lesson_is_in_the_list_under_its_title() -> None:
    lessons = {f"{lesson.number:02}": lesson.title for lesson in list_lessons("en").lessons}
    assert lessons == LISTED


def test_every_heading_of_the_document_has_its_lessons() -> None:
    assert tuple(SECTIONS) == HEADINGS
    assert {number for numbers in SECTIONS.values() for number in numbers} <= set(LISTED)


@pytest.mark.parametrize("lesson", list_lessons("en").lessons, ids=lambda lesson: lesson.name)
def test_a_lesson_names_the_section_that_the_map_gives_it(lesson: Lesson) -> None:
    number, section = f"{lesson.number:02}", lesson.section
    if section:
        assert number in SECTIONS[section]
    # Devices belong to the document's overview, and are a lesson beyond it.
    mapped = {named for named, numbers in SECTIONS.items() if number in numbers} - {HEADINGS[0]}
    assert mapped == ({section} if section else set())

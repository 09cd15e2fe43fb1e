"""What ``tflab check`` finds in files without running anything: each rule broken once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.curriculum.courses import SmallCourse
from tflab.curriculum.course import read_course


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    return SmallCourse(tmp_path)


def found(course: SmallCourse, *words: str) -> list[tuple[str, int, str]]:
    """Every finding: the file below the folder, the line, the message."""
    findings = sorted(read_course(course.folder, words).findings)
    return [(str(item.path.relative_to(course.folder)), item.line, item.message) for item in findings]


def test_a_good_course_gives_no_finding(course: SmallCourse) -> None:
    course.add("02_again")
    assert found(course) == []
    assert [lesson.name for lesson in read_course(course.folder).originals] == ["01_twice", "02_again"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: twice\n", "", "the front matter needs title"),
        ("minutes: 5\n", "", "the front matter needs minutes"),
        ("previous: []\n", "", "the front matter needs previous"),
        ("kernelspec:\n  display_name: Python 3\n  name: python3\n", "", "the front matter needs kernelspec"),
    ],
)
def test_front_matter_has_to_be_complete(course: SmallCourse, old: str, new: str, message: str) -> None:
    course.change(old, new)
    assert found(course) == [("en/01_twice.md", 1, message), ("id/01_twice.md", 1, message)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("minutes: 5", "minutes: some", "minutes is no whole number: some"),
        ("number: 1", "number: 2", "number is 2, but the file is called 01_twice.md"),
        ("  name: python3", "  name: julia", "the front matter needs kernelspec: with name: python3"),
        (
            "panel: tensors\nsection",
            "panel: tensor\nsection",
            "there is no panel tensor (there are: tensors, gradients, traces, curves, devices, problems)",
        ),
        ("previous: []", "previous: [tensors]", "previous names tensors, and there is no such lesson"),
        ("previous: []", "previous: [01_once]", "previous names 01_once, and there is no such lesson"),
        (
            ":panel: tensors\nimport",
            ":panel: tensor\nimport",
            "there is no panel tensor (there are: tensors, gradients, traces, curves, devices, problems)",
        ),
        (
            ":tags: [exercise]",
            ":tags: [exercise, slow]",
            "there is no tag slow (there are: exercise, check, solution, wrong, hint, why)",
        ),
        ('{"tags": ["why"]}', '{"tags": ["check"]}', "a check is a code cell"),
        (":name: double\n", "", "the exercise has no :name:"),
        (":name: double\n", ":name: Double It\n", "Double It is no name for an exercise: small letters, digits and _"),
        (":expect: saw 441\n", "", "a wrong answer needs :expect:, words of the evidence against it"),
        ("    return two * x", "    return x", "the solution of double is the starter"),
    ],
)
def test_a_broken_rule_is_found_with_its_line(course: SmallCourse, old: str, new: str, message: str) -> None:
    line = course.change(old, new, "en")
    here = [(at, told) for file, at, told in found(course) if file == "en/01_twice.md"]
    assert message in [told for _, told in here]
    (at,) = [at for at, told in here if told == message]
    # An option belongs to the cell below it, a part of the kernel's entry to the line above.
    assert line - 2 <= at <= line + 3


def test_a_clinic_is_one_exercise_and_at_most_one_step_before_it(course: SmallCourse) -> None:
    course.add("41_clinic")
    assert found(course) == []
    step = "```{code-cell}\nx = 1\n```\n"
    for language in ("en", "id"):
        path = course.path(language, "41_clinic")
        path.write_text(path.read_text() + step)
    message = "a clinic (number 41 and on) has one exercise and at most 2 steps, and this has 1 and 3"
    assert found(course) == [("en/41_clinic.md", 1, message), ("id/41_clinic.md", 1, message)]


def test_devices_are_written_as_on_the_command_line(course: SmallCourse) -> None:
    course.change("previous: []\n", "previous: []\ndevices: cpu:2\n")
    assert found(course) == []
    course.change("devices: cpu:2\n", "devices: two\n")
    line = course.change("devices: two\n", "devices: two\n", "en")
    message = "devices is no list of logical devices, cpu:2 for instance: two"
    assert found(course) == [(f"{language}/01_twice.md", line, message) for language in ("en", "id")]


def removed(course: SmallCourse, tag: str) -> None:
    for language in ("en", "id"):
        path = course.path(language)
        content = path.read_text()
        for opening in (f"```{{code-cell}}\n:tags: [{tag}]", f'+++ {{"tags": ["{tag}"]}}'):
            while opening in content:
                start = content.index(opening)
                rest = content[start + 4 :]
                end = min(rest.index(mark) for mark in ("\n```{", "\n+++") if mark in rest)
                content = content[:start] + rest[end + 1 :]
        path.write_text(content)


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("check", "exercise double needs one check, and has 0"),
        ("solution", "exercise double needs at least one solution, and has 0"),
        ("wrong", "exercise double needs at least one wrong, and has 0"),
        ("hint", "exercise double needs three hint, and has 0"),
        ("why", "exercise double needs one why, and has 0"),
    ],
)
def test_an_exercise_has_to_be_complete(course: SmallCourse, tag: str, message: str) -> None:
    removed(course, tag)
    line = course.change("def double(x):\n    return x\n", "def double(x):\n    return x\n", "en")
    assert ("en/01_twice.md", line, message) in found(course)


def test_hidden_cells_need_an_exercise_before_them(course: SmallCourse) -> None:
    course.change(":tags: [exercise]\n:name: double\n", "")
    assert {message for _, _, message in found(course)} == {
        f"this {tag} cell belongs to no exercise: only prose may stand between them"
        for tag in ("check", "solution", "wrong", "hint", "why")
    }


def test_two_exercises_need_two_names(course: SmallCourse) -> None:
    for language in ("en", "id"):
        content = course.path(language).read_text()
        start = content.index("## ")
        course.path(language).write_text(content + content[start:])
    assert "there are two exercises double" in [message for _, _, message in found(course)]


def test_files_that_belong_nowhere_are_found(course: SmallCourse) -> None:
    for name in ("notes.txt", "en/02_Notes.md", "id/plan.md", "data/table.csv", "README.md", "data/README.md"):
        path = course.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    (course.folder / "data" / "table.npz").write_bytes(b"")
    (course.folder / "en" / "03_folder.md").mkdir()
    strays = [file for file, _, message in found(course) if message.startswith("this file does not belong here")]
    assert strays == ["data/table.csv", "en/02_Notes.md", "en/03_folder.md", "id/plan.md", "notes.txt"]
    # Who asks for one lesson hears of that one.
    assert found(course, "twice") == []


def test_a_number_belongs_to_one_lesson(course: SmallCourse) -> None:
    course.add("01_thrice")
    assert ("en/01_twice.md", 6, "number 01 is taken by 01_thrice.md") in found(course)


@pytest.mark.parametrize(("gone", "kept"), [("en", "id"), ("id", "en")])
def test_every_lesson_has_both_languages(course: SmallCourse, gone: str, kept: str) -> None:
    course.path(gone).unlink()
    (course.folder / "en").mkdir(exist_ok=True)
    message = f"there is no {gone}/01_twice.md in the other language"
    assert found(course) == [(f"{kept}/01_twice.md", 1, message)]


def test_a_file_that_cannot_be_read_is_named_with_its_line(course: SmallCourse) -> None:
    course.change("previous: []\n---\n", "previous: []\n", "en")
    course.change("\n```\n\n## Latihan", "\n\n## Latihan", "id")
    assert found(course) == [
        ("en/01_twice.md", 1, "the front matter is never closed by ---"),
        ("id/01_twice.md", 17, "the code cell is never closed"),
    ]
    course.path("en").write_bytes(b"\xff")
    assert found(course)[0][0] == "en/01_twice.md"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            "def double(x):\n    return x + x",
            "def double(x):\n    return x - x",
            "def double(x):\n    return x - x",
            "the code differs from en/01_twice.md: return x - x here, return x + x there",
        ),
        (
            'name="dua")',
            'name="dua", dtype=tf.float32)',
            "two = tf",
            "the code differs from en/01_twice.md: two = tf.constant(2.0, name='', dtype=tf.float32) here,"
            " two = tf.constant(2.0, name='') there",
        ),
        (
            "{two}",
            "{three}",
            "print(",
            "the code differs from en/01_twice.md: print((1, three)) here, print((1, two)) there",
        ),
        (
            ":name: double",
            ":name: dua_kali",
            "def double(x):\n    return x\n",
            "name is dua_kali here and double in en/01_twice.md",
        ),
        (
            ":panel: tensors\nimport",
            ":panel: traces\nimport",
            "import",
            "panel is traces here and tensors in en/01_twice.md",
        ),
        (
            ":tags: [wrong]",
            ":tags: [solution]",
            "def double(x):\n    return x * x",
            "tags is solution here and wrong in en/01_twice.md",
        ),
        ("minutes: 5", "minutes: 6", "minutes", "minutes is 6 here and 5 in en/01_twice.md"),
        ("section: Part", "section: Bagian", "section", "section is Bagian here and Part in en/01_twice.md"),
        (
            "Tulislah fungsi yang menghasilkan dua kali argumennya.",
            "Write a function that gives twice its argument.",
            None,
            "this prose is not translated: it is the same in en/01_twice.md",
        ),
    ],
)
def test_languages_that_part_are_found(course: SmallCourse, old: str, new: str, line: str | None, message: str) -> None:
    if line is None:
        # Prose counts cell by cell.
        course.change("## Latihan\n\n", "## Exercise\n\n", "id")
    course.change(old, new, "id")
    expected = (
        course.change(line, line, "id") if line is not None else course.change("## Exercise", "## Exercise", "id")
    )
    assert ("id/01_twice.md", expected, message) in found(course)


def test_a_cell_more_in_one_language_is_found_where_they_part(course: SmallCourse) -> None:
    line = course.change("## Latihan", "```{code-cell}\nx = 1\n```\n\n## Latihan", "id")
    (finding,) = found(course)
    assert finding == ("id/01_twice.md", line + 1, "14 cells here, 13 in en/01_twice.md: from here on they differ")


def test_comments_strings_and_the_order_within_an_f_string_may_differ(course: SmallCourse) -> None:
    course.change("# pustakanya", "# sesuatu yang lain sama sekali", "id")
    course.change('"dua"', "'du' 'a'", "id")
    assert found(course) == []


def test_cells_with_magics_are_compared_too(course: SmallCourse) -> None:
    course.change("import tensorflow as tf", "%matplotlib inline\nimport tensorflow as tf")
    assert found(course) == []
    course.change("%matplotlib inline", "%matplotlib agg", "id")
    assert found(course)[0][2].startswith("the code differs from en/01_twice.md: %matplotlib agg")


def test_words_that_mean_no_lesson_are_told(course: SmallCourse) -> None:
    assert read_course(course.folder, ["1", "twice", "9", "thrice"]).unknown == ("9", "thrice")

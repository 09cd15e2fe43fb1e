"""What a lesson's file has to hold by itself, before any of its code runs: the rules of ``lessons/README.md``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tflab.curriculum.cells import Cell
from tflab.curriculum.exercises import EXERCISE, Exercise, ExerciseCells, group_exercises
from tflab.curriculum.findings import Finding
from tflab.curriculum.front_matter import BrokenFrontMatter, Value, parse_entries, split_front_matter
from tflab.curriculum.lesson import HIDDEN_TAGS, devices_of
from tflab.curriculum.lesson_names import FILE_NAME
from tflab.curriculum.myst import BrokenMyst, read_cells
from tflab.curriculum.parts import CLINIC_STEPS, part_of
from tflab.messages import text

PANELS: Final = ("tensors", "gradients", "traces", "curves", "devices", "problems")
CODE_TAGS: Final = (EXERCISE, "check", "solution", "wrong")
PROSE_TAGS: Final = ("hint", "why")
LANGUAGES: Final = ("en", "id")

_REQUIRED: Final = ("title", "number", "minutes", "panel", "previous", "kernelspec")
_COUNTS: Final = (
    ("check", "check.finding.wanted.one", 1, 1),
    ("solution", "check.finding.wanted.some", 1, 99),
    ("wrong", "check.finding.wanted.some", 1, 99),
    ("hint", "check.finding.wanted.three", 3, 3),
    ("why", "check.finding.wanted.one", 1, 1),
)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_LESSON_NAME: Final = re.compile(r"\d{2}_[a-z0-9_]+")
_KERNEL: Final = re.compile(r"^kernelspec:\n(?:[ \t]+.*\n)*?[ \t]+name:[ \t]*python3[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class LessonFile:
    """One lesson in one language, read as far as it can be."""

    path: Path
    head: dict[str, Value]
    head_lines: tuple[str, ...]
    cells: tuple[Cell, ...]
    exercises: tuple[ExerciseCells, ...]
    strays: tuple[Cell, ...]
    """Cells that belong to no exercise though their tag says so."""

    @property
    def name(self) -> str:
        """``14_training_loops``."""
        return self.path.stem

    def line_of(self, key: str) -> int:
        """The line of an entry of the front matter; the first where it is missing."""
        return next((at for at, line in enumerate(self.head_lines, start=2) if line.startswith(f"{key}:")), 1)


def read_lesson_file(path: Path) -> LessonFile | Finding:
    """The lesson, or why it cannot be read."""
    try:
        content = path.read_text("utf-8").replace("\r\n", "\n")
        lines, body, first_line = split_front_matter(content)
        head = parse_entries(lines)
        cells = tuple(read_cells(body, first_line))
    except (BrokenFrontMatter, BrokenMyst) as error:
        return Finding(path, error.line, error.reason)
    except (OSError, UnicodeDecodeError) as error:
        return Finding(path, 1, text("curriculum.file.not_readable", path=path.name, reason=error))
    groups, strays = group_exercises(cells)
    return LessonFile(path, head, tuple(lines), cells, groups, strays)


def stray_files(folder: Path) -> Iterator[Finding]:
    """Files that are neither lessons nor data nor what explains them."""
    for path in sorted(folder.iterdir()):
        if path.name in LANGUAGES and path.is_dir():
            for lesson in sorted(path.iterdir()):
                if not (FILE_NAME.match(lesson.name) and lesson.is_file()):
                    yield Finding(lesson, 1, text("check.finding.stray"))
        elif path.name == "data" and path.is_dir():
            for data in sorted(path.iterdir()):
                if data.suffix != ".npz" and data.name != "README.md":
                    yield Finding(data, 1, text("check.finding.stray"))
        elif path.name != "README.md":
            yield Finding(path, 1, text("check.finding.stray"))


def numbers_taken_twice(lessons: Iterable[LessonFile]) -> Iterator[Finding]:
    """Lessons of one language that share a number."""
    first: dict[str, LessonFile] = {}
    for lesson in sorted(lessons, key=lambda lesson: lesson.path):
        number = lesson.name[:2]
        if number in first:
            message = text("check.finding.number_twice", number=number, other=first[number].path.name)
            yield Finding(lesson.path, lesson.line_of("number"), message)
        first.setdefault(number, lesson)


# --- one lesson --------------------------------------------------------------------------------------------------


def rules_of(lesson: LessonFile, names: Iterable[str]) -> Iterator[Finding]:
    """Every rule that one file breaks; ``names`` are those of all lessons there are."""
    yield from _front_matter(lesson, frozenset(names))
    for cell in lesson.cells:
        yield from _cell(lesson.path, cell)
    for cell in lesson.strays:
        message = text("check.finding.stray_cell", tags=", ".join(sorted(cell.tags)))
        yield Finding(lesson.path, cell.line, message)
    yield from _clinic(lesson)
    seen: set[str] = set()
    for group in lesson.exercises:
        yield from _exercise(lesson.path, group)
        if group.starter.name in seen:
            message = text("check.finding.name_twice", name=group.starter.name)
            yield Finding(lesson.path, group.starter.line, message)
        seen.add(group.starter.name)


def _front_matter(lesson: LessonFile, names: frozenset[str]) -> Iterator[Finding]:
    head, path = lesson.head, lesson.path
    for key in _REQUIRED:
        if key not in head:
            yield Finding(path, 1, text("check.finding.front_matter", key=key))
    if "kernelspec" in head and not _KERNEL.search("\n".join(lesson.head_lines)):
        yield Finding(path, lesson.line_of("kernelspec"), text("check.finding.front_matter.kernelspec"))
    for key in ("number", "minutes"):
        value = head.get(key, "1")
        if not (isinstance(value, str) and value.isdecimal()):
            message = text("curriculum.lesson.not_a_number", key=key, value=value)
            yield Finding(path, lesson.line_of(key), message)
    number = head.get("number", "")
    if isinstance(number, str) and number.isdecimal() and int(number) != int(lesson.name[:2]):
        message = text("curriculum.lesson.number_differs", number=int(number), name=path.name)
        yield Finding(path, lesson.line_of("number"), message)
    if devices_of(head) is None:
        message = text("check.finding.devices", devices=head["devices"])
        yield Finding(path, lesson.line_of("devices"), message)
    panel = head.get("panel", PANELS[0])
    if panel not in PANELS:
        message = text("check.finding.panel", panel=panel, panels=", ".join(PANELS))
        yield Finding(path, lesson.line_of("panel"), message)
    previous = head.get("previous", [])
    numbers = {name[:2]: name for name in names}
    for name in [previous] if isinstance(previous, str) else previous:
        # A lesson that is yet to be written may be named.
        if not _LESSON_NAME.fullmatch(name) or numbers.get(name[:2], name) != name:
            yield Finding(path, lesson.line_of("previous"), text("check.finding.previous", name=name or "''"))


def _clinic(lesson: LessonFile) -> Iterator[Finding]:
    """A clinic is one broken program: an exercise, and at most one step before it."""
    if part_of(int(lesson.name[:2])) != "clinic":
        return
    steps = sum(cell.kind == "code" and not cell.tags & HIDDEN_TAGS for cell in lesson.cells)
    if len(lesson.exercises) != 1 or steps > CLINIC_STEPS:
        message = text("check.finding.clinic", steps=steps, exercises=len(lesson.exercises), most=CLINIC_STEPS)
        yield Finding(lesson.path, 1, message)


def _cell(path: Path, cell: Cell) -> Iterator[Finding]:
    known = (*CODE_TAGS, *PROSE_TAGS)
    for tag in sorted(cell.tags):
        if tag not in known:
            yield Finding(path, cell.line, text("check.finding.tag", tag=tag, tags=", ".join(known)))
        wanted = "markdown" if tag in PROSE_TAGS else "code"
        if tag in known and cell.kind != wanted:
            yield Finding(path, cell.line, text("check.finding.tag.cell", tag=tag, kind=wanted))
    if cell.panel and cell.panel not in PANELS:
        message = text("check.finding.panel", panel=cell.panel, panels=", ".join(PANELS))
        yield Finding(path, cell.line, message)


def _exercise(path: Path, group: ExerciseCells) -> Iterator[Finding]:
    starter = group.starter
    if not starter.name:
        yield Finding(path, starter.line, text("check.finding.no_name"))
    elif not _NAME.fullmatch(starter.name):
        yield Finding(path, starter.line, text("check.finding.bad_name", name=starter.name))
    for tag, wanted, least, most in _COUNTS:
        count = len(group.tagged(tag))
        if not least <= count <= most:
            message = text("check.finding.count", name=starter.name, wanted=text(wanted), tag=tag, count=count)
            yield Finding(path, starter.line, message)
    for cell in group.tagged("wrong"):
        if not cell.expect:
            yield Finding(path, cell.line, text("check.finding.no_expect"))
    for cell in group.tagged("solution"):
        if cell.source.strip() == starter.source.strip():
            yield Finding(path, cell.line, text("check.finding.solution_is_starter", name=starter.name))


def is_complete(exercise: Exercise) -> bool:
    """Whether there is enough of it to be graded."""
    return bool(exercise.check.strip() and exercise.solutions)

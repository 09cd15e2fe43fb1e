"""The lessons that there are, and opening one.

A lesson is ``lessons/LANGUAGE/NN_name.md``: MyST Markdown with front matter (``lessons/README.md``). The list is made
from file names and front matter alone, fast enough for the first paint.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from tflab.curriculum import myst
from tflab.curriculum.cells import Cell, steps_from
from tflab.curriculum.document import Document, UnreadableDocument
from tflab.curriculum.front_matter import BrokenFrontMatter, Value, parse_entries, split_front_matter
from tflab.curriculum.lesson_names import lesson_paths, matches, plain_name
from tflab.lesson_files import lessons_folder
from tflab.messages import text
from tflab.protocol.logical_devices import LogicalDevices, parse_logical_devices

HIDDEN_TAGS: Final = frozenset({"check", "solution", "wrong", "hint", "why"})
"""Cells that belong to an exercise and are no step of the lesson."""

_ENOUGH = 8192
"""Bytes of a file that its front matter lies within."""


class UnknownLesson(Exception):
    """No lesson of that number or name; the message is one line for people, with a suggestion."""


@dataclass(frozen=True)
class Lesson:
    """One lesson, as the list shows it."""

    name: str
    """``14_training_loops``: the file's name, the same in every language; drafts and progress are kept under it."""
    number: int
    title: str
    minutes: int
    """How long it takes."""
    panel: str
    """The panel that it opens at its start; empty for the default."""
    section: str
    """The section of the source document that it covers; empty beyond it."""
    previous: tuple[str, ...]
    """Names of the lessons that it builds on."""
    path: Path
    language: str
    """The language that it is in: English where the translation is missing."""

    @property
    def short_name(self) -> str:
        """``training_loops``."""
        return self.name.partition("_")[2]


@dataclass(frozen=True)
class LeftOut:
    """A lesson file that cannot be listed."""

    path: Path
    reason: str
    """One line for people: the line of the file and what is wrong there."""


@dataclass(frozen=True)
class LessonList:
    """Every lesson in one language, English where a translation is missing, ordered by number."""

    lessons: tuple[Lesson, ...]
    left_out: tuple[LeftOut, ...]

    @cached_property
    def by_name(self) -> dict[str, Lesson]:
        return {lesson.name: lesson for lesson in self.lessons}


def list_lessons(language: str = "en", folder: Path | None = None) -> LessonList:
    """The lessons in ``language``. A file with broken front matter is left out and named, never fatal."""
    folder = folder or lessons_folder()
    paths = lesson_paths(folder / "en")
    left_out: list[LeftOut] = []
    found: dict[str, Lesson] = {}
    if language != "en":
        # A translation without an English original is listed too.
        paths = {**paths, **lesson_paths(folder / language)}
    for name, path in paths.items():
        try:
            found[name] = _read_head(path)
            continue
        except (BrokenFrontMatter, OSError) as error:
            left_out.append(LeftOut(path, _reason(path, error)))
        original = folder / "en" / path.name
        if original != path and original.is_file():
            try:
                found[name] = _read_head(original)
            except (BrokenFrontMatter, OSError) as error:
                left_out.append(LeftOut(original, _reason(original, error)))
    lessons: dict[int, Lesson] = {}
    for lesson in sorted(found.values(), key=lambda lesson: (lesson.number, lesson.name)):
        first = lessons.setdefault(lesson.number, lesson)
        if first is not lesson:
            reason = text("curriculum.lesson.number_taken", number=f"{lesson.number:02}", other=first.path.name)
            left_out.append(LeftOut(lesson.path, _broken(lesson.path, _line_of_number(lesson.path), reason)))
    return LessonList(tuple(lessons.values()), tuple(left_out))


def find_lesson(word: str, lessons: LessonList) -> Lesson:
    """The lesson of that number or name: ``14``, ``training_loops``, ``14_training_loops``. Raises `UnknownLesson`."""
    for lesson in lessons.lessons:
        if matches(word, lesson.name):
            return lesson
    if not lessons.lessons:
        raise UnknownLesson(text("curriculum.lesson.none_installed", folder=lessons_folder()))
    names = [lesson.short_name for lesson in lessons.lessons]
    by_title = {lesson.title.lower(): lesson.short_name for lesson in lessons.lessons}
    close = difflib.get_close_matches(plain_name(word), names, n=1, cutoff=0.5) or [
        by_title[title] for title in difflib.get_close_matches(word.lower(), by_title, n=1, cutoff=0.5)
    ]
    if close:
        raise UnknownLesson(text("curriculum.lesson.unknown_but", word=word, other=close[0]))
    raise UnknownLesson(text("curriculum.lesson.unknown", word=word))


def open_lesson(lesson: Lesson) -> Document:
    """The lesson's steps. Raises `UnreadableDocument`."""
    return read_lesson(lesson.path)


def read_lesson(path: Path) -> Document:
    """The steps of a lesson file: what belongs to the answer of an exercise is no step. Raises `UnreadableDocument`."""
    head, cells = read_lesson_cells(path)
    title = head.get("title", "")
    panel = head.get("panel", "")
    return Document(
        path=path,
        kind="lesson",
        title=title if isinstance(title, str) and title else path.stem,
        steps=steps_from([cell for cell in cells if not cell.tags & HIDDEN_TAGS]),
        panel=panel if isinstance(panel, str) else "",
        devices=devices_of(head) or (),
        front_matter=dict(head),
    )


def devices_of(head: Mapping[str, Value]) -> LogicalDevices | None:
    """The logical devices that a lesson's front matter asks for; None where it is not plain which."""
    value = head.get("devices")
    if value is None:
        return ()
    try:
        return parse_logical_devices(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_lesson_cells(path: Path) -> tuple[dict[str, Value], list[Cell]]:
    """The front matter and every cell of a lesson file, hidden ones too. Raises `UnreadableDocument`."""
    try:
        content = path.read_text("utf-8").replace("\r\n", "\n")
        lines, body, first_line = split_front_matter(content)
        return parse_entries(lines), myst.read_cells(body, first_line)
    except (BrokenFrontMatter, myst.BrokenMyst) as error:
        raise UnreadableDocument(
            text("curriculum.lesson.broken", name=path.name, line=error.line, reason=error.reason)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableDocument(text("curriculum.file.not_readable", path=path, reason=error)) from None


# --- reading -----------------------------------------------------------------------------------------------------


def _read_head(path: Path) -> Lesson:
    """The lesson as its front matter describes it. Raises `BrokenFrontMatter`, OSError."""
    with path.open("rb") as file:
        # A cut in the middle of a character is the only thing ignored here.
        head = file.read(_ENOUGH).decode("utf-8", errors="ignore").replace("\r\n", "\n")
    lines, _, _ = split_front_matter(head)
    if not lines:
        raise BrokenFrontMatter(1, text("curriculum.lesson.no_front_matter"))
    entries = parse_entries(lines)

    def word(key: str, *, required: bool = False) -> str:
        value = entries.get(key, "")
        if not isinstance(value, str) or (required and not value):
            raise BrokenFrontMatter(_line_of(key, lines), text("curriculum.lesson.needs_entry", key=key))
        return value

    def count(key: str) -> int:
        value = word(key, required=True)
        if not value.isdecimal():
            raise BrokenFrontMatter(_line_of(key, lines), text("curriculum.lesson.not_a_number", key=key, value=value))
        return int(value)

    number = count("number")
    if number != int(path.name[:2]):
        raise BrokenFrontMatter(
            _line_of("number", lines), text("curriculum.lesson.number_differs", number=number, name=path.name)
        )
    previous = entries.get("previous", [])
    return Lesson(
        name=path.stem,
        number=number,
        title=word("title", required=True),
        minutes=count("minutes"),
        panel=word("panel"),
        section=word("section"),
        previous=tuple([previous] if isinstance(previous, str) and previous else previous),
        path=path,
        language=path.parent.name,
    )


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, BrokenFrontMatter):
        return _broken(path, error.line, error.reason)
    return text("curriculum.file.not_readable", path=f"{path.parent.name}/{path.name}", reason=error)


def _broken(path: Path, line: int, reason: str) -> str:
    return text("curriculum.lesson.broken", name=f"{path.parent.name}/{path.name}", line=line, reason=reason)


def _line_of_number(path: Path) -> int:
    lines, _, _ = split_front_matter(path.read_text("utf-8", errors="replace"))
    return _line_of("number", lines)


def _line_of(key: str, lines: list[str]) -> int:
    """1-based line of an entry in the file; the first where it is missing."""
    return next((number for number, line in enumerate(lines, start=2) if line.startswith(f"{key}:")), 1)

"""A folder of lessons as ``tflab check`` reads it: what can be run, and what is wrong before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tflab.curriculum.content_rules import (
    LANGUAGES,
    LessonFile,
    numbers_taken_twice,
    read_lesson_file,
    rules_of,
    stray_files,
)
from tflab.curriculum.findings import Finding
from tflab.curriculum.language_pair import differences
from tflab.curriculum.lesson_names import lesson_paths, matches
from tflab.messages import text


@dataclass(frozen=True)
class Course:
    """Some or all lessons of a folder."""

    folder: Path
    originals: tuple[LessonFile, ...]
    """The English ones that can be read: those that are run."""
    findings: tuple[Finding, ...]
    """What is wrong with the files of both languages."""
    unknown: tuple[str, ...]
    """Words that name no lesson."""


def read_course(folder: Path, words: Sequence[str] = ()) -> Course:
    """The lessons of ``folder`` that ``words`` (numbers or names) mean; all of them without any."""
    paths = {language: lesson_paths(folder / language) for language in LANGUAGES}
    names = sorted({name for found in paths.values() for name in found})
    wanted = [name for name in names if not words or any(matches(word, name) for word in words)]
    unknown = tuple(word for word in words if not any(matches(word, name) for name in names))
    findings = [] if words else list(stray_files(folder))
    originals: list[LessonFile] = []
    for language in LANGUAGES:
        read = [read_lesson_file(path) for name, path in paths[language].items() if name in wanted]
        lessons = [lesson for lesson in read if isinstance(lesson, LessonFile)]
        findings += [broken for broken in read if isinstance(broken, Finding)]
        findings += numbers_taken_twice(lessons)
        for lesson in lessons:
            findings += rules_of(lesson, names)
        if language == "en":
            originals = lessons
        else:
            translated = {lesson.name: lesson for lesson in lessons}
            for original in originals:
                if original.name in translated:
                    findings += differences(original, translated[original.name])
        others = [other for other in LANGUAGES if other != language]
        findings += [
            Finding(paths[language][name], 1, text("check.finding.other_language_missing", path=f"{other}/{name}.md"))
            for name in wanted
            for other in others
            if name in paths[language] and name not in paths[other]
        ]
    return Course(folder, tuple(originals), tuple(findings), unknown)

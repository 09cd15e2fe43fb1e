"""Lessons by the names of their files alone: the cheapest look, before anything else is imported."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tflab.lesson_files import lessons_folder

FILE_NAME = re.compile(r"^(\d{2})_([a-z0-9_]+)\.md$")
"""``14_training_loops.md``: number and short name."""


def lesson_paths(folder: Path) -> dict[str, Path]:
    """Lesson files of one language's folder by lesson name (``14_training_loops``), in order."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return {}
    return {name[:-3]: folder / name for name in names if FILE_NAME.match(name)}


def is_lesson_reference(word: str, folder: Path | None = None) -> bool:
    """Whether ``word`` is the number or the name of a lesson."""
    return any(matches(word, name) for name in lesson_paths((folder or lessons_folder()) / "en"))


def matches(word: str, name: str) -> bool:
    """Whether ``word`` (``14``, ``training_loops``, ``training-loops``, ``14_training_loops``) means ``name``."""
    number, _, short = name.partition("_")
    plain = plain_name(word)
    return plain in (name, short) or (plain.isascii() and plain.isdecimal() and int(plain) == int(number))


def plain_name(word: str) -> str:
    """``word`` in the form of a lesson name."""
    return word.strip().lower().replace("-", "_").replace(" ", "_").removesuffix(".md")

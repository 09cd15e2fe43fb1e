"""English: files, lessons, exercises (keys ``curriculum.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # Files that cannot be opened.
    "curriculum.file.missing": "{path}: there is no such file",
    "curriculum.file.missing_but": "{path}: there is no such file; did you mean {other}?",
    "curriculum.file.folder": "{path} is a folder: name a .py, .ipynb or .md file in it",
    "curriculum.file.unknown_kind": "{path}: tflab opens .py, .ipynb and MyST .md files",
    "curriculum.file.not_a_file": "{path} is not an ordinary file",
    "curriculum.file.forbidden": "{path}: you may not read this file (see its permissions with ls -l)",
    "curriculum.file.not_readable": "{path} cannot be read: {reason}",
    "curriculum.file.too_large": "{path} has {size} MiB, more than the {largest} MiB that tflab opens:"
    " clear a notebook's outputs, or split the file",
    "curriculum.file.empty": "{path} is empty: there is nothing to run in it",
    "curriculum.file.binary": "{path} is not text, whatever its name says",
    "curriculum.file.not_utf8": "{path} is not UTF-8 text (byte {offset}): save it as UTF-8",
    "curriculum.file.undecodable_script": "{path} cannot be decoded: {reason}",
    "curriculum.file.broken_json": "{path} is not a notebook: its JSON breaks off at line {line}, column {column}",
    "curriculum.file.not_a_notebook": "{path} is not a Jupyter notebook, whatever its name says",
    "curriculum.file.future_notebook": "{path} has notebook format {version}, tflab reads up to {newest}:"
    " save it in format {newest}",
    "curriculum.file.other_language": "{path} is a notebook for {language}; tflab runs Python",
    "curriculum.file.no_code_cells": "{path} has no code cell: in MyST Markdown one begins with ```{{code-cell}}",
    "curriculum.file.broken_myst": "{path} is not valid MyST Markdown: {reason}",
    # Lessons.
    "curriculum.lesson.unknown": "there is no lesson {word}: `tflab lessons` lists them",
    "curriculum.lesson.unknown_but": "there is no lesson {word}; did you mean {other}? `tflab lessons` lists them all",
    "curriculum.lesson.not_translated": "this lesson is not translated yet: here it is in English",
    "curriculum.lesson.none_installed": "no lesson is installed (there should be some in {folder})",
    "curriculum.lesson.broken": "lesson file {name}, line {line}: {reason}",
    "curriculum.lesson.no_front_matter": "the front matter is missing",
    "curriculum.lesson.needs_entry": "the front matter needs {key} (one value)",
    "curriculum.lesson.not_a_number": "{key} is no whole number: {value}",
    "curriculum.lesson.number_taken": "number {number} is taken by {other}",
    "curriculum.lesson.number_differs": "number is {number}, but the file is called {name}",
    "curriculum.front_matter.open": "the front matter is never closed by ---",
    "curriculum.front_matter.no_entry": "this is no `key: value`: {line}",
    "curriculum.front_matter.twice": "{key} stands twice",
    "curriculum.front_matter.open_list": "the list is never closed by ]",
    "curriculum.front_matter.open_quote": "the quotation mark is never closed",
    "curriculum.front_matter.needs_quotes": "the value needs quotation marks",
    "curriculum.myst.open_cell": "the code cell is never closed",
    "curriculum.myst.open_options": "the options of the code cell are never closed by ---",
    "curriculum.myst.bad_break": "what follows +++ is no JSON object",
    # What is kept.
    "curriculum.kept.not_written": "drafts, progress and runs are not being kept: {reason}",
    "curriculum.kept.left_over": "{count} drafts of an earlier version of this file are kept in {folder}",
    "curriculum.save.lesson": "a lesson's own file is never changed; what you typed is kept as it is",
    "curriculum.save.unwritable": "{path} cannot be written: {reason}; what you typed is kept",
    "curriculum.save.moved": "{path} has been changed elsewhere since it was opened, so it was left alone: open it again, what you typed is kept",
    "curriculum.save.encoding": "{path} says that it is {encoding}, which has no {letters}: it was left as it was",
    "curriculum.save.old_notebook": "{path} is a notebook of an older format: save it once in Jupyter, then it can be saved here",
    "curriculum.save.saved": "{path} is saved.",
}

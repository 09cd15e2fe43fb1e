"""Opening the lab: where one left off, at a lesson, or at a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tflab.cli.entry import on_a_terminal
from tflab.cli.options import (
    Command,
    SessionLimits,
    SessionOptions,
    language_option,
    limit_options,
    plain_option,
    take_limits,
)
from tflab.cli.wrong_call import WrongCall
from tflab.messages import language, text

if TYPE_CHECKING:
    from tflab.cli.session_spec import PlannedSession
    from tflab.curriculum.document import Document
    from tflab.curriculum.drafts import Drafts
    from tflab.curriculum.lesson import LessonList
    from tflab.curriculum.progress import Progress
    from tflab.ui.lesson_entry import LessonEntry

_DEFAULTS: Final = SessionLimits()


def lesson_command(word: str) -> click.Command:
    """The command that opens the lesson called ``word``."""
    return Command(
        name=word,
        callback=partial(_open_lesson, word),
        params=[plain_option(), *limit_options(), language_option()],
        help=text("cli.help.lesson"),
    )


def resume_lab(plain: bool = False) -> int:
    """Opens the lab where the learner left off, at first at the first lesson; the exit status.

    With ``plain`` as lines of text, else on the full screen.
    """
    _require_a_terminal(plain)
    from tflab.curriculum.lesson import list_lessons
    from tflab.curriculum.progress import Progress

    lessons = list_lessons(language())
    if not lessons.lessons:
        from tflab.lesson_files import lessons_folder

        raise WrongCall(text("curriculum.lesson.none_installed", folder=lessons_folder()))
    last = Progress().last()
    name = last.lesson if last is not None and last.lesson in lessons.by_name else lessons.lessons[0].name
    return _show_lesson(name, lessons, plain=plain)


def _open_lesson(word: str, plain: bool, **values: Any) -> int:
    from tflab.curriculum.lesson import UnknownLesson, find_lesson, list_lessons

    lessons = list_lessons(language())
    try:
        lesson = find_lesson(word, lessons)
    except UnknownLesson as error:
        raise WrongCall(str(error)) from None
    _require_a_terminal(plain)
    return _show_lesson(lesson.name, lessons, take_limits(values), plain=plain)


def open_file_in_lab(file: str | None, options: SessionOptions, arguments: Sequence[str]) -> int:
    """Opens a file of the user's own, or a scratch notebook for None; the exit status. Raises `UnreadableDocument`."""
    from tflab.curriculum.notebook import read_document, untitled_document

    document = read_document(file) if file is not None else untitled_document(Path.cwd())
    _require_a_terminal()
    from tflab.cli.session_spec import file_session
    from tflab.curriculum.lesson import list_lessons

    planned = file_session(document, options, arguments=(file or "", *arguments), folder=Path.cwd(), recorder="key")
    return _show(document, planned, list_lessons(language()))


def _show_lesson(name: str, lessons: LessonList, limits: SessionLimits = _DEFAULTS, *, plain: bool = False) -> int:
    from tflab.cli.session_spec import lesson_session
    from tflab.curriculum.lesson import open_lesson

    show = _show_plainly if plain else _show
    planned = lesson_session(limits, recorder="rerun" if plain else "key")
    return show(open_lesson(lessons.by_name[name]), planned, lessons)


def _show(document: Document, planned: PlannedSession, lessons: LessonList) -> int:
    """Shows the lab until the person quits; the exit status."""
    from tflab.ui import splash

    splash.show(text("cli.splash"))
    from tflab.cli.session_spec import SpecsOfDocument
    from tflab.client.static_names import StaticNamesProcess
    from tflab.client.supervisor import Supervisor

    # TensorFlow loads in its own process while Textual is imported in this one.
    specs = SpecsOfDocument(planned, document)
    supervisor = Supervisor(specs.make_spec)
    supervisor.start()
    from tflab.curriculum.kept_files import BackgroundWriter

    writer = BackgroundWriter()
    static_names = StaticNamesProcess()
    try:
        from tflab.client.grading import ExerciseGrader
        from tflab.client.ruff import Ruff
        from tflab.curriculum.drafts import Drafts
        from tflab.curriculum.kept_runs import KeptRuns
        from tflab.curriculum.learner import Learner
        from tflab.curriculum.lesson import open_lesson
        from tflab.curriculum.preferences import PreferenceFile
        from tflab.curriculum.progress import Progress
        from tflab.curriculum.saving import save, save_as

        drafts, progress = Drafts(writer=writer), Progress(writer=writer)
        learner = Learner(progress)
        notes = [*planned.notes, *_notes_about(document, lessons, drafts.left_over(document))]
        notes += _notes_about_drafts(document, drafts)
        first_launch = progress.first_launch
        from tflab.ui.app import run_lab

        status = run_lab(
            document,
            supervisor,
            drafts,
            lessons=_entries(lessons, progress),
            open_document=lambda name: specs.opened(open_lesson(lessons.by_name[name])),
            notes=notes,
            doors=planned.doors,
            first_launch=first_launch,
            opened=learner.opened,
            first_step=learner.first_step,
            step_shown=learner.step_shown,
            step_ran=learner.step_ran,
            grader=ExerciseGrader(supervisor),
            passed=learner.passed,
            exercise_passed=learner.exercise_passed,
            summary=lambda: _summary(lessons, progress),
            static_names=static_names,
            preferences=PreferenceFile(writer=writer),
            linter=Ruff(),
            runs=KeptRuns(writer=writer),
            save=save,
            save_as=save_as,
        )
        learner.left()
        return status
    finally:
        writer.flush()
        supervisor.close()
        static_names.close()
        # A command that fails on the way to the first screen says why on the learner's own.
        splash.hide()


def _show_plainly(document: Document, planned: PlannedSession, lessons: LessonList) -> int:
    """Follows commands until the person quits; the exit status."""
    from tflab.cli.plain.lesson import Surroundings
    from tflab.cli.plain.opening import open_plainly
    from tflab.cli.session_spec import SpecsOfDocument
    from tflab.client.grading import ExerciseGrader
    from tflab.client.supervisor import Supervisor
    from tflab.curriculum.drafts import Drafts
    from tflab.curriculum.kept_files import BackgroundWriter
    from tflab.curriculum.learner import Learner
    from tflab.curriculum.lesson import open_lesson
    from tflab.curriculum.progress import Progress

    specs = SpecsOfDocument(planned, document)
    supervisor = Supervisor(specs.make_spec)
    supervisor.start()
    writer = BackgroundWriter()
    try:
        drafts, progress = Drafts(writer=writer), Progress(writer=writer)
        learner = Learner(progress)
        around = Surroundings(
            drafts=drafts,
            learner=learner,
            lessons=_entries(lessons, progress),
            open_document=lambda name: specs.opened(open_lesson(lessons.by_name[name])),
            grader=ExerciseGrader(supervisor),
        )
        notes = [*planned.notes, *_notes_about(document, lessons, drafts.left_over(document))]
        status = open_plainly(document, supervisor, around, notes)
        learner.left()
        return status
    finally:
        writer.flush()
        supervisor.close()


def _require_a_terminal(plain: bool = False) -> None:
    if not plain and not on_a_terminal():
        raise WrongCall(text("cli.wrong.no_terminal"))


def _summary(lessons: LessonList, progress: Progress) -> str:
    from tflab.cli.summary_page import as_text
    from tflab.curriculum.summary import summarize

    return as_text(summarize(lessons.lessons, progress))


def _entries(lessons: LessonList, progress: Progress) -> list[LessonEntry]:
    from tflab.ui.lesson_entry import LessonEntry

    entries = []
    for lesson in lessons.lessons:
        record = progress.lesson(lesson.name)
        entries.append(
            LessonEntry(
                ref=lesson.name, number=lesson.number, title=lesson.title, done=record.done, started=record.started
            )
        )
    return entries


def _notes_about_drafts(document: Document, drafts: Drafts) -> list[str]:
    """What the person should know of text that the file does not have."""
    if document.is_untitled:
        return [text("curriculum.kept.scratch")]
    if document.kind != "lesson" and (drafts.load(document) or drafts.load_cells(document) is not None):
        return [text("curriculum.kept.restored", path=document.path.name)]
    return []


def _notes_about(document: Document, lessons: LessonList, left_over: Sequence[Path]) -> list[str]:
    """What the learner should know at the start."""
    notes = [left_out.reason for left_out in lessons.left_out]
    if document.kind == "lesson" and document.path.parent.name != language():
        notes.append(text("curriculum.lesson.not_translated"))
    if left_over:
        notes.append(text("curriculum.kept.left_over", count=len(left_over), folder=left_over[0].parent))
    return notes

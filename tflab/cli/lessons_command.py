"""``tflab lessons``: what there is to learn, and how far one has come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tflab.cli.options import Command, language_option
from tflab.cli.wrong_call import WrongCall
from tflab.messages import language, text

if TYPE_CHECKING:
    from tflab.curriculum.summary import CourseSummary, LessonState


@click.command(cls=Command, name="lessons", help=text("cli.help.lessons"))
@click.argument("words", nargs=-1, metavar="[LESSON]...")
@click.option("--summary", "page", metavar="FILE", help=text("course.help.summary"))
@click.option("--reset", "forgotten", metavar="LESSON|all", help=text("cli.help.lessons_reset"))
def lessons(words: tuple[str, ...], page: str | None, forgotten: str | None) -> int:
    """Prints the list, or the exercises of some lessons; writes the summary; makes lessons as new."""
    if forgotten is not None:
        return _reset(forgotten)
    from tflab.curriculum.lesson import UnknownLesson, find_lesson, list_lessons
    from tflab.curriculum.progress import Progress
    from tflab.curriculum.summary import summarize

    found = list_lessons(language())
    try:
        chosen = {find_lesson(word, found).name for word in words}
    except UnknownLesson as error:
        raise WrongCall(str(error)) from None
    summary = summarize(found.lessons, Progress())
    if page is not None:
        return _write_page(page, summary)
    if chosen:
        for state in summary.lessons:
            if state.lesson.name in chosen:
                _show_exercises(state)
        return 0
    _list(summary)
    for left_out in found.left_out:
        click.echo(text("cli.lessons.left_out", reason=left_out.reason), err=True)
    if not found.lessons:
        click.echo(text("cli.lessons.none"), err=True)
    return 0


def _list(summary: CourseSummary) -> None:
    from tflab.cli.summary_page import following_text, time_text

    width = max((len(state.lesson.title) for state in summary.lessons), default=0)
    names = max((len(state.lesson.short_name) for state in summary.lessons), default=0)
    for part in summary.parts:
        click.echo(text(f"course.part.{part.part}"))
        for state in part.lessons:
            lesson = state.lesson
            minutes = text("cli.lessons.minutes", minutes=lesson.minutes)
            # A translation that is missing is said where it is missed.
            english = "" if lesson.language == language() else f"  ({text('cli.lessons.in_english')})"
            line = f"{lesson.number:02}  {lesson.title:<{width}}  {lesson.short_name:<{names}}  {minutes:>7}  "
            click.echo((line + _state_text(state)).rstrip() + english)
    if summary.lessons:
        passed = text("course.exercises", passed=summary.exercises_passed, count=summary.exercises)
        click.echo(f"{passed}, {time_text(summary.seconds)}. {following_text(summary)}")


def _state_text(state: LessonState) -> str:
    from tflab.cli.summary_page import time_text

    if state.state == "fresh":
        return ""
    spent = time_text(state.seconds) if state.seconds >= 30 else ""
    if state.state == "done":
        return text("course.done_in", time=spent) if spent else text("cli.lessons.done")
    if state.passed:
        told = text("course.exercises", passed=state.passed, count=len(state.exercises))
    else:
        told = text("cli.lessons.started", done=state.ran, steps=state.steps)
    return text("course.so_far", state=told, time=spent) if spent else told


def _show_exercises(state: LessonState) -> None:
    from tflab.cli.summary_page import day_text, time_text

    click.echo(f"{state.lesson.number:02}  {state.lesson.title}  {_state_text(state)}".rstrip())
    width = max((len(exercise.name) for exercise in state.exercises), default=0)
    for exercise in state.exercises:
        is_passed = exercise.passed_at is not None
        told = text("course.exercise.open")
        if exercise.passed_at is not None:
            told = text("course.exercise.passed", day=day_text(exercise.passed_at))
        spent = time_text(exercise.seconds) if exercise.seconds >= 30 else ""
        click.echo(f"  {'✓' if is_passed else ' '} {exercise.name:<{width}}  {told}  {spent}".rstrip())


def _write_page(page: str, summary: CourseSummary) -> int:
    from tflab.cli.summary_page import as_svg, as_text

    if page == "-":
        click.echo(as_text(summary), nl=False)
        return 0
    forms = {".svg": as_svg, ".txt": as_text}
    path = Path(page)
    if path.suffix.lower() not in forms:
        raise WrongCall(text("course.page.form", path=page))
    try:
        path.write_text(forms[path.suffix.lower()](summary), "utf-8")
    except OSError as error:
        raise WrongCall(text("course.page.not_written", path=page, reason=error.strerror)) from None
    click.echo(text("course.page.written", path=page))
    return 0


def _reset(word: str) -> int:
    """Forgets the code typed in a lesson and what was done of it, or of all lessons."""
    from tflab.curriculum.drafts import Drafts
    from tflab.curriculum.lesson import UnknownLesson, find_lesson, list_lessons, open_lesson
    from tflab.curriculum.progress import Progress

    found = list_lessons(language())
    try:
        chosen = found.lessons if word == "all" else (find_lesson(word, found),)
    except UnknownLesson as error:
        raise WrongCall(str(error)) from None
    drafts, progress = Drafts(), Progress()
    for lesson in chosen:
        drafts.reset(open_lesson(lesson))
        progress.reset(lesson.name)
        click.echo(text("cli.lessons.reset", number=f"{lesson.number:02}", title=lesson.title))
    drafts.close()
    progress.close()
    for trouble in {drafts.trouble, progress.trouble} - {""}:
        click.echo(trouble, err=True)
    return 0


lessons.params.append(language_option())

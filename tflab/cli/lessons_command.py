"""``tflab lessons``: what there is to learn, and how far one has come."""

from __future__ import annotations

import click

from tflab.cli.options import Command, language_option
from tflab.cli.wrong_call import WrongCall
from tflab.messages import language, text


@click.command(cls=Command, name="lessons", help=text("cli.help.lessons"))
@click.option("--reset", "forgotten", metavar="LESSON|all", help=text("cli.help.lessons_reset"))
def lessons(forgotten: str | None) -> int:
    """Prints the list, or makes lessons as new."""
    if forgotten is not None:
        return _reset(forgotten)
    from tflab.curriculum.lesson import list_lessons
    from tflab.curriculum.progress import Progress

    found = list_lessons(language())
    progress = Progress()
    width = max((len(lesson.title) for lesson in found.lessons), default=0)
    names = max((len(lesson.short_name) for lesson in found.lessons), default=0)
    for lesson in found.lessons:
        record = progress.lesson(lesson.name)
        if record.done:
            state = text("cli.lessons.done")
        elif record.started:
            state = text("cli.lessons.started", done=len(record.ran), steps=record.steps)
        else:
            state = ""
        minutes = text("cli.lessons.minutes", minutes=lesson.minutes)
        # A translation that is missing is said where it is missed.
        english = "" if lesson.language == language() else f"  ({text('cli.lessons.in_english')})"
        line = f"{lesson.number:02}  {lesson.title:<{width}}  {lesson.short_name:<{names}}  {minutes:>7}  {state}"
        click.echo(line.rstrip() + english)
    for left_out in found.left_out:
        click.echo(text("cli.lessons.left_out", reason=left_out.reason), err=True)
    if not found.lessons:
        click.echo(text("cli.lessons.none"), err=True)
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

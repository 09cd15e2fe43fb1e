"""``tflab lessons``: what there is to learn, and how far one has come."""

from __future__ import annotations

import click

from tflab.cli.options import Command, language_option
from tflab.messages import language, text


@click.command(cls=Command, name="lessons", help=text("cli.help.lessons"))
def lessons() -> int:
    """Prints the list."""
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


lessons.params.append(language_option())

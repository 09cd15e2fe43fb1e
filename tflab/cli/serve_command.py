"""``tflab serve``: the same lab in a browser."""

from __future__ import annotations

import asyncio
import importlib.util

import click

from tflab.cli.options import Command, language_option
from tflab.cli.wrong_call import WrongCall
from tflab.messages import language, text


@click.command(cls=Command, name="serve", help=text("cli.help.serve"))
@click.argument("lesson", required=False, metavar="[LESSON]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help=text("cli.help.option.port"))
def serve(lesson: str | None, port: int) -> int:
    """Serves until it is interrupted; the exit status."""
    if lesson is not None:
        _check(lesson)
    if importlib.util.find_spec("textual_serve") is None:
        raise WrongCall(text("cli.serve.missing"))
    from tflab.cli.web_server import LabServer, PortTaken

    try:
        server = LabServer([lesson] if lesson is not None else [], port)
    except PortTaken as error:
        raise WrongCall(str(error)) from None

    def ready() -> None:
        click.echo(text("cli.serve.open"))
        click.echo(f"  {server.url}")
        click.echo(text("cli.serve.stop"))

    asyncio.run(server.run(ready))
    return 0


def _check(lesson: str) -> None:
    from tflab.curriculum.lesson import UnknownLesson, find_lesson, list_lessons

    try:
        find_lesson(lesson, list_lessons(language()))
    except UnknownLesson as error:
        raise WrongCall(str(error)) from None


serve.params.append(language_option())

"""``tflab open FILE``: a notebook, a script or MyST Markdown in the lab."""

from __future__ import annotations

from typing import Any

import click

from tflab.cli.commands import Call
from tflab.cli.options import Command, language_option, session_options, take_session_options
from tflab.cli.wrong_call import WrongCall
from tflab.messages import text


@click.command(cls=Command, name="open", help=text("cli.help.open"))
@click.argument("file", metavar="[FILE]", required=False)
@click.argument("more", nargs=-1, metavar="[-- ARGUMENTS...]")
@session_options
@click.pass_context
def open_file(context: click.Context, /, file: str | None, more: tuple[str, ...], **values: Any) -> int:
    """Opens FILE in the lab, or a scratch notebook, and gives the exit status."""
    if more:
        raise WrongCall(text("cli.wrong.script_arguments", word=more[0], file=file))
    call = context.obj if isinstance(context.obj, Call) else Call()
    from tflab.cli.lab_command import open_file_in_lab

    return open_file_in_lab(file, take_session_options(values), call.script_arguments)


open_file.params.append(language_option())

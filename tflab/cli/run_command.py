"""``tflab run FILE``: the same session without the full screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tflab.cli.commands import Call
from tflab.cli.options import Command, language_option, seconds, session_options, take_session_options
from tflab.cli.wrong_call import WrongCall
from tflab.messages import text


@click.command(cls=Command, name="run", help=text("cli.help.run"))
@click.argument("file", metavar="FILE")
@click.argument("more", nargs=-1, metavar="[-- ARGUMENTS...]")
@click.option("--events", metavar="OUT.jsonl", help=text("cli.help.option.events"))
@click.option("--keep-going", is_flag=True, help=text("cli.help.option.keep_going"))
@click.option("--timeout", metavar="SECONDS", type=seconds, help=text("cli.help.option.timeout"))
@session_options
@click.pass_context
def run(
    context: click.Context,
    /,
    file: str,
    more: tuple[str, ...],
    events: str | None,
    keep_going: bool,
    timeout: float | None,
    **values: Any,
) -> int:
    """Runs FILE and gives the exit status."""
    if more:
        raise WrongCall(text("cli.wrong.script_arguments", word=more[0], file=file))
    call = context.obj if isinstance(context.obj, Call) else Call()
    options = take_session_options(values)
    from tflab.curriculum.notebook import read_document

    document = read_document(file)

    from tflab.cli.event_file import EventFile, UnwritableEvents
    from tflab.cli.file_run import FileRun
    from tflab.cli.run_output import RunOutput
    from tflab.cli.session_spec import file_session
    from tflab.client.supervisor import Supervisor

    planned = file_session(document, options, arguments=(file, *call.script_arguments), folder=Path.cwd())
    try:
        event_file = EventFile(events) if events else None
    except UnwritableEvents as error:
        raise WrongCall(str(error)) from None
    output = RunOutput(sys.stderr if events == "-" else sys.stdout, sys.stderr)
    for note in planned.notes:
        output.say(note)
    supervisor = Supervisor(planned.make_spec)
    try:
        return FileRun(document, supervisor, output, event_file, keep_going=keep_going, timeout=timeout).run()
    finally:
        if event_file is not None:
            event_file.close()


run.params.append(language_option())

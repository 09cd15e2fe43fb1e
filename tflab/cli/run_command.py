"""``tflab run FILE``: the same session without the full screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tflab.cli.commands import Call
from tflab.cli.options import Command, count, language_option, seconds, session_options, take_session_options
from tflab.cli.wrong_call import WrongCall
from tflab.messages import text

if TYPE_CHECKING:
    from tflab.cli.file_run import Listener
    from tflab.curriculum.document import Document
    from tflab.protocol.server import RecorderDoor

MOST_WORKERS: Final = 64


@click.command(cls=Command, name="run", help=text("cli.help.run"))
@click.argument("file", metavar="FILE")
@click.argument("more", nargs=-1, metavar="[-- ARGUMENTS...]")
@click.option("--events", metavar="OUT.jsonl", help=text("cli.help.option.events"))
@click.option("--output", metavar="OUT.ipynb", help=text("cli.help.option.output"))
@click.option("--keep-going", is_flag=True, help=text("cli.help.option.keep_going"))
@click.option("--record", is_flag=True, help=text("cli.help.option.record"))
@click.option("--timeout", metavar="SECONDS", type=seconds, help=text("cli.help.option.timeout"))
@click.option("--workers", metavar="NUMBER", type=count, help=text("cli.help.option.workers"))
@click.option("--meet", metavar="SECONDS", type=seconds, help=text("cli.help.option.meet"))
@session_options
@click.pass_context
def run(
    context: click.Context,
    /,
    file: str,
    more: tuple[str, ...],
    events: str | None,
    output: str | None,
    keep_going: bool,
    record: bool,
    timeout: float | None,
    workers: int | None,
    meet: float | None,
    **values: Any,
) -> int:
    """Runs FILE and gives the exit status."""
    if more:
        raise WrongCall(text("cli.wrong.script_arguments", word=more[0], file=file))
    call = context.obj if isinstance(context.obj, Call) else Call()
    options = take_session_options(values)
    from tflab.curriculum.notebook import read_document, read_standard_input

    document = read_standard_input(sys.stdin.buffer) if file == "-" else read_document(file)

    from tflab.cli.session_spec import file_session

    arguments = (file, *call.script_arguments)
    recorder: RecorderDoor = "none" if record else "option"
    planned = file_session(document, options, arguments, folder=Path.cwd(), recorder=recorder)
    if workers is not None:
        from tflab.cli.workers_command import DEFAULT_PATIENCE, WorkersCommand, WorkersWish

        if workers > MOST_WORKERS:
            raise WrongCall(text("cli.wrong.workers", most=MOST_WORKERS))
        wish = WorkersWish(
            workers=workers,
            patience=meet or DEFAULT_PATIENCE,
            events=events,
            output=output,
            keep_going=keep_going,
            timeout=timeout,
            record=record,
            shares_memory=options.limits.memory is None,
        )
        return WorkersCommand(document, planned, wish).run()
    if meet is not None:
        raise WrongCall(text("cli.wrong.meet"))

    from tflab.cli.file_run import FileRun
    from tflab.cli.run_curves import RunCurves
    from tflab.cli.run_output import RunOutput
    from tflab.client.supervisor import Supervisor

    with _listeners(document, events, output) as listeners:
        streams = RunOutput(sys.stderr if events == "-" else sys.stdout, sys.stderr)
        for note in planned.notes:
            streams.say(note)
        supervisor = Supervisor(planned.make_spec)
        curves = RunCurves(document.path.name)
        listeners.append(curves)
        run = FileRun(document, supervisor, streams, listeners, keep_going=keep_going, timeout=timeout, record=record)
        status = run.run()
        if trouble := curves.finish():
            streams.say(trouble)
        return status


@contextmanager
def _listeners(document: Document, events: str | None, output: str | None) -> Iterator[list[Listener]]:
    """What the command line wants written, opened before anything runs and closed whatever happens."""
    from tflab.cli.event_file import EventFile, UnwritableFile
    from tflab.cli.notebook_file import NotebookFile

    with ExitStack() as opened:
        try:
            listeners: list[Listener] = []
            if events is not None:
                listeners.append(opened.enter_context(closing(EventFile(events))))
            if output is not None:
                listeners.append(NotebookFile(output, document))
        except UnwritableFile as error:
            raise WrongCall(str(error)) from None
        yield listeners


run.params.append(language_option())

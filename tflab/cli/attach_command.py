"""``tflab attach [NAME]``: looks into a process that called ``tflab.watch()``."""

from __future__ import annotations

import difflib
from contextlib import closing
from typing import TYPE_CHECKING

import click

from tflab.cli.entry import on_a_terminal
from tflab.cli.file_run import FAILED, OK
from tflab.cli.options import Command, language_option
from tflab.cli.wrong_call import WrongCall
from tflab.messages import text

if TYPE_CHECKING:
    from tflab.client.watched import WatchedClient


@click.command(cls=Command, name="attach", help=text("cli.help.attach"))
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--events", metavar="OUT.jsonl", help=text("cli.help.option.attach_events"))
def attach(name: str | None, events: str | None) -> int:
    """Shows the process's panels, or writes its events until it ends; the exit status."""
    from tflab.client.watched import WatchedClient, watched_names

    try:
        names = watched_names()
        chosen = _chosen(name, names)
        watched = WatchedClient(chosen, ended=text("client.watch.ended", name=chosen))
    except OSError as error:
        raise WrongCall(text("cli.wrong.attach", reason=error.strerror or str(error))) from None
    with closing(watched):
        if events is not None:
            return _write_events(watched, events)
        if not on_a_terminal():
            raise WrongCall(text("cli.wrong.no_terminal"))
        from tflab.curriculum.preferences import PreferenceFile
        from tflab.ui.watch_app import run_watch

        return run_watch(chosen, watched, PreferenceFile().now.theme)


attach.params.append(language_option())


def _chosen(name: str | None, names: list[str]) -> str:
    if not names:
        raise WrongCall(text("cli.wrong.attach_none"))
    if name is None and len(names) == 1:
        return names[0]
    if name is None:
        raise WrongCall(text("cli.wrong.attach_which", names=", ".join(names)))
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1, cutoff=0.3)
        raise WrongCall(text("cli.wrong.attach_unknown", name=name, names=", ".join(close or names)))
    return name


def _write_events(watched: WatchedClient, path: str) -> int:
    from tflab.cli.event_file import EventFile, UnwritableFile
    from tflab.protocol.events import Event
    from tflab.protocol.lifecycle import SessionEnded

    try:
        with closing(EventFile(path)) as file:
            while True:
                watched.wait()
                for event in watched.drain():
                    if isinstance(event, SessionEnded):
                        return OK
                    if isinstance(event, Event):
                        file.write(event)
    except UnwritableFile as error:
        click.echo(f"tflab: {error}", err=True)
        return FAILED

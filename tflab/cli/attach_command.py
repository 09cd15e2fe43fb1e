"""``tflab attach [NAME...]``: looks into processes that called ``tflab.watch()``, and workers of ``tflab run``."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final

import click

from tflab.cli.entry import on_a_terminal
from tflab.cli.file_run import FAILED, OK
from tflab.cli.options import Command, language_option
from tflab.cli.wrong_call import WrongCall
from tflab.messages import text

if TYPE_CHECKING:
    from tflab.client.watched import WatchedClient

_PACE: Final = 0.1


@click.command(cls=Command, name="attach", help=text("cli.help.attach"))
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--events", metavar="OUT.jsonl", help=text("cli.help.option.attach_events"))
def attach(names: tuple[str, ...], events: str | None) -> int:
    """Shows the processes' panels, or writes their events until they end; the exit status."""
    from tflab.client.watched import WatchedClient, look_round

    with ExitStack() as opened:
        try:
            there, left = look_round()
            chosen = _chosen(names, there, left)
            processes = [
                (name, opened.enter_context(closing(WatchedClient(name, ended=text("client.watch.ended", name=name)))))
                for name in chosen
            ]
        except OSError as error:
            raise WrongCall(text("cli.wrong.attach", reason=error.strerror or str(error))) from None
        if events is not None:
            return _write_events(processes, events)
        if not on_a_terminal():
            raise WrongCall(text("cli.wrong.no_terminal"))
        from tflab.curriculum.preferences import PreferenceFile
        from tflab.ui.watch_app import run_watch

        return run_watch(processes, PreferenceFile().now.theme)


attach.params.append(language_option())


def _chosen(names: Sequence[str], there: Sequence[str], left: Sequence[str]) -> list[str]:
    """The processes that are meant: by name, by the name of their training, or all there are where those are one."""
    from tflab.doors.folder import training_of

    chosen: list[str] = []
    for name in names:
        workers = [known for known in there if training_of(known) == name]
        if name in there:
            chosen.append(name)
        elif workers:
            chosen += sorted(workers, key=_by_number)
        elif name in left:
            raise WrongCall(text("cli.wrong.attach_gone", name=name))
        elif there:
            close = difflib.get_close_matches(name, there, n=1, cutoff=0.3)
            raise WrongCall(text("cli.wrong.attach_unknown", name=name, names=", ".join(close or there)))
    if not there:
        raise WrongCall(text("cli.wrong.attach_none"))
    if not names:
        if len(there) > 1 and len({training_of(known) for known in there}) > 1:
            raise WrongCall(text("cli.wrong.attach_which", names=", ".join(there)))
        chosen = sorted(there, key=_by_number)
    return list(dict.fromkeys(chosen))


def _by_number(name: str) -> tuple[int, str]:
    """Worker 10 after worker 9."""
    return len(name), name


def _write_events(processes: Sequence[tuple[str, WatchedClient]], path: str) -> int:
    from tflab.cli.event_file import EventFile, UnwritableFile
    from tflab.protocol.events import Event
    from tflab.protocol.lifecycle import SessionEnded

    living = dict(processes)
    try:
        with closing(EventFile(path)) as file:
            while living:
                # Whoever has most to say wakes the loop; the others wait for a moment at most.
                next(iter(living.values())).wait(None if len(living) == 1 else _PACE)
                for name, watched in tuple(living.items()):
                    for event in watched.drain():
                        if isinstance(event, SessionEnded):
                            del living[name]
                        elif isinstance(event, Event):
                            file.write(event, name if len(processes) > 1 else None)
    except UnwritableFile as error:
        click.echo(f"tflab: {error}", err=True)
        return FAILED
    return OK

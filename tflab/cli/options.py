"""Options that several commands share, and what they say together about a session."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from tflab.messages import LANGUAGES, text
from tflab.protocol.logical_devices import LogicalDevices, parse_logical_devices


class Command(click.Command):
    """A command whose help speaks the language in use; click's own words are English."""

    def get_help(self, ctx: click.Context) -> str:
        return translated(super().get_help(ctx))


def translated(page: str) -> str:
    """A page of help with click's own words in the language in use."""
    for word, key in (
        ("Usage: ", "cli.help.usage"),
        ("\nOptions:\n", "cli.help.options"),
        ("\nCommands:\n", "cli.help.commands"),
        (" [OPTIONS]", "cli.help.any_options"),
        ("Show this message and exit.", "cli.help.help"),
        ("Show the version and exit.", "cli.help.version"),
    ):
        page = page.replace(word, text(key))
    return page


def language_option() -> click.Option:
    """``--lang``: read by `tflab.cli.entry` before anything else; here it is checked and explained."""
    return click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=text("cli.help.option.lang"))


def plain_option() -> click.Option:
    """``--plain``: lines of text instead of the full screen."""
    return click.Option(["--plain"], is_flag=True, help=text("cli.help.option.plain"))


@dataclass(frozen=True)
class SessionLimits:
    """What a session may use; None for the default."""

    memory: int | None = None
    """Bytes."""
    disk: int | None = None
    """Bytes that its scratch folder may hold."""
    processes: int | None = None
    """Threads of it and of all that it starts."""


@dataclass(frozen=True)
class SessionOptions:
    """What a command line asks of a session."""

    limits: SessionLimits = SessionLimits()
    devices: LogicalDevices = ()
    allow_net: bool = False
    allow_read: tuple[Path, ...] = ()
    allow_write: tuple[Path, ...] = ()
    sandbox: bool = True


def _gibibytes(value: str) -> int:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    # 64 MiB is less than an idle session needs; a petabyte is a slip of the finger.
    if not 1 / 16 <= number <= 2**20:
        raise click.BadParameter(text("cli.wrong.memory", value=value))
    return int(number * 2**30)


def seconds(value: str) -> float:
    """A number of seconds above 0; a type for an option."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise click.BadParameter(text("cli.wrong.seconds", value=value))
    return number


def _devices(value: str) -> LogicalDevices:
    try:
        return parse_logical_devices(value)
    except ValueError:
        raise click.BadParameter(text("cli.wrong.devices", value=value)) from None


def _existing_path(value: str) -> Path:
    path = Path(value).absolute()
    if not path.exists():
        raise click.BadParameter(text("cli.wrong.no_such_path", path=value))
    return path


def count(value: str) -> int:
    """A whole number above 0; a type for an option."""
    if not re.fullmatch(r"[1-9]\d{0,8}", value):
        raise click.BadParameter(text("cli.wrong.count", value=value))
    return int(value)


def _limits() -> dict[str, dict[str, Any]]:
    """The options for limits, which every session has, and what click is to know of each."""
    return {
        "--memory": {"metavar": "GIB", "type": _gibibytes, "help": text("cli.help.option.memory")},
        "--disk": {"metavar": "GIB", "type": _gibibytes, "help": text("cli.help.option.disk")},
        "--processes": {"metavar": "NUMBER", "type": count, "help": text("cli.help.option.processes")},
    }


def limit_options() -> list[click.Option]:
    """Options for a command that is not made by a decorator; `take_limits` collects their values."""
    return [click.Option([name], **facts) for name, facts in _limits().items()]


def take_limits(values: dict[str, Any]) -> SessionLimits:
    """The options of `limit_options`, taken out of a command's parameters."""
    return SessionLimits(values.pop("memory"), values.pop("disk"), values.pop("processes"))


def session_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that become `SessionOptions`; ``take_session_options`` collects their values."""
    path_option = partial(click.option, metavar="PATH", type=_existing_path, multiple=True)
    options = [
        *(click.option(name, **facts) for name, facts in _limits().items()),
        click.option("--devices", metavar="KIND:NUMBER", type=_devices, help=text("cli.help.option.devices")),
        click.option("--allow-net", is_flag=True, help=text("cli.help.option.allow_net")),
        path_option("--allow-read", help=text("cli.help.option.allow_read")),
        click.option(
            "--allow-write",
            metavar="PATH",
            type=_existing_path,
            multiple=True,
            help=text("cli.help.option.allow_write"),
        ),
        click.option("--no-sandbox", is_flag=True, help=text("cli.help.option.no_sandbox")),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def take_session_options(values: dict[str, Any]) -> SessionOptions:
    """The options of `session_options`, taken out of a command's parameters."""
    return SessionOptions(
        limits=take_limits(values),
        devices=values.pop("devices") or (),
        allow_net=values.pop("allow_net"),
        allow_read=values.pop("allow_read"),
        allow_write=values.pop("allow_write"),
        sandbox=not values.pop("no_sandbox"),
    )

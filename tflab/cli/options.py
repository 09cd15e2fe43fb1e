"""Options that several commands share, and what they say together about a session."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tflab.messages import LANGUAGES, text


def language_option() -> click.Option:
    """``--lang``: read by `tflab.cli.entry` before anything else; here it is checked and explained."""
    return click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=text("cli.help.option.lang"))


@dataclass(frozen=True)
class SessionOptions:
    """What a command line asks of a session."""

    memory: int | None = None
    """Bytes; None for the default."""
    devices: tuple[tuple[str, int], ...] = ()
    """``(("cpu", 2),)``: logical devices."""
    allow_net: bool = False
    allow_read: tuple[Path, ...] = ()
    allow_write: tuple[Path, ...] = ()
    sandbox: bool = True


class _Gibibytes(click.ParamType):
    name = "GIB"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        # 64 MiB is less than an idle session needs; a petabyte is a slip of the finger.
        if not 1 / 16 <= number <= 2**20:
            self.fail(text("cli.wrong.memory", value=value), param, ctx)
        return int(number * 2**30)


class _Seconds(click.ParamType):
    name = "SECONDS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not 0 < number < math.inf:
            self.fail(text("cli.wrong.seconds", value=value), param, ctx)
        return number


class _Devices(click.ParamType):
    name = "KIND:NUMBER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[str, int], ...]:
        if isinstance(value, tuple):
            return value
        devices: dict[str, int] = {}
        for part in str(value).split(","):
            match = re.fullmatch(r"(cpu|gpu):([1-9]\d?)", part.strip().lower())
            if match is None or match[1] in devices:
                self.fail(text("cli.wrong.devices", value=value), param, ctx)
            devices[match[1]] = int(match[2])
        return tuple(devices.items())


class _ExistingPath(click.ParamType):
    name = "PATH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value).absolute()
        if not path.exists():
            self.fail(text("cli.wrong.no_such_path", path=value), param, ctx)
        return path


SECONDS = _Seconds()


def session_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that become `SessionOptions`; ``take_session_options`` collects their values."""
    options = [
        click.option("--memory", type=_Gibibytes(), help=text("cli.help.option.memory")),
        click.option("--devices", type=_Devices(), default=(), help=text("cli.help.option.devices")),
        click.option("--allow-net", is_flag=True, help=text("cli.help.option.allow_net")),
        click.option("--allow-read", type=_ExistingPath(), multiple=True, help=text("cli.help.option.allow_read")),
        click.option("--allow-write", type=_ExistingPath(), multiple=True, help=text("cli.help.option.allow_write")),
        click.option("--no-sandbox", is_flag=True, help=text("cli.help.option.no_sandbox")),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def take_session_options(values: dict[str, Any]) -> SessionOptions:
    """The options of `session_options`, taken out of a command's parameters."""
    return SessionOptions(
        memory=values.pop("memory"),
        devices=values.pop("devices"),
        allow_net=values.pop("allow_net"),
        allow_read=values.pop("allow_read"),
        allow_write=values.pop("allow_write"),
        sandbox=not values.pop("no_sandbox"),
    )

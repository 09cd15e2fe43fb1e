"""A call that cannot be carried out: one line for people, status 2."""

from __future__ import annotations

import difflib

import click

from tflab.messages import text


class WrongCall(click.ClickException):
    """A wrong argument, found by one of our own commands; the message is one line."""

    exit_code = 2


def describe(error: click.ClickException) -> str:
    """One line in the language in use for anything that click or a command refuses."""
    if isinstance(error, click.NoSuchOption):
        known = [name for parameter in error.ctx.command.params for name in parameter.opts] if error.ctx else []
        close = difflib.get_close_matches(error.option_name, known, n=1)
        if close:
            return text("cli.wrong.option_but", option=error.option_name, other=close[0])
        return text("cli.wrong.option", option=error.option_name)
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param and error.ctx else error.param_hint
        return text("cli.wrong.missing", name=name)
    if isinstance(error, click.BadParameter):
        names = error.param.opts if error.param else []
        return text("cli.wrong.value", name=names[0] if names else error.param_hint, reason=error.message.rstrip("."))
    if isinstance(error, click.BadOptionUsage):
        return text("cli.wrong.needs_value", option=error.option_name)
    return " ".join(error.format_message().split())

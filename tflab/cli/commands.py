"""The commands by name, each imported when it is asked for, and what happens to a wrong call."""

from __future__ import annotations

import difflib
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from tflab.cli.options import language_option, plain_option, translated
from tflab.cli.wrong_call import WrongCall, describe
from tflab.curriculum.document import UnreadableDocument
from tflab.curriculum.lesson_names import is_lesson_reference
from tflab.messages import text

COMMANDS: Final = {
    "open": "tflab.cli.open_command:open_file",
    "run": "tflab.cli.run_command:run",
    "attach": "tflab.cli.attach_command:attach",
    "lessons": "tflab.cli.lessons_command:lessons",
    "runs": "tflab.cli.runs_command:runs",
    "check": "tflab.cli.check_command:check",
    "serve": "tflab.cli.serve_command:serve",
    "doctor": "tflab.cli.doctor_command:doctor",
}
"""Where each command is: ``module:attribute``. They win over lesson names."""

_TAKE_SCRIPT_ARGUMENTS: Final = ("open", "run")


@dataclass(frozen=True)
class Call:
    """What every command gets beside its own options."""

    script_arguments: tuple[str, ...] = ()
    """What stands behind ``--``."""


class Commands(click.Group):
    """The group of all commands; a word that is none of them may be a lesson."""

    def get_help(self, ctx: click.Context) -> str:
        return translated(super().get_help(ctx))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Whoever read our output has gone; nothing more can be said. Python must not try to at its exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return 128 + signal.SIGPIPE

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module, _, attribute = COMMANDS[cmd_name].partition(":")
            command = getattr(importlib.import_module(module), attribute)
            assert isinstance(command, click.Command)
            return command
        if is_lesson_reference(cmd_name):
            from tflab.cli.lab_command import lesson_command

            return lesson_command(cmd_name)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        command = self.get_command(ctx, word)
        if command is None:
            raise WrongCall(_not_a_command(word))
        if isinstance(ctx.obj, Call) and ctx.obj.script_arguments and word not in _TAKE_SCRIPT_ARGUMENTS:
            raise WrongCall(text("cli.wrong.no_script_arguments", command=word))
        return command.name or word, command, args[1:]


def _not_a_command(word: str) -> str:
    """What to say of a first word that is neither a command nor a lesson."""
    if os.path.exists(word) or word.endswith((".py", ".ipynb", ".md")) or os.sep in word:
        return text("cli.wrong.file", path=word)
    close = difflib.get_close_matches(word.lower(), COMMANDS, n=1, cutoff=0.7)
    if close:
        return text("cli.wrong.command_but", word=word, other=close[0])
    from tflab.curriculum.lesson import UnknownLesson, find_lesson, list_lessons

    try:
        find_lesson(word, list_lessons())
    except UnknownLesson as error:
        return str(error)
    return text("curriculum.lesson.unknown", word=word)


def command_line() -> Commands:
    """The group, its sentences in the language in use."""

    def resume(plain: bool) -> int:
        context = click.get_current_context()
        if context.invoked_subcommand is not None:
            if plain:
                raise WrongCall(text("cli.wrong.plain_first", command=context.invoked_subcommand))
            return 0
        if isinstance(context.obj, Call) and context.obj.script_arguments:
            raise WrongCall(text("cli.wrong.no_script_arguments", command="tflab"))
        from tflab.cli.lab_command import resume_lab

        return resume_lab(plain)

    from tflab import __version__

    version = click.version_option(__version__, prog_name="tflab", message="%(prog)s %(version)s")
    group = Commands(
        name="tflab",
        callback=resume,
        invoke_without_command=True,
        help=text("cli.help.tflab"),
        epilog=text("cli.help.epilog"),
        subcommand_metavar=text("cli.help.metavar"),
        params=[plain_option(), language_option()],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    version(group)
    return group


def run_command_line(arguments: Sequence[str]) -> int:
    """Runs a command line; the exit status. What is wrong with the call is said in one line on stderr."""
    words = list(arguments)
    behind: tuple[str, ...] = ()
    if "--" in words:
        place = words.index("--")
        words, behind = words[:place], tuple(words[place + 1 :])
    try:
        status: Any = command_line().main(
            args=words, prog_name="tflab", standalone_mode=False, obj=Call(script_arguments=behind)
        )
    except click.ClickException as error:
        return _refuse(describe(error))
    except UnreadableDocument as error:
        return _refuse(str(error))
    except (click.Abort, KeyboardInterrupt):
        return 130
    return status if isinstance(status, int) else 0


def _refuse(line: str) -> int:
    if "tflab.ui.splash" in sys.modules:
        # Else the line would vanish with the splash's screen.
        from tflab.ui import splash

        splash.hide()
    print(f"tflab: {line}", file=sys.stderr)
    return 2

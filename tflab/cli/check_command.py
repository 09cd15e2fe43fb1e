"""``tflab check``: for authors and CI, holds lessons to what ``lessons/README.md`` says of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tflab.cli.file_run import FAILED, INTERRUPTED, NO_SESSION, OK
from tflab.cli.options import Command, language_option
from tflab.cli.wrong_call import WrongCall
from tflab.messages import text

if TYPE_CHECKING:
    from tflab.cli.course_check import CourseCheck
    from tflab.client.supervisor import Supervisor
    from tflab.curriculum.content_rules import LessonFile
    from tflab.curriculum.findings import Finding

_TICK = 0.2
"""Seconds between two looks at how far it is."""


@click.command(cls=Command, name="check", help=text("check.help"))
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option(
    "--lessons",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help=text("check.help.lessons"),
)
@click.option("--jobs", type=click.IntRange(1, 64), default=None, metavar="N", help=text("check.help.jobs"))
def check(lessons: tuple[str, ...], folder: Path | None, jobs: int | None) -> int:
    """Prints one line for each finding; 0 where there is none, 1 where there are some."""
    from tflab.curriculum.course import read_course

    course = read_course(_folder(folder), lessons)
    if course.unknown:
        raise WrongCall(text("curriculum.lesson.unknown", word=course.unknown[0]))
    if not course.originals and not course.findings:
        raise WrongCall(text("check.command.none", folder=course.folder))
    findings = list(course.findings)
    status = OK
    if any(cell.kind == "code" for lesson in course.originals for cell in lesson.cells):
        found, status = _run(course.originals, jobs or _cores())
        findings += found
    for finding in sorted(set(findings)):
        click.echo(f"{_shown(finding.path)}:{finding.line}: {finding.message}")
    if status != OK:
        return status
    count = len(course.originals)
    if findings:
        click.echo(text("check.command.bad", findings=len(set(findings)), lessons=count))
        return FAILED
    exercises = sum(len(lesson.exercises) for lesson in course.originals)
    click.echo(text("check.command.good", lessons=count, exercises=exercises))
    return OK


check.params.append(language_option())


def _cores() -> int:
    """How many cores this process may use."""
    # Not on macOS.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _folder(given: Path | None) -> Path:
    from tflab.lesson_files import lessons_folder

    folder = lessons_folder() if given is None else given
    if not (folder / "en").is_dir():
        raise WrongCall(text("check.command.not_a_folder", folder=folder))
    return folder


def _run(lessons: Sequence[LessonFile], jobs: int) -> tuple[list[Finding], int]:
    """What the lessons' code shows, and the exit status where it could not be run."""
    from tflab.cli.course_check import CourseCheck
    from tflab.cli.session_spec import lesson_session
    from tflab.client.supervisor import Supervisor

    supervisor = Supervisor(lesson_session().make_spec, sample_devices=None)
    course = CourseCheck(supervisor, lessons, jobs=jobs)
    with _live_line() as live:
        supervisor.start()
        try:
            course.start()
            status = _follow(course, supervisor, live)
        except KeyboardInterrupt:
            status = INTERRUPTED
        finally:
            course.cancel()
            course.wait()
            supervisor.close()
    return (course.findings() if status == OK else []), status


def _follow(course: CourseCheck, supervisor: Supervisor, live: _LiveLine) -> int:
    from tflab.protocol.server import ServerFailed, ServerProgressed, ServerReady

    is_ready = False
    while not course.wait(_TICK):
        for event in supervisor.drain():
            if isinstance(event, ServerFailed):
                live.show("")
                click.echo(f"tflab: {event.message}", err=True)
                return NO_SESSION
            if isinstance(event, ServerReady):
                is_ready = True
            elif isinstance(event, ServerProgressed) and not is_ready:
                live.show(text("check.command.loading", percent=f"{event.fraction:.0%}"))
        if is_ready:
            live.show(text("check.command.live", done=course.done, total=course.total, name=course.latest))
    return OK


class _LiveLine:
    """One line on a terminal that says how far it is; nothing in a pipe."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()

    def show(self, line: str) -> None:
        if self._is_shown:
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)


@contextmanager
def _live_line() -> Iterator[_LiveLine]:
    line = _LiveLine()
    try:
        yield line
    finally:
        line.show("")


def _shown(path: Path) -> str:
    """``path`` from here, if it lies below; else in full."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)

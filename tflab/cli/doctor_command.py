"""``tflab doctor``: what works here, and how to get what does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from tflab.cli.file_run import NO_SESSION, OK
from tflab.cli.options import Command, language_option
from tflab.messages import text

if TYPE_CHECKING:
    from tflab.client.doctor import DoctorReport
    from tflab.protocol.isolation import Measurement

_GIBIBYTE = 2**30
_LABEL_WIDTH = 13


@click.command(cls=Command, name="doctor", help=text("sandbox.doctor.help"))
@click.option("--json", "as_json", is_flag=True, help=text("sandbox.doctor.help.json"))
def doctor(as_json: bool) -> int:
    """Prints the report; 0 where sessions can start, 3 where not."""
    from tflab.client.doctor import collect

    with _Progress(not as_json and sys.stderr.isatty()) as progress:
        report = collect(progress.show)
    if as_json:
        click.echo(report_as_json(report))
    else:
        for line in report_lines(report):
            click.echo(line)
    return OK if report.can_start else NO_SESSION


doctor.params.append(language_option())


class _Progress:
    """One line on stderr that says what is being loaded, gone again afterwards."""

    def __init__(self, is_shown: bool) -> None:
        self._is_shown = is_shown

    def show(self, stage: str, fraction: float) -> None:
        if self._is_shown:
            line = text("sandbox.doctor.loading", stage=stage, percent=f"{fraction:.0%}")
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def report_as_json(report: DoctorReport) -> str:
    """The report as one JSON object, with what each probe means and how to get better."""
    import msgspec

    from tflab.protocol.isolation import LEVELS

    fields = msgspec.to_builtins(report)
    for probe in fields["isolation"]["probes"] if fields["isolation"] else ():
        name = probe["name"]
        probe["level"] = next((level for level, names in LEVELS if name in names), None)
        probe["means"] = text(f"sandbox.means.{name}")
        probe["better"] = "" if probe["held"] else text(f"sandbox.better.{name}")
    fields["levels"] = [{"level": level, "probes": names} for level, names in LEVELS]
    fields["can_start"] = report.can_start
    return msgspec.json.format(msgspec.json.encode(fields), indent=2).decode()


def report_lines(report: DoctorReport) -> Iterator[str]:
    """The report for people."""
    python, system, session, terminal = report.python, report.system, report.session, report.terminal
    surroundings = [name for name, holds in (("WSL", system.wsl), (_word("container"), system.container)) if holds]
    yield _line("tflab", report.tflab)
    yield _line("system", ", ".join([f"{system.name} {system.release} {system.machine}", *surroundings]))
    remark = "" if python.supported else f"  ✗ {text('sandbox.doctor.python_unsupported')}"
    yield _line("python", f"{python.version}  {python.executable}{remark}")
    if session.problem:
        yield _line("tensorflow", f"✗ {session.problem}")
    else:
        yield _line("tensorflow", _session_line(report))
    for number, device in enumerate((*report.devices, *session.devices)):
        origin = "machine" if number < len(report.devices) else "tensorflow"
        size = "" if device.memory_total is None else f", {device.memory_total / _GIBIBYTE:.1f} GiB"
        value = f"{device.name}  {device.description}{size}  ({_word(origin)})"
        yield _line("devices" if number == 0 else "", value)
    limited = f" ({_word('limited')})" if system.memory_limited else ""
    yield _line(
        "memory",
        text(
            "sandbox.doctor.memory_line",
            memory=f"{system.memory / _GIBIBYTE:.1f}",
            limited=limited,
            session=f"{system.session_memory / _GIBIBYTE:.1f}",
        ),
    )
    keyboard = {True: "yes", False: "no", None: "unknown"}[terminal.kitty_keyboard]
    parts = [
        terminal.term or "TERM=?",
        *([terminal.program] if terminal.program else []),
        f"{terminal.columns}x{terminal.rows}",
        text(f"sandbox.doctor.colours.{terminal.colours}"),
        _word("unicode" if terminal.unicode else "no_unicode"),
        text("sandbox.doctor.keyboard", answer=_word(keyboard)),
        *([terminal.multiplexer] if terminal.multiplexer else []),
        *(["ssh"] if terminal.ssh else []),
        *([] if terminal.is_terminal else [_word("no_terminal")]),
    ]
    yield _line("terminal", ", ".join(parts))
    yield ""
    yield from _isolation_lines(report)


def _session_line(report: DoctorReport) -> str:
    session = report.session
    return text(
        "sandbox.doctor.session_line",
        tensorflow=session.tensorflow,
        keras=session.keras,
        load="?" if session.load_seconds is None else f"{session.load_seconds:.1f}",
        start="?" if session.start_seconds is None else f"{session.start_seconds:.3f}",
    )


def _isolation_lines(report: DoctorReport) -> Iterator[str]:
    measured = report.isolation
    if measured is None:
        yield _line("isolation", f"✗ {report.isolation_problem}")
        return
    level = measured.level if report.session.problem else report.session.isolation
    yield _line("isolation", f"{level}: {text(f'sandbox.level.{level}')}")
    yield _line("", _kernel_line(measured))
    for failure in measured.failures:
        yield _line("", f"  {failure}")
    yield ""
    from tflab.protocol.isolation import COMFORTS, LEVELS

    results = {probe.name: probe for probe in measured.probes}
    for group, names in (*LEVELS[1:], (_word("comfort"), COMFORTS)):
        yield f"  {group}"
        for name in names:
            probe = results[name]
            yield f"    {'✓' if probe.held else '✗'} {text(f'sandbox.means.{name}')}"
            if not probe.held:
                yield f"        {text('sandbox.doctor.observed', observed=probe.observed)}"
                yield f"        {text(f'sandbox.better.{name}')}"


def _kernel_line(measured: Measurement) -> str:
    def answer(holds: bool) -> str:
        return _word("yes" if holds else "no")

    return text(
        "sandbox.doctor.kernel_line",
        landlock=measured.landlock_abi or _word("no"),
        seccomp=answer(measured.seccomp),
        namespaces=answer(measured.namespaces),
    )


def _word(name: str) -> str:
    return text(f"sandbox.doctor.word.{name}")


def _line(label: str, value: str) -> str:
    name = text(f"sandbox.doctor.label.{label}") if label else ""
    return f"{name:<{_LABEL_WIDTH}}{value}"

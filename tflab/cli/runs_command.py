"""``tflab runs``: the runs that were kept; names, exports and deletes them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from tflab.cli.options import Command, language_option
from tflab.cli.wrong_call import WrongCall
from tflab.curriculum.kept_files import DamagedFile
from tflab.curriculum.kept_runs import KeptRun, KeptRuns, UnknownRun, UnusableName
from tflab.messages import text
from tflab.ui.run_files import FORMS, UnknownForm, export_run


@click.command(cls=Command, name="runs", help=text("cli.help.runs"))
@click.argument("words", nargs=-1, metavar="[RUN...]")
@click.option("--name", metavar="NAME", help=text("cli.help.option.run_name"))
@click.option("--export", "target", metavar="FILE", help=text("cli.help.option.run_export", forms=" ".join(FORMS)))
@click.option("--delete", is_flag=True, help=text("cli.help.option.run_delete"))
@click.option("--json", "as_json", is_flag=True, help=text("cli.help.option.run_json"))
def runs(words: tuple[str, ...], name: str | None, target: str | None, delete: bool, as_json: bool) -> int:
    """Lists the runs, or does something to those named."""
    kept = KeptRuns()
    try:
        chosen = [kept.find(word) for word in words]
    except UnknownRun as error:
        raise WrongCall(str(error)) from None
    if sum((name is not None, target is not None, delete)) > 1:
        raise WrongCall(text("runs.one_at_a_time"))
    if (name is not None or target is not None) and len(chosen) != 1:
        raise WrongCall(text("runs.name_one"))
    if delete and not chosen:
        raise WrongCall(text("runs.name_some"))
    if name is not None:
        return _rename(kept, chosen[0], name)
    if target is not None:
        return _export(kept, chosen[0], Path(target))
    if delete:
        return _delete(kept, chosen)
    shown = chosen or kept.listed()
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(shown)).decode())
    elif chosen:
        for run in chosen:
            _show(kept, run)
    else:
        _list(kept, shown)
    return 0


def _list(kept: KeptRuns, found: Sequence[KeptRun]) -> None:
    names = max((len(run.name or run.id) for run in found), default=0)
    for number, run in enumerate(found, start=1):
        began = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.began))
        curves = ", ".join(f"{curve.name} {_number(curve.last)}" for curve in run.curves[:3])
        click.echo(f"{number:>3}  {run.name or run.id:<{names}}  {began}  {curves}".rstrip())
    if not found:
        click.echo(text("runs.none"), err=True)
        return
    space = kept.space()
    click.echo(
        text("runs.space", used=f"{space.used / 2**20:.1f}", most=space.most >> 20, folder=kept.folder), err=True
    )


def _show(kept: KeptRuns, run: KeptRun) -> None:
    click.echo(run.name or run.id)
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.began))
    step = "" if run.step is None else f" · {text('ui.output.step', step=run.step + 1)}"
    click.echo(f"  {run.title}{step} · {began} · {run.seconds:.1f} s · {text('ui.output.status.' + run.status)}")
    click.echo("  " + ", ".join([*(f"{name} {version}" for name, version in run.versions.items()), *run.devices]))
    for curve in run.curves:
        click.echo(f"  {curve.tag}  {text('runs.values', count=f'{curve.count:,}')}  {_number(curve.last)}")
    for turn in run.turns:
        change = {"before": f"{turn.before:g}", "after": f"{turn.after:g}"}
        click.echo("  " + text("ui.loop.turned_at", name=turn.name, step=f"{turn.step:,}", **change))
    click.echo(f"  {kept.folder / run.id}")


def _number(value: float | None) -> str:
    return "nan" if value is None else f"{value:.4g}"


def _rename(kept: KeptRuns, run: KeptRun, name: str) -> int:
    try:
        renamed = kept.rename(run, name)
    except UnusableName as error:
        raise WrongCall(str(error)) from None
    click.echo(text("runs.named", id=run.id, name=renamed.name) if renamed.name else text("runs.unnamed", id=run.id))
    return 0


def _export(kept: KeptRuns, run: KeptRun, target: Path) -> int:
    try:
        export_run(kept, run, target)
    except UnknownForm as error:
        raise WrongCall(str(error)) from None
    except DamagedFile:
        raise WrongCall(text("runs.damaged", id=run.name or run.id)) from None
    except OSError as error:
        raise WrongCall(text("runs.not_written", path=target, reason=error.strerror or str(error))) from None
    click.echo(text("runs.exported", id=run.name or run.id, path=target))
    return 0


def _delete(kept: KeptRuns, chosen: Sequence[KeptRun]) -> int:
    for run in chosen:
        kept.delete(run)
        click.echo(text("runs.deleted", id=run.name or run.id))
    return 0


runs.params.append(language_option())

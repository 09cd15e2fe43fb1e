"""Writes curves, and kept runs, into a file of the form that its name asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tflab.curriculum import run_export
from tflab.curriculum.kept_runs import KeptRun, KeptRuns
from tflab.messages import text
from tflab.ui.compared_runs import compared

if TYPE_CHECKING:
    from tflab.curriculum.event_files import ScalarCurve
    from tflab.ui.curve_picture import Plot

CURVE_FORMS: Final = (".csv", ".svg", ".png")
FORMS: Final = (*CURVE_FORMS, ".py", ".ipynb")


class UnknownForm(Exception):
    """No file of that kind can be written; the message is one line for people."""


def form_of(target: Path, forms: Sequence[str]) -> str:
    """The ending of ``target``. Raises `UnknownForm` where it is none of ``forms``."""
    form = target.suffix.lower()
    if form not in forms:
        raise UnknownForm(text("runs.unknown_form", path=target, forms=" ".join(forms)))
    return form


def export_run(kept: KeptRuns, run: KeptRun, target: Path) -> None:
    """Writes ``run`` to ``target``, whose ending says how. Raises `UnknownForm`, `DamagedFile` or OSError."""
    form = form_of(target, FORMS)
    if form == ".py":
        _write(target, [run_export.script(run)])
    elif form == ".ipynb":
        _write(target, [run_export.notebook(run)])
    else:
        curves = kept.load(run)
        export_curves(target, lambda: curves, lambda: _plots(run, curves))


def export_curves(
    target: Path, values: Callable[[], Sequence[ScalarCurve]], plots: Callable[[], Sequence[Plot]]
) -> None:
    """Writes ``values`` as CSV or ``plots`` as a picture. Raises `UnknownForm` or OSError."""
    form = form_of(target, CURVE_FORMS)
    if form == ".csv":
        _write(target, run_export.csv_rows(values()))
    elif form == ".svg":
        from tflab.ui.curve_picture import svg

        _write(target, [svg(plots())])
    else:
        from tflab.ui.curve_picture import png

        target.write_bytes(png(plots()))


def _write(target: Path, content: Iterable[str]) -> None:
    with open(target, "w", encoding="utf-8", newline="") as file:
        file.writelines(content)


def _plots(run: KeptRun, curves: Sequence[ScalarCurve]) -> list[Plot]:
    """A plot for each metric of a kept run, its validation twin in the same one."""
    from tflab.ui.curve_picture import Plot
    from tflab.ui.widgets.curve_drawing import Line
    from tflab.ui.widgets.curve_view import CurveView

    lines: dict[tuple[str, str], list[Line]] = {}
    for (scope, name), track in compared(run, curves).tracks.items():
        members = lines.setdefault((scope, name.removeprefix("val_")), [])
        members.append(Line(name, track, f"curve{len(members) % 8}"))
    return [
        Plot(name, "epoch" if scope == "epoch" else "step", members, CurveView())
        for (scope, name), members in lines.items()
    ]

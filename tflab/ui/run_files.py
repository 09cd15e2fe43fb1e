"""Writes a kept run into a file of the form that its name asks for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tflab.curriculum import run_export
from tflab.curriculum.kept_runs import KeptRun, KeptRuns
from tflab.messages import text

FORMS: Final = (".csv", ".py", ".ipynb")


class UnknownForm(Exception):
    """No file of that kind can be written; the message is one line for people."""


def export_run(kept: KeptRuns, run: KeptRun, target: Path) -> None:
    """Writes ``run`` to ``target``, whose ending says how. Raises `UnknownForm` or OSError."""
    form = target.suffix.lower()
    if form not in FORMS:
        raise UnknownForm(text("runs.unknown_form", path=target, forms=" ".join(FORMS)))
    content: Iterable[str]
    if form == ".csv":
        content = run_export.csv_rows(kept.load(run))
    else:
        content = [run_export.script(run) if form == ".py" else run_export.notebook(run)]
    with open(target, "w", encoding="utf-8", newline="") as file:
        file.writelines(content)

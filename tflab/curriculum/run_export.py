"""Writes a kept run for other programs: its values as CSV, its code as a script or a notebook."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tflab.curriculum.kept_runs import KeptRun, RunCode
from tflab.messages import text

if TYPE_CHECKING:
    from tflab.curriculum.event_files import ScalarCurve


def csv_rows(curves: Sequence[ScalarCurve]) -> Iterator[str]:
    """Lines of CSV, a value each: ``curve,step,value,time``. Values and times are written so that they read back."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("curve", "step", "value", "time"))
    for curve in curves:
        values, times = curve.values.tolist(), curve.times.tolist()
        for step, value, time in zip(curve.steps.tolist(), curve.values.astype(str).tolist(), times, strict=True):
            writer.writerow((curve.tag, step, value, repr(time)))
        if values:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def script(run: KeptRun) -> str:
    """The cells that had run, as a ``.py`` with a ``# %%`` before each."""
    cells = [f"# %% {_heading(code, run)}\n{code.source.rstrip()}\n" for code in run.code]
    return f"# {_summary(run)}\n\n" + "\n".join(cells)


def notebook(run: KeptRun) -> str:
    """The cells that had run, as an ``.ipynb``."""
    markdown = {"cell_type": "markdown", "id": "summary", "metadata": {}, "source": _summary(run)}
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": code.source,
        }
        for number, code in enumerate(run.code)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    language = {"name": "python", "version": run.versions.get("python", "")}
    return json.dumps(
        {
            "cells": [markdown, *cells],
            "metadata": {"kernelspec": kernel, "language_info": language},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        ensure_ascii=False,
        indent=1,
    )


def _heading(code: RunCode, run: KeptRun) -> str:
    return run.title if code.cell is None else f"{run.title} {code.cell + 1}"


def _summary(run: KeptRun) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return text("runs.summary", id=run.name or run.id, versions=versions)

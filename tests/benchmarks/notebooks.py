"""Whole notebooks, written by others, beside nbclient (what ``jupyter execute`` runs): do cells end alike, how fast.

``TFLAB_NOTEBOOKS`` names a folder of notebooks and ``TFLAB_JUPYTER`` a Python that has nbclient, ipykernel and the same
TensorFlow; without them there is nothing to compare with. Both run each notebook in a scratch folder, cell by cell to
the end whatever fails, in turns. One that downloads data sets or packages is given small stand-ins, the same to both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.measuring import environment, median, show
from tests.benchmarks.offline_notebook import offline

ROUNDS = 1
_LIMIT = 900
_EXECUTE = """
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
client = NotebookClient(notebook, timeout=None, allow_errors=True, kernel_name="python3", record_timing=True)
client.execute()
nbformat.write(notebook, sys.argv[2])
"""


@dataclass(frozen=True)
class Executed:
    """One notebook, run to its end."""

    seconds: float
    """From the call to its exit."""
    cells: float
    """From the start of the first cell to the end of the last."""
    endings: list[str]
    """Of each code cell: the name of its error, or nothing."""


def run() -> None:
    """Prints cells that agree, and the ratios of time, by notebook and for all in a row."""
    folder, jupyter = os.environ.get("TFLAB_NOTEBOOKS"), os.environ.get("TFLAB_JUPYTER")
    if not folder or not jupyter:
        print("TFLAB_NOTEBOOKS and TFLAB_JUPYTER are not set: nothing to compare with", flush=True)
        return
    agreed = total = 0
    ours_all, theirs_all = [], []
    for path in sorted(Path(folder).glob("*.ipynb")):
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(_plain(jupyter, path))
            ours.append(_tflab(path))
        differing = _differences(ours[0].endings, theirs[0].endings)
        agreed += len(theirs[0].endings) - len(differing)
        total += len(theirs[0].endings)
        ours_all.append(median([each.seconds for each in ours]))
        theirs_all.append(median([each.seconds for each in theirs]))
        cells = median([one.cells / other.cells for one, other in zip(ours, theirs, strict=True)])
        failed = sum(map(bool, theirs[0].endings))
        show(
            f"{path.stem}, {len(theirs[0].endings)} cells, {failed} fail: cells", ours[0].cells, "s", cells, "<= 1.05x"
        )
        show(f"{path.stem}: from call to exit", ours_all[-1], "s", ours_all[-1] / theirs_all[-1], "< 1x")
        for line in differing:
            print(f"    {line}", flush=True)
    print(f"cells that end alike: {agreed} of {total}")
    show("all in a row", sum(ours_all), "s", sum(ours_all) / sum(theirs_all), "< 1x")


def _differences(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    return [
        f"cell {index + 1}: {one or 'ends well'} here, {other or 'ends well'} there"
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True))
        if one != other
    ]


def _plain(jupyter: str, path: Path) -> Executed:
    with tempfile.TemporaryDirectory(prefix="tflab-bench-", dir="/var/tmp") as name:
        # The home folder beside it: one that contains the home folder would not be granted.
        folder = Path(name, "work")
        folder.mkdir()
        (folder / "a.ipynb").write_text(offline(path), "utf-8")
        seconds = _timed([jupyter, "-c", _EXECUTE, "a.ipynb", "out.ipynb"], folder)
        cells = _code_cells(folder / "out.ipynb")
        stamps = [cell["metadata"].get("execution", {}) for cell in cells]
        begun = [_seconds(stamp["iopub.execute_input"]) for stamp in stamps if "iopub.execute_input" in stamp]
        ended = [_seconds(stamp["shell.execute_reply"]) for stamp in stamps if "shell.execute_reply" in stamp]
        return Executed(seconds, ended[-1] - begun[0], list(map(_ending, cells)))


def _tflab(path: Path) -> Executed:
    with tempfile.TemporaryDirectory(prefix="tflab-bench-", dir="/var/tmp") as name:
        # The home folder beside it: one that contains the home folder would not be granted.
        folder = Path(name, "work")
        folder.mkdir()
        (folder / "a.ipynb").write_text(offline(path), "utf-8")
        words = ("run", "--keep-going", "--output", "out.ipynb", "--events", "events.jsonl", "a.ipynb")
        seconds = _timed([sys.executable, "-m", "tflab", *words], folder)
        events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
        begun = [event["time"] for event in events if event["event"] == "cell_started"]
        ended = [event["time"] for event in events if event["event"] == "cell_finished"]
        return Executed(seconds, ended[-1] - begun[0], list(map(_ending, _code_cells(folder / "out.ipynb"))))


def _timed(command: Sequence[str], folder: Path) -> float:
    home = folder.parent / "home"
    home.mkdir()
    begin = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env={**environment(home), "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_LIMIT,
        check=False,
    )
    return time.perf_counter() - begin


def _code_cells(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]


def _ending(cell: dict[str, Any]) -> str:
    return next((str(output["ename"]) for output in cell["outputs"] if output["output_type"] == "error"), "")


def _seconds(stamp: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()

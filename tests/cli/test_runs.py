"""``tflab runs``: kept runs listed, named, exported, deleted."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from tests.curriculum.test_kept_runs import kept
from tflab.cli.commands import run_command_line
from tflab.curriculum.kept_runs import KeptRun, KeptRuns


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KeptRuns:
    """A user with two runs."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    found = KeptRuns()
    kept(found, began=1_000_000.0)
    kept(found, began=2_000_000.0, title="line.py")
    return found


def latest(runs: KeptRuns) -> KeptRun:
    """The run that ``1`` means."""
    return runs.listed()[0]


def said(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> tuple[str, str]:
    """What a command wrote to stdout and stderr."""
    assert run_command_line(["runs", *arguments]) == status
    out, err = capsys.readouterr()
    return out, err


def test_the_list_and_one_run(runs: KeptRuns, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys)
    first, second = out.splitlines()
    assert first.startswith("  1  ")
    assert "line_py" in first
    assert "loss 0.2" in second
    assert "of 512 MiB" in err
    out, _ = said(capsys, "1")
    assert "tensorflow 2.21.0" in out
    assert "step/loss  5 values" in out
    assert str(runs.folder / latest(runs).id) in out
    out, _ = said(capsys, "--json")
    assert [run["title"] for run in json.loads(out)] == ["line.py", "Training loops"]


def test_naming_and_deleting(runs: KeptRuns, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "1", "--name", "baseline")
    assert latest(runs).name == "baseline"
    out, _ = said(capsys)
    assert "baseline" in out
    said(capsys, "baseline", "--name", "")
    assert latest(runs).name == ""
    said(capsys, "1", "2", "--delete")
    assert runs.listed() == []
    _, err = said(capsys)
    assert "no run has been kept yet" in err


def test_exports(runs: KeptRuns, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "1", "--export", "loss.csv")
    rows = Path("loss.csv").read_text().splitlines()
    assert rows[0] == "curve,step,value,time"
    assert rows[1] == "step/loss,0,1.0,1700000000.0"
    assert len(rows) == 6
    said(capsys, "1", "--export", "code.py")
    assert "# %% line.py 4\ntrain()\n" in Path("code.py").read_text()
    said(capsys, "1", "--export", "code.ipynb")
    notebook = nbformat.read("code.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code"] == ["train()"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("nonsense",), "there is no run nonsense"),
        (("--delete",), "name the runs to delete"),
        (("--name", "x"), "name one run"),
        (("1", "2", "--export", "x.csv"), "name one run"),
        (("1", "--name", "x", "--delete"), "one of --name, --export and --delete"),
        (("1", "--name", "7"), "cannot be called 7"),
        (("1", "--export", "x.doc"), "can be written as .csv"),
        (("1", "--export", "missing/folder.csv"), "cannot be written"),
    ],
)
def test_wrong_calls(runs: KeptRuns, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str) -> None:
    _, err = said(capsys, *arguments, status=2)
    assert line in err
    assert err.count("\n") == 1


def test_a_damaged_run_is_one_line(runs: KeptRuns, capsys: pytest.CaptureFixture[str]) -> None:
    (events,) = (runs.folder / latest(runs).id).glob("*tfevents*")
    events.write_bytes(b"")
    events.write_bytes(b"x" * 40)
    _, err = said(capsys, "1", "--export", "x.csv", status=2)
    assert "is damaged" in err

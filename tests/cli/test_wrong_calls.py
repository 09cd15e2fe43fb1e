"""Wrong calls end with status 2 and one clear line, in both languages, and never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tflab.cli.commands import COMMANDS
from tflab.lesson_files import lessons_folder


def tflab(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command as a person calls it, away from any terminal."""
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(folder / "state"),
        "TFLAB_LANG": "en",
        "COLUMNS": "100",
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-m", "tflab", *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


WRONG: dict[str, tuple[list[str], str]] = {
    "a file for a command": (["loop.py"], "`tflab open loop.py` shows a file in the lab, `tflab run loop.py` runs it"),
    "a file that is not there": (["none.py"], "`tflab run none.py` runs it"),
    "no lesson 99": (["99"], "there is no lesson 99: `tflab lessons` lists them"),
    "a misspelt lesson": (["training_lops"], "did you mean training_loops?"),
    "a misspelt command": (["lesson"], "did you mean `tflab lessons`?"),
    "no terminal": ([], "the lab needs a terminal"),
    "no terminal for a lesson": (["14"], "the lab needs a terminal"),
    "no terminal for a file": (["open", "loop.py"], "the lab needs a terminal"),
    "an unknown option": (["run", "loop.py", "--even", "x"], "there is no option --even; did you mean --events?"),
    "an unknown option alone": (["--bogus"], "there is no option --bogus"),
    "no file": (["run"], "FILE is missing"),
    "a missing file": (["run", "lop.py"], "did you mean loop.py?"),
    "a missing file to open": (["open", "lop.py"], "did you mean loop.py?"),
    "a folder": (["run", "."], "is a folder"),
    "another kind of file": (["run", "data.csv"], "opens .py, .ipynb and MyST .md"),
    "an argument too many": (["run", "loop.py", "5"], "`tflab run loop.py -- 5`"),
    "no time": (["run", "loop.py", "--timeout", "soon"], "--timeout: soon is no number of seconds"),
    "negative time": (["run", "loop.py", "--timeout=-1"], "--timeout: -1 is no number of seconds"),
    "endless time": (["run", "loop.py", "--timeout", "inf"], "--timeout: inf is no number of seconds"),
    "no memory": (["run", "loop.py", "--memory", "0"], "--memory: 0 is no number of GiB"),
    "no value": (["run", "loop.py", "--memory"], "--memory needs a value"),
    "no devices": (["run", "loop.py", "--devices", "tpu:2"], "--devices: tpu:2 names no logical devices"),
    "nothing to read": (["run", "loop.py", "--allow-read", "/none"], "--allow-read: /none does not exist"),
    "output nowhere": (
        ["run", "loop.py", "--output", "none/o.ipynb"],
        "cannot be written to none/o.ipynb: No such",
    ),
    "output of another kind": (["run", "loop.py", "--output", "o.html"], "is an .ipynb file, not o.html: name it so"),
    "nothing on standard input": (["run", "-"], "<stdin> is empty"),
    "events nowhere": (["run", "loop.py", "--events", "none/e.jsonl"], "events cannot be written to none/e.jsonl"),
    "an unknown language": (["lessons", "--lang", "xx"], "--lang: 'xx' is not one of 'en', 'id'"),
    "arguments for nobody": (["lessons", "--", "x"], "lessons takes no arguments after --"),
    "another language": (["--lang", "id", "99"], "tidak ada pelajaran 99"),
    "another language at the end": (["99", "--lang=id"], "tidak ada pelajaran 99"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_call_is_one_line_and_status_2(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop.py").write_text("print(1)")
    (tmp_path / "data.csv").write_text("1,2")
    words, expected = WRONG[name]
    result = tflab(tmp_path, *words)
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("tflab: ")
    assert result.stderr.count("\n") == 1, result.stderr
    assert expected in result.stderr


def test_the_language_of_the_locale_is_spoken(tmp_path: Path) -> None:
    result = tflab(tmp_path, "99", TFLAB_LANG="", LC_ALL="id_ID.UTF-8")
    assert "tidak ada pelajaran 99" in result.stderr


def test_help_speaks_both_languages(tmp_path: Path) -> None:
    english, indonesian = tflab(tmp_path, "--help"), tflab(tmp_path, "--lang", "id", "--help")
    assert (english.returncode, indonesian.returncode) == (0, 0)
    for command in COMMANDS:
        assert f"\n  {command} " in english.stdout
        assert f"\n  {command} " in indonesian.stdout
    for word in ("Usage", "Options", "Commands", "Show"):
        assert word not in indonesian.stdout
    assert "--events" in tflab(tmp_path, "run", "-h").stdout


def test_the_version_is_told(tmp_path: Path) -> None:
    assert tflab(tmp_path, "--version").stdout.startswith("tflab 0.")


def test_lessons_are_listed_with_progress(tmp_path: Path) -> None:
    progress = tmp_path / "state" / "tflab" / "progress"
    progress.mkdir(parents=True)
    (progress / "14_training_loops.json").write_text('{"ran": [0, 1], "steps": 9}')
    result = tflab(tmp_path, "lessons")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    numbered = [line for line in lines if line[:2].isdecimal() and line[2:4] == "  "]
    assert len(numbered) == len(list((lessons_folder() / "en").glob("??_*.md")))
    (line,) = [line for line in lines if line.startswith("14")]
    assert line.split()[1:4] == ["Training", "loops", "training_loops"]
    assert "20 min" in line
    assert line.endswith("2 of 9 steps")
    assert "2 dari 9 langkah" in tflab(tmp_path, "lessons", "--lang", "id").stdout


def test_a_lesson_is_made_as_new_and_no_other(tmp_path: Path) -> None:
    progress = tmp_path / "state" / "tflab" / "progress"
    progress.mkdir(parents=True)
    for name in ("14_training_loops", "17_tracing"):
        (progress / f"{name}.json").write_text('{"ran": [0, 1], "steps": 9}')
    assert "as new" in tflab(tmp_path, "lessons", "--reset", "tracing").stdout
    listed = {line[:2]: line for line in tflab(tmp_path, "lessons").stdout.splitlines()}
    assert listed["14"].endswith("2 of 9 steps")
    assert not listed["17"].endswith("steps")
    assert tflab(tmp_path, "lessons", "--reset", "all").returncode == 0
    assert "2 of 9 steps" not in tflab(tmp_path, "lessons").stdout
    refused = tflab(tmp_path, "lessons", "--reset", "99")
    assert refused.returncode == 2
    assert "99" in refused.stderr


def test_no_lesson_is_called_like_a_command() -> None:
    names = {path.stem.partition("_")[2] for path in lessons_folder().glob("en/??_*.md")}
    assert not names & set(COMMANDS)

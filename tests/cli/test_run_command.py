"""``tflab run`` with real sessions: what a program sees, what is written where, and how it ends."""

from __future__ import annotations

import base64
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import nbformat
import psutil
import pytest

from tests.curriculum.documents import notebook

TIMEOUT = 170


def environment(folder: Path, **variables: str) -> dict[str, str]:
    # Beside the program's folder: one that contains tflab's state would not be granted.
    return {**os.environ, "XDG_STATE_HOME": str(folder.parent / "state"), "TFLAB_LANG": "en", **variables}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "tflab", "run", *words]


def run(folder: Path, *words: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        cwd=folder,
        env=environment(folder, **variables),
        input=typed,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def events_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


PROGRAM = """\
import os, sys
import neighbour
print(__name__, __file__, sys.argv, sys.path[0] == os.path.dirname(os.path.abspath(__file__)))
print("to stderr", file=sys.stderr)
number = int(input("number? "))
print(number * 2)
try:
    input("more? ")
except EOFError:
    print("no more")
"a last expression shows nothing"
"""


def test_a_program_sees_what_it_would_see_under_python(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "neighbour.py").write_text("")
    ours = run(tmp_path, "program.py", "--", "--epochs", "3", typed="21\n")
    theirs = subprocess.run(
        [sys.executable, "program.py", "--epochs", "3"],
        cwd=tmp_path,
        input="21\n",
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert theirs.returncode == 0, theirs.stderr
    assert (ours.returncode, ours.stdout) == (0, theirs.stdout)
    first, head = ours.stderr.splitlines()
    assert first == "to stderr"
    assert head.startswith("-- tflab: program.py in ")


def test_a_notebook_stops_at_the_failing_cell_and_events_go_where_they_are_sent(tmp_path: Path) -> None:
    (tmp_path / "book.ipynb").write_text(
        notebook(("code", "x = 20\nx + 1"), ("code", ""), ("code", "y = 1\nx / 0"), ("code", "print('never')"))
    )
    result = run(tmp_path, "book.ipynb", "--events", "-")
    assert result.returncode == 1
    assert "21\n" in result.stderr
    assert "ZeroDivisionError" in result.stderr
    assert "never" not in result.stderr
    events = events_of(result.stdout)
    assert events[0]["event"] == "session_ready"
    finished = [event for event in events if event["event"] == "cell_finished"]
    assert [(event["cell"], event["status"]) for event in finished] == [(0, "ok"), (2, "error")]
    error = finished[1]["error"]
    assert (error["name"], error["line"]) == ("ZeroDivisionError", 2)
    shown = [event["mime"]["text/plain"] for event in events if event["event"] == "result_shown"]
    assert shown == ["21"]


def test_what_is_written_below_python_goes_to_its_own_stream(tmp_path: Path) -> None:
    source = "import os, subprocess\nsubprocess.run(['echo', 'process']);\nos.write(2, b'warning\\n');"
    (tmp_path / "book.ipynb").write_text(notebook(("code", source)))
    with (tmp_path / "log").open("w") as log:
        result = subprocess.run(
            command("book.ipynb", "--output", "done.ipynb"),
            cwd=tmp_path,
            env=environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.PIPE,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "log").read_text() == "process\n"
    assert result.stderr.startswith("warning\n-- tflab: ")
    (cell,) = nbformat.read(tmp_path / "done.ipynb", as_version=4).cells
    assert {(output.name, output.text) for output in cell.outputs} == {("stdout", "process\n"), ("stderr", "warning\n")}


BOOK = """\
import matplotlib.pyplot as plt, time
from IPython.display import clear_output, display
print("gone"); clear_output(); print("kept")
bar = display("0 %", display_id=True); bar.update("100 %")
plt.plot([1, 2])
"""


def test_the_executed_notebook_is_written(tmp_path: Path) -> None:
    (tmp_path / "book.ipynb").write_text(
        notebook(("markdown", "# Book"), ("code", BOOK), ("code", ""), ("code", "1 / 0"), ("code", "6 * 7"))
    )
    result = run(tmp_path, "book.ipynb", "--output", "done.ipynb", "--keep-going")
    assert result.returncode == 1, result.stderr
    written = nbformat.read(tmp_path / "done.ipynb", as_version=4)
    nbformat.validate(written)
    assert written.metadata.language_info.version == platform.python_version()
    title, first, empty, failing, last = written.cells
    assert title.source == "# Book"
    assert [cell.execution_count for cell in (first, empty, failing, last)] == [1, None, 2, 3]
    kinds = [(output.output_type, *sorted(output.get("data", {}))) for output in first.outputs]
    assert kinds == [
        ("stream",),
        ("display_data", "text/plain"),
        ("execute_result", "text/plain"),
        ("display_data", "image/png", "text/plain"),
    ]
    assert first.outputs[0].text == "kept\n"
    assert first.outputs[1].data["text/plain"] == "'100 %'"
    assert base64.b64decode(first.outputs[3].data["image/png"]).startswith(b"\x89PNG")
    assert [output.ename for output in failing.outputs] == ["ZeroDivisionError"]
    assert last.outputs[0].data["text/plain"] == "42"


def test_a_program_comes_through_standard_input(tmp_path: Path) -> None:
    program = (
        "import sys, neighbour\nprint(__name__, '__file__' in globals(), sys.argv)\n"
        "try:\n    input()\nexcept EOFError:\n    print('no more')\n1 / 0\n"
    )
    (tmp_path / "neighbour.py").write_text("")
    result = run(tmp_path, "-", "--", "--epochs", "3", typed=program)
    said = "__main__ False ['-', '--epochs', '3']\nno more\n"
    assert (result.returncode, result.stdout) == (1, said), result.stderr
    assert 'File "<stdin>", line 7' in result.stderr
    assert "1 / 0" in result.stderr


def test_cells_go_on_after_a_failure_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "cells.py").write_text("# %%\nimport time\n# %%\nwhile True: pass\n# %%\n1 / 0\n# %%\nprint('end')\n")
    # Far more than the other cells need on a busy machine.
    result = run(tmp_path, "cells.py", "--keep-going", "--timeout", "6", "--events", "events.jsonl")
    assert result.returncode == 124
    assert result.stdout == "end\n"
    assert 'cells.py", line 6' in result.stderr
    finished = [e for e in events_of((tmp_path / "events.jsonl").read_text()) if e["event"] == "cell_finished"]
    assert [event["status"] for event in finished] == ["ok", "timeout", "error", "ok"]


ENDINGS = {
    "sys.exit(0)": ("import sys; print('bye'); sys.exit(0)", 0, ""),
    "sys.exit(3)": ("import sys; print('bye'); sys.exit(3)", 1, ""),
    "os._exit(7)": ("import os; os._exit(7)", 1, "tflab: the session ended in the middle of the run (exit status 7)"),
    "a fault in C": ("import os; os.kill(os.getpid(), 11)", 1, "(SIGSEGV)"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_a_program_that_ends_itself(tmp_path: Path, name: str) -> None:
    source, status, line = ENDINGS[name]
    (tmp_path / "program.py").write_text(source)
    result = run(tmp_path, "program.py")
    assert result.returncode == status
    assert line in result.stderr
    assert "Traceback" not in result.stderr


def test_the_memory_limit_is_status_137(tmp_path: Path) -> None:
    # One huge allocation, or a very fast growth, would be refused as an ordinary MemoryError.
    (tmp_path / "grow.py").write_text(
        "import time\npieces = []\nwhile True:\n    pieces.append(b'x' * (1 << 21))\n    time.sleep(0.005)\n"
    )
    result = run(tmp_path, "grow.py", "--memory", "1")
    assert result.returncode == 137, result.stderr
    assert "--memory" in result.stderr


def test_no_tensorflow_is_status_3(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("print(1)")
    (tmp_path / "broken" / "tensorflow").mkdir(parents=True)
    (tmp_path / "broken" / "tensorflow" / "__init__.py").write_text("raise ImportError('no such thing here')")
    result = run(tmp_path, "program.py", PYTHONPATH=str(tmp_path / "broken"))
    assert result.returncode == 3, result.stderr
    assert result.stderr.startswith("tflab: ")
    assert "Traceback" not in result.stderr


# --- signals and broken pipes ------------------------------------------------------------------------------------


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*words),
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Signals go to the one process, as from `kill`.
        start_new_session=True,
    )


def line_of(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


def gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 90
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_a_signal_ends_the_run_and_everything_it_started(tmp_path: Path, number: signal.Signals, status: int) -> None:
    (tmp_path / "forever.py").write_text("print('begun', flush=True)\nwhile True:\n    pass\n")
    process = start(tmp_path, "forever.py", "--events", "events.jsonl")
    try:
        assert line_of(process.stdout) == "begun\n"
        family = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(number)
        _, errors = process.communicate(timeout=TIMEOUT)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == status, errors
    assert family
    assert gone(family)
    # The machine, of which no cell is, may be measured once more.
    *_, last = [event for event in events_of((tmp_path / "events.jsonl").read_text()) if event["cell"] == 0]
    assert last["event"] == "cell_finished"
    assert last["status"] == ("interrupted" if number == signal.SIGINT else "killed")


def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path) -> None:
    (tmp_path / "flood.py").write_text("while True:\n    print('line')\n")
    process = start(tmp_path, "flood.py")
    try:
        assert line_of(process.stdout) == "line\n"
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        _, errors = process.communicate(timeout=TIMEOUT)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 141
    assert errors == ""

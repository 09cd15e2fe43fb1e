"""``tflab run --workers``: real workers on this machine, how they train together and how they end together."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec
import nbformat
import psutil
import pytest

from tests.sessions import PATIENCE, WarmServer
from tflab.cli.options import SessionOptions
from tflab.cli.run_output import RunOutput
from tflab.cli.session_spec import file_session
from tflab.cli.worker_output import WorkerOutput
from tflab.cli.workers_command import WorkersCommand, WorkersWish
from tflab.client.session_source import OnServerEnd, OnServerEvent, SessionSource
from tflab.client.watched import look_round
from tflab.curriculum.notebook import read_document
from tflab.protocol.server import ServerEvent, ServerReady

PROGRAM = Path(__file__).parents[1] / "end_to_end" / "programs" / "workers.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the command is called; state and doors are elsewhere."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TFLAB_LANG", "en")
    work = tmp_path / "work"
    work.mkdir()
    # Not below tmp_path: the paths of sockets are short.
    with tempfile.TemporaryDirectory(prefix="tflab-test-") as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        yield work


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "tflab", "run", "--workers", "2", str(PROGRAM), *words]


def events_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_two_workers_train_one_model(folder: Path) -> None:
    result = subprocess.run(
        command("--events", "events.jsonl", "--output", "out.ipynb"),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    for worker in (0, 1):
        own = [line.removeprefix(f"{worker} | ") for line in lines if line.startswith(f"{worker} | ")]
        assert own[:2] == [f"worker {worker} of 2", "training"]
        assert own[2].startswith("weights [")
    # One model: both end with the same weights.
    assert len({line.partition(" | ")[2] for line in lines if "weights" in line}) == 1
    for worker in (0, 1):
        assert f"workers.py, worker {worker} in " in result.stderr
    assert result.stderr.count("in 20 steps") == 2
    assert result.stderr.count("train_step traced 1x") == 2

    events = events_of(folder / "events.jsonl")
    assert {event["worker"] for event in events} == {0, 1}
    for worker in (0, 1):
        own_events = [event for event in events if event["worker"] == worker]
        kinds = Counter(event["event"] for event in own_events)
        assert kinds["workers_awaited"] == kinds["workers_met"] == kinds["cell_finished"] == 1
        losses = [event for event in own_events if event["event"] == "metrics_logged"]
        assert {event["name"] for event in losses} == {"loss"}
        assert [step for event in losses for step in event["steps"]] == list(range(20))
        notebook = nbformat.read(folder / f"out-worker{worker}.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert f"worker {worker} of 2" in notebook.cells[0].outputs[0].text


def run_here(
    warm_server: WarmServer,
    folder: Path,
    how: str,
    *,
    patience: float = PATIENCE,
    keep_going: bool = False,
    program: Path = PROGRAM,
    gpus: int = 0,
) -> int:
    """The exit status of a run in this process, by the warm server: there the workers share the machine's loopback.

    ``gpus`` is how many the server says it sees.
    """

    def launcher(on_event: OnServerEvent, on_end: OnServerEnd) -> SessionSource:
        def hear(event: ServerEvent) -> None:
            on_event(msgspec.structs.replace(event, gpus=gpus) if isinstance(event, ServerReady) else event)

        return warm_server.launcher(hear, on_end)

    document = read_document(str(program))
    planned = file_session(document, SessionOptions(), arguments=("workers.py", how), folder=folder)
    wish = WorkersWish(
        workers=2,
        patience=patience,
        events=str(folder / "events.jsonl"),
        output=None,
        keep_going=keep_going,
        timeout=None,
        record=False,
        shares_memory=True,
    )
    return WorkersCommand(document, planned, wish, launcher).run()


@pytest.mark.parametrize(
    ("how", "status", "says"),
    [
        ("raise", 1, "tflab: worker 1 has ended with status 1; those that would wait for it are ended, too: 0"),
        ("kill", 1, "1 | tflab: the session ended in the middle of the run (SIGKILL)"),
        ("absent", 1, "tflab: worker 1 has ended without having joined the cluster"),
    ],
)
def test_a_worker_that_is_gone_is_named_and_ends_the_others(
    warm_server: WarmServer, folder: Path, capfd: pytest.CaptureFixture[str], how: str, status: int, says: str
) -> None:
    assert run_here(warm_server, folder, how) == status
    told = capfd.readouterr().err
    assert says in told
    # Here the workers have no network of their own, and the person is told what that means.
    assert "TensorFlow listens at their ports on every address" in told
    assert look_round()[0] == []


def test_a_worker_that_waits_for_one_that_has_ended_is_named(
    warm_server: WarmServer, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_here(warm_server, folder, "uneven") == 1
    told = capfd.readouterr()
    (line,) = re.findall(r"^tflab: worker .*", told.err, re.MULTILINE)
    named = re.fullmatch(
        r"tflab: worker 0 waited in a collective operation \(line (\d+)\) for workers that have ended: 1; "
        "let all workers take the same number of steps",
        line,
    )
    assert named is not None, line
    # In the step, or where it is called.
    assert re.search(r"strategy\.|all_reduce|train_step\(", PROGRAM.read_text().splitlines()[int(named[1]) - 1])
    assert "1 | weights [" in told.out
    assert "0 | weights [" not in told.out


def test_a_worker_that_needs_nobody_any_more_is_left_alone(
    warm_server: WarmServer, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_here(warm_server, folder, "alone") == 0
    told = capfd.readouterr()
    assert "0 | evaluated 64\n" in told.out
    assert "waited in a collective operation" not in told.err


@pytest.mark.parametrize(
    ("gpus", "seen", "says"),
    [
        (0, [None, None], ""),
        (1, ["-1", "-1"], "fewer GPUs (1) than workers (2)"),
        (2, ["0", "1"], "GPUs of each worker: 1; unused: 0"),
        (5, ["0,1", "2,3"], "GPUs of each worker: 2; unused: 1"),
    ],
)
def test_each_worker_sees_gpus_of_its_own(
    warm_server: WarmServer,
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    gpus: int,
    seen: list[str | None],
    says: str,
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    program = folder / "sees.py"
    program.write_text("import os\nprint('sees', os.environ.get('CUDA_VISIBLE_DEVICES'))\n")
    assert run_here(warm_server, folder, "", program=program, gpus=gpus) == 0
    told = capfd.readouterr()
    assert sorted(told.out.splitlines()) == [f"{worker} | sees {found}" for worker, found in enumerate(seen)]
    assert says in told.err if says else "GPU" not in told.err


def test_workers_that_never_meet_are_ended(
    warm_server: WarmServer, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_here(warm_server, folder, "late", patience=1.0) == 124
    assert "workers that have not come to their MultiWorkerMirroredStrategy in 1 s: 1" in capfd.readouterr().err


def read_until(stream: IO[str], wanted: str, times: int) -> None:
    for line in stream:
        times -= wanted in line
        if times == 0:
            return
    raise AssertionError(f"never said {wanted}")


def test_ctrl_c_ends_all_and_leaves_no_process(folder: Path) -> None:
    with subprocess.Popen(
        command("--", "for ever"), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        read_until(process.stdout, "training", times=2)
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 3
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
    _, alive = psutil.wait_procs(family, timeout=PATIENCE)
    assert not alive


def test_a_run_of_one_takes_no_time_to_meet(folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tflab", "run", "--meet", "5", str(PROGRAM)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr == "tflab: --meet is for workers that wait for one another: give --workers, too\n"


def test_lines_of_several_workers_are_never_mixed(capfd: pytest.CaptureFixture[str]) -> None:
    shared = RunOutput(sys.stdout, sys.stderr)
    one, two = WorkerOutput(shared, "0"), WorkerOutput(shared, "1")
    one.write("stdout", "begin")
    two.write("stdout", "other\n 10%\r 50%")
    one.write("stdout", "ning\nand ")
    two.write("stdout", "\r100%\n")
    one.live("")
    two.live("")
    assert capfd.readouterr().out == "1 | other\n0 | beginning\n1 | 100%\n0 | and \n"

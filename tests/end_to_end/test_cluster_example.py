"""The README's example of a cluster, as two processes on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.end_to_end.test_watch import PATIENCE, Watcher, has_steps
from tflab.client.cluster import LocalCluster
from tflab.protocol.worker_events import WorkersAwaited, WorkersMet

README = Path(__file__).parents[2] / "README.md"


def example() -> str:
    (found,) = re.findall(r"```python\n(# train\.py.*?)```", README.read_text("utf-8"), re.DOTALL)
    return str(found)


def test_the_example_trains_on_two_workers_and_both_are_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It waits for a word after what the README shows, so that whoever looks late finds it there.
    (tmp_path / "train.py").write_text(example() + "import sys\nsys.stdout.flush()\nsys.stdin.read()\n")
    cluster = LocalCluster(2)
    with ExitStack() as opened:
        # Not below tmp_path: the paths of sockets are short.
        runtime = opened.enter_context(tempfile.TemporaryDirectory(prefix="tflab-test-"))
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        processes = []
        for worker in (0, 1):
            process = subprocess.Popen(
                [sys.executable, "train.py"],
                cwd=tmp_path,
                env={**environment, "TF_CONFIG": cluster.configuration(worker)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            opened.enter_context(process)
            opened.callback(process.kill)
            processes.append(process)
        printed = []
        for process in processes:
            assert process.stdout is not None
            printed.append(process.stdout.readline())
        # One model: the sum over both is the same for both, and small.
        assert printed[0] == printed[1]
        assert float(printed[0].split()[1]) < 0.1
        for worker in (0, 1):
            watcher = Watcher(f"train-worker{worker}")
            opened.enter_context(closing(watcher.client))
            assert watcher.until(lambda event: isinstance(event, WorkersAwaited)).worker == worker
            watcher.until(lambda event: isinstance(event, WorkersMet))
            watcher.until(has_steps(100))
            assert watcher.steps() == list(range(100))
        # Together: the cluster's coordinator must not go first.
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
        assert [process.wait(PATIENCE) for process in processes] == [0, 0]

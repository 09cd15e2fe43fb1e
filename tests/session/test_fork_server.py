"""The fork server as a process: how it starts, what it refuses, and that nothing of it outlives the lab."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType, SimpleNamespace

import psutil
import pytest

from tests.sessions import LOADING, PATIENCE, WarmServer
from tflab.client.fork_server_client import ForkServerClient
from tflab.protocol import codec, server
from tflab.session.fork_server import ForkServer

ROOT = Path(__file__).parents[2]


def test_progress_grows_from_numpy_to_the_end(warm_server: WarmServer) -> None:
    fractions = [event.fraction for event in warm_server.progress]
    stages = list(dict.fromkeys(event.stage for event in warm_server.progress))

    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < 0.3
    assert 0.8 < fractions[-1] < 1
    assert stages[:2] == ["numpy", "tensorflow"]


def test_the_server_runs_no_operation_and_no_python_thread(warm_server: WarmServer) -> None:
    with warm_server.session() as session:
        # What a session finds is what the server had.
        run = session.check(
            "from tensorflow.python.eager import context\ncontext._context is None or not context._context._initialized"
        )
    assert run.results == ["True"]


def test_a_server_in_which_tensorflow_runs_forks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a server whose TensorFlow was set in motion
    context = ModuleType("context")
    context._context = SimpleNamespace(_initialized=True)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorflow.python.eager.context", context)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        # WHEN a session is asked for
        spec = server.SessionSpec(permissions=server.Permissions(scratch="/nowhere"))
        ForkServer(theirs)._fork(server.ForkRequest(fork_id=4, spec=spec), [])

        # THEN it says why there is none
        event = codec.decode_server_event(ours.recv(65536))
    assert isinstance(event, server.ForkFailed)
    assert event.fork_id == 4
    assert "would hang" in event.message


def wait_until(happened: Callable[[], bool], timeout: float = PATIENCE) -> None:
    """Polls what no event tells: the state of another process. Raises TimeoutError."""
    pause = threading.Event()
    deadline = time.monotonic() + timeout
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError
        pause.wait(0.02)


def is_gone(pid: int) -> bool:
    """Whether ``pid`` has ended; a zombie has."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_what_a_session_started_dies_with_it_and_with_it_only(warm_server: WarmServer) -> None:
    start = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "read, write = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    daemon = os.fork()\n"
        "    if daemon:\n"
        "        os.write(write, str(daemon).encode()); os._exit(0)\n"
        "    import time; time.sleep(600)\n"
        "print(child.pid, os.read(read, 20).decode())"
    )
    with warm_server.session() as other:
        kept = [int(word) for word in other.check(start).text().split()]
        with warm_server.session() as session:
            started = [int(word) for word in session.check(start).text().split()]
        # The session is killed at the end of its block, and its end told when all of it is gone.
        assert all(is_gone(pid) for pid in started)
        assert not any(is_gone(pid) for pid in kept)
        assert other.check("1").results == ["1"]


class Launched:
    """A fork server of its own, with what it tells."""

    def __init__(self) -> None:
        self.told: SimpleQueue[server.ServerEvent | None] = SimpleQueue()
        self.client = ForkServerClient(sys.executable, self.told.put, lambda status, output: self.told.put(None))

    def last_word(self, timeout: float = LOADING) -> server.ServerEvent | None:
        """The first event that is no progress; None where it ends without."""
        while True:
            event = self.told.get(timeout=timeout)
            if not isinstance(event, server.ServerProgressed):
                return event


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules come before installed ones."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("raise ModuleNotFoundError(\"No module named 'tensorflow'\", name='tensorflow')", "pip install tensorflow"),
        ("raise ImportError('libcudart.so.12: cannot open')", "libcudart.so.12"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_without_tensorflow_one_line_says_so(modules: Path, content: str, said: str) -> None:
    (modules / "tensorflow.py").write_text(content)
    launched = Launched()
    launched.client.launch()

    event = launched.last_word()

    assert isinstance(event, server.ServerFailed)
    assert said in event.message
    assert "\n" not in event.message
    assert launched.told.get(timeout=PATIENCE) is None
    launched.client.close()


def test_files_in_the_working_folder_shadow_nothing(
    modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a working folder full of modules that must not be found, and an environment that points to it
    here = tmp_path / "here"
    here.mkdir()
    for name in ("random", "numpy", "msgspec", "tflab", "IPython", "sitecustomize"):
        (here / f"{name}.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(here)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(modules), "", "."]))
    (modules / "tensorflow.py").write_text("import os, sys\nraise ImportError(f'{os.getcwd()} {sys.path}')")

    # WHEN the server starts
    launched = Launched()
    launched.client.launch()
    event = launched.last_word()

    # THEN neither it nor the path knows the folder
    assert isinstance(event, server.ServerFailed)
    assert str(here) not in event.message
    assert "''" not in event.message
    launched.client.close()


def test_secrets_of_the_environment_stay_behind(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden-value")
    (modules / "tensorflow.py").write_text("import os\nraise ImportError(str(os.environ))")
    launched = Launched()
    launched.client.launch()

    event = launched.last_word()

    assert isinstance(event, server.ServerFailed)
    assert "hidden-value" not in event.message
    assert launched.client.pid is not None
    launched.client.close()


def test_a_server_that_dies_while_loading_is_told(modules: Path) -> None:
    (modules / "tensorflow.py").write_text("import os\nos.write(2, b'Illegal instruction\\n')\nos.abort()")
    ended: SimpleQueue[tuple[int | None, str]] = SimpleQueue()
    client = ForkServerClient(sys.executable, lambda event: None, lambda status, output: ended.put((status, output)))
    client.launch()

    assert ended.get(timeout=LOADING) == (-signal.SIGABRT, "Illegal instruction")
    client.close()


def test_a_server_without_a_lab_ends_while_it_loads(modules: Path) -> None:
    (modules / "tensorflow.py").write_text(
        "import importlib, time\nfor n in range(100000):\n"
        "    time.sleep(0.01)\n    importlib.util.find_spec('no_such_module_%d' % n)"
    )
    launched = Launched()
    launched.client.launch()
    assert isinstance(launched.told.get(timeout=LOADING), server.ServerProgressed)
    pid = launched.client.pid
    assert pid is not None

    launched.client.close(timeout=PATIENCE)

    assert is_gone(pid)


LAB = """
import sys, time
from pathlib import Path
from tflab.client.supervisor import Supervisor
from tflab.protocol.events import StreamWritten
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import Permissions, SessionSpec

def main():
    scratch = []
    def spec(folder):
        scratch.append(folder)
        return SessionSpec(permissions=Permissions(scratch=str(folder)))
    supervisor = Supervisor(spec, sample_devices=None)
    supervisor.start()
    supervisor.run(RunCellRequest(cell=0, source=sys.argv[1]))
    while True:
        supervisor.wait()
        for event in supervisor.drain():
            if isinstance(event, StreamWritten):
                print(event.text.strip(), scratch[-1], flush=True)

main()
"""


def test_a_lab_that_dies_takes_everything_with_it() -> None:
    # GIVEN a lab of its own with a session that has started a process and works
    source = (
        "import os, subprocess\np = subprocess.Popen(['sleep', '600'])\nprint(os.getpid(), p.pid)\nwhile True: pass"
    )
    with subprocess.Popen(
        [sys.executable, "-c", LAB, source],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as lab:
        assert lab.stdout is not None
        *words, scratch = lab.stdout.readline().split()
        pids = [int(word) for word in words]
        pids.append(psutil.Process(pids[0]).ppid())
        assert not any(is_gone(pid) for pid in pids)

        # WHEN it is killed
        lab.kill()

    # THEN session, its process and the server are gone, and so is the scratch folder
    wait_until(lambda: all(is_gone(pid) for pid in pids))
    wait_until(lambda: not Path(scratch).exists())

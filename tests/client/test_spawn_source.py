"""Sessions on a system that cannot fork: one warm spare, the same protocol, what is measured is said."""

from __future__ import annotations

import os
import signal
import stat
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import psutil
import pytest

from tests.client.supervised import SupervisedLab
from tests.sessions import LOADING, PATIENCE
from tflab.client import launchers
from tflab.client.fork_server_client import ForkServerClient
from tflab.client.spawn_source import SpawnSource
from tflab.protocol import lifecycle, server
from tflab.protocol.events import CellFinished, SessionReady, StreamWritten

ROOT = Path(__file__).parents[2]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(
    ("platform", "source"), [("darwin", SpawnSource), ("linux", ForkServerClient)], ids=["macOS", "Linux"]
)
def test_the_system_decides(monkeypatch: pytest.MonkeyPatch, platform: str, source: type) -> None:
    monkeypatch.setattr(sys, "platform", platform)

    launched = launchers.launcher_for(sys.executable)(lambda event: None, lambda status, output: None)

    assert type(launched) is source


# --- real sessions -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lab() -> Iterator[SupervisedLab]:
    """As on macOS; its sources load TensorFlow again for every session."""
    lab = SupervisedLab(partial(SpawnSource, sys.executable), memory=4 << 30)
    lab.supervisor.start()
    yield lab
    lab.supervisor.close()


@pytest.mark.timeout(600)
def test_spawned_sessions_are_like_forked_ones_but_for_what_they_measure(lab: SupervisedLab) -> None:
    # GIVEN a session
    ready = lab.wait_for(lambda event: isinstance(event, SessionReady), LOADING)
    assert any(isinstance(event, server.ServerProgressed) for event in ready)
    assert sum(isinstance(event, server.ServerReady) for event in ready) == 1
    first = ready[-1]
    assert isinstance(first, SessionReady)
    assert first.isolation == "limits"
    assert first.devices

    # THEN it computes, keeps its namespace, and a tf.function in C++ can be interrupted
    lab.run("import tensorflow as tf\nx = float(tf.reduce_sum(tf.ones((2, 3))))")
    assert lab.finished().status == "ok"
    lab.run(
        "@tf.function\ndef busy(n):\n    y = tf.ones((300, 300))\n    for _ in tf.range(n): y = tf.tanh(y @ y)\n"
        "    return y\nbusy(tf.constant(1)); print('on')\nbusy(tf.constant(10**9))"
    )
    lab.wait_for_text()
    lab.supervisor.interrupt()
    assert lab.finished().status == "interrupted"
    lab.run("print(x)")
    lab.wait_for_text("6.0\n")
    assert lab.finished().status == "ok"
    lab.run("import os\nos.write(1, b'out')\nos.write(2, b'err')")
    told = lab.wait_for_kind(CellFinished)
    written = {(event.name, event.text) for event in told if isinstance(event, StreamWritten)}
    assert written == {("stdout", "out"), ("stderr", "err")}

    # WHEN it crashes with a process of its own at work
    lab.run("import subprocess, os, signal\np = subprocess.Popen(['sleep', '600'])\nprint(f'started {p.pid}.')")
    text = "".join(event.text for event in lab.wait_for_kind(CellFinished) if isinstance(event, StreamWritten))
    started = int(text.partition("started ")[2].partition(".")[0])
    lab.run("os.kill(os.getpid(), signal.SIGSEGV)")
    assert lab.finished().status == "killed"
    ended = lab.ended()
    assert (ended.reason, ended.status) == ("crashed", -signal.SIGSEGV)

    # THEN the spare takes its place, nothing of the old one is left, and the next spare is on its way
    second = lab.wait_for(lambda event: isinstance(event, SessionReady), LOADING)[-1]
    assert isinstance(second, SessionReady)
    assert second.pid != first.pid
    assert not any(isinstance(event, lifecycle.SessionEnded) for event in lab.told)
    wait_until(lambda: is_gone(started))
    assert is_gone(first.pid)
    assert not lab.scratches[0].exists()

    # WHEN the lab closes
    children = [process.pid for process in psutil.Process().children() if "tflab.session.spare" in process.cmdline()]
    assert second.pid in children
    lab.supervisor.close()

    # THEN session and spare are gone
    assert all(map(is_gone, children))


# --- spares that go wrong ------------------------------------------------------------------------------------------


class Spawned:
    """A source whose spares are small programs."""

    def __init__(self, folder: Path, program: str) -> None:
        python = folder / "python"
        python.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
            "import os, socket, time\nfrom tflab.protocol import codec, server\n"
            "control = socket.socket(fileno=int(sys.argv[3]))\n"
            "def say(event): control.sendall(codec.frame(event))\n"
            "ready = server.ServerReady(tensorflow='2', keras='3', python='3', seconds=0.0)\n"
            + textwrap.dedent(program)
        )
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        self.told: SimpleQueue[server.ServerEvent] = SimpleQueue()
        self.ended: SimpleQueue[tuple[int | None, str]] = SimpleQueue()
        self.source = SpawnSource(str(python), self.told.put, lambda status, output: self.ended.put((status, output)))

    def fork(self) -> int:
        """Asks for a session."""
        read, write = os.pipe()
        try:
            spec = server.SessionSpec(permissions=server.Permissions(scratch="/nowhere"))
            return self.source.fork(spec, server.SessionDescriptors(read, write, write))
        finally:
            os.close(read)
            os.close(write)


@pytest.fixture
def spawned(tmp_path: Path) -> Iterator[Callable[[str], Spawned]]:
    made: list[Spawned] = []

    def make(program: str) -> Spawned:
        made.append(Spawned(tmp_path, program))
        made[-1].source.launch()
        return made[-1]

    yield make
    for one in made:
        one.source.close()


def test_a_spare_that_dies_before_any_was_ready_is_the_end(spawned: Callable[[str], Spawned]) -> None:
    one = spawned("print('no such library', file=sys.stderr)\nsys.exit(3)")

    assert one.ended.get(timeout=PATIENCE) == (3, "no such library")
    with pytest.raises(ConnectionError):
        one.fork()


def test_a_wish_waits_for_the_spare_and_gets_its_descriptors(spawned: Callable[[str], Spawned]) -> None:
    one = spawned(
        "time.sleep(0.3)\nsay(ready)\ndata, fds, _, _ = socket.recv_fds(control, 65536, 3)\n"
        "os.write(fds[1], b'out')\nos.write(fds[2], b'err')\nsys.exit(7)"
    )
    (output, stdout), (errors, stderr) = os.pipe(), os.pipe()
    spec = server.SessionSpec(permissions=server.Permissions(scratch="/nowhere"))
    fork_id = one.source.fork(spec, server.SessionDescriptors(output, stdout, stderr))
    os.close(stdout)
    os.close(stderr)

    assert isinstance(one.told.get(timeout=PATIENCE), server.ServerReady)
    forked = one.told.get(timeout=PATIENCE)
    assert isinstance(forked, server.SessionForked)
    assert forked.fork_id == fork_id
    assert (os.read(output, 10), os.read(errors, 10)) == (b"out", b"err")
    os.close(output)
    os.close(errors)
    assert one.told.get(timeout=PATIENCE) == server.SessionExited(pid=forked.pid, status=7)


def test_a_spare_that_dies_idle_is_replaced_at_the_next_wish(spawned: Callable[[str], Spawned], tmp_path: Path) -> None:
    one = spawned(
        f"first = not os.path.exists({str(tmp_path / 'mark')!r})\nopen({str(tmp_path / 'mark')!r}, 'w').close()\n"
        "say(ready)\nif first: sys.exit(1)\nsocket.recv_fds(control, 65536, 3)\ntime.sleep(600)"
    )
    assert isinstance(one.told.get(timeout=PATIENCE), server.ServerReady)
    wait_until(lambda: one.source._spare is None)

    fork_id = one.fork()

    forked = one.told.get(timeout=PATIENCE)
    assert isinstance(forked, server.SessionForked)
    assert forked.fork_id == fork_id
    # It can be killed, whatever it does.
    one.source.kill(forked.pid)
    assert one.told.get(timeout=PATIENCE) == server.SessionExited(pid=forked.pid, status=-signal.SIGKILL)


def test_those_who_wait_for_a_spare_that_fails_are_told(spawned: Callable[[str], Spawned], tmp_path: Path) -> None:
    one = spawned(
        f"first = not os.path.exists({str(tmp_path / 'mark')!r})\nopen({str(tmp_path / 'mark')!r}, 'w').close()\n"
        "if first:\n    say(ready)\n    sys.exit(1)\ntime.sleep(0.5)\nprint('broken', file=sys.stderr)\nsys.exit(1)"
    )
    assert isinstance(one.told.get(timeout=PATIENCE), server.ServerReady)
    wait_until(lambda: one.source._spare is None)

    fork_id = one.fork()

    assert one.told.get(timeout=PATIENCE) == server.ForkFailed(fork_id=fork_id, message="broken")


def test_a_spare_that_talks_nonsense_is_ended(spawned: Callable[[str], Spawned]) -> None:
    one = spawned("control.sendall(b'\\xff' * 100)\ntime.sleep(600)")

    assert one.ended.get(timeout=PATIENCE)[0] == -signal.SIGKILL

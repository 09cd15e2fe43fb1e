"""The door itself: who gets in, and what a slow watcher gets."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tflab.doors import door as door_module
from tflab.doors.door import MOST_ANSWERS, PIECE, Reply, WatchDoor
from tflab.doors.event_log import EventLog
from tflab.protocol import codec, requests
from tflab.protocol.events import CellStarted
from tflab.protocol.tensor_looks import TensorRead

KNOCK = """
import os, socket, sys
door, user = sys.argv[1], int(sys.argv[2])
if user != os.getuid():
    os.setgroups([]); os.setgid(user); os.setuid(user)
knocking = socket.socket(socket.AF_UNIX)
knocking.connect(door)
try:
    print(len(knocking.recv(4)))
except ConnectionResetError:
    print(0)
"""
PATIENCE = 60.0
NOBODY = 65534


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where doors are: not below tmp_path, for the paths of sockets are short."""
    with tempfile.TemporaryDirectory(prefix="tflab-test-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can play another user")
def test_another_user_is_shown_out_even_where_the_folder_lets_him_in(runtime: Path) -> None:
    log = EventLog()
    log.write(CellStarted(cell=0, source="secret"))
    door = WatchDoor("mine", log, lambda request, reply: None, lambda: None)
    for folder in (runtime, runtime / "tflab"):
        folder.chmod(0o711)
    door.path.chmod(0o777)

    def knock(user: int) -> str:
        result = subprocess.run(
            [sys.executable, "-c", KNOCK, str(door.path), str(user)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    try:
        assert knock(0) == "4"
        assert knock(NOBODY) == "0"
    finally:
        log.close()
        door.close()


def test_answers_that_a_slow_watcher_has_not_read_give_way_to_later_ones(runtime: Path) -> None:
    replies: list[Reply] = []
    asked = threading.Event()

    def take(request: requests.Request, reply: Reply) -> None:
        replies.append(reply)
        asked.set()

    log = EventLog()
    door = WatchDoor("mine", log, take, lambda: None)
    with socket.socket(socket.AF_UNIX) as watcher:
        watcher.settimeout(PATIENCE)
        watcher.connect(str(door.path))
        watcher.sendall(codec.frame(requests.ReadTensorRequest(request_id=1, name="w")))
        assert asked.wait(PATIENCE)
        # Far more than the kernel takes of one who does not read; nobody waits here.
        many = 200
        for number in range(many):
            replies[0](TensorRead(request_id=number, name="w" * 100_000))
        frames = codec.FrameReader()
        numbers: list[int] = []
        while many - 1 not in numbers:
            events = map(codec.decode_event, frames.feed(watcher.recv(1 << 16)))
            numbers += [event.request_id for event in events if isinstance(event, TensorRead)]
        assert numbers == sorted(set(numbers))
        assert numbers[-MOST_ANSWERS:] == list(range(many - MOST_ANSWERS, many))
        assert len(numbers) < many
    log.close()
    door.close()


class SlowReader:
    """The door's clock: between two looks of a door that is being closed half a second passes, and a piece is read."""

    def __init__(self, watcher: socket.socket) -> None:
        self.read = bytearray()
        self._watcher = watcher
        self._closing = threading.get_ident()
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def thread_time(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        if threading.get_ident() == self._closing:
            self._now += 0.5
            self.read += self._watcher.recv(PIECE)
            # Whoever gives has its turn on any machine.
            threading.Event().wait(0.01)


def test_a_process_that_ends_lets_a_slow_watcher_read_to_the_end(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = EventLog()
    begun = CellStarted(cell=0, source="w" * (64 * PIECE))
    log.write(begun)
    door = WatchDoor("mine", log, lambda request, reply: None, lambda: None)
    with socket.socket(socket.AF_UNIX) as watcher:
        watcher.settimeout(PATIENCE)
        watcher.connect(str(door.path))
        reader = SlowReader(watcher)
        reader.read += watcher.recv(1)
        log.close()
        monkeypatch.setattr(door_module, "time", reader)
        # 64 pieces and more are 32 of its seconds and more.
        door.close(patience=5.0)
        watcher.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while piece := watcher.recv(PIECE):
                reader.read += piece
    (body,) = codec.FrameReader().feed(bytes(reader.read))
    assert codec.decode_event(body) == begun

"""The door of a watched process: a socket in a folder that only this user may enter."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tflab.doors.event_log import EventLog
from tflab.doors.folder import door, watch_folder
from tflab.protocol import codec, requests
from tflab.protocol.events import Event

PACE: Final = 0.05
"""Seconds between two deliveries to one watcher, at least."""
SHARE: Final = 0.001
"""Of a core that deliveries to one watcher may take from the program that is watched: the dearer, the more seldom."""
LONGEST_PAUSE: Final = 0.2
"""Seconds after which a watcher is told anyway."""
_IDLE: Final = 1.0
_MOST_NAMES: Final = 1000
PIECE: Final = 1 << 16
"""Bytes that are given to one watcher at a time."""
MOST_ANSWERS: Final = 8
"""That wait for one watcher."""

Reply = Callable[[Event], None]
"""Answers the watcher who asked, and nobody else. Any thread may call it, and none waits: of answers that a slow
watcher has not read the oldest are dropped."""
OnRequest = Callable[[requests.Request, Reply], None]


class _Watcher:
    """One who looks in."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.answers: deque[Event] = deque(maxlen=MOST_ANSWERS)

    def take_answers(self) -> list[Event]:
        """Those that wait."""
        taken: list[Event] = []
        with suppress(IndexError):
            while True:
                taken.append(self.answers.popleft())
        return taken


class WatchDoor:
    """Listens, and gives every watcher the log. A watcher that reads slowly keeps nobody waiting but itself."""

    def __init__(self, name: str, log: EventLog, on_request: OnRequest, on_holder_left: Callable[[], None]) -> None:
        """Opens the door under ``name``, or ``name-2`` ... where another process has it.

        ``on_request`` is called on a watcher's thread, ``on_holder_left`` when a watcher has left who had paused the
        loop: nobody else may know that it waits. Raises OSError.
        """
        self._log = log
        self._on_request = on_request
        self._on_holder_left = on_holder_left
        self._holder: _Watcher | None = None
        """The watcher who has paused the loop."""
        self._socket, self.path = _listening(name)
        self._watchers: set[_Watcher] = set()
        self._given = 0
        """Pieces that were given to watchers."""
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="tflab-door", daemon=True).start()

    @property
    def name(self) -> str:
        """What the process is called."""
        return self.path.stem

    def close(self, patience: float = 1.0) -> None:
        """Lets the watchers read to the end of the closed log, then shuts; ``patience`` is for how many seconds none of
        them may take anything."""
        with suppress(OSError):
            self.path.unlink()
        with suppress(OSError):
            self._socket.close()
        given, end = self._given, time.monotonic() + patience
        while self._watchers and time.monotonic() < end:
            time.sleep(0.01)
            if self._given != given:
                given, end = self._given, time.monotonic() + patience

    def abandon(self) -> None:
        """For a forked process: the door is the parent's."""
        self._socket.close()
        for watcher in self._watchers:
            watcher.connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            if not is_ours(connection):
                connection.close()
                continue
            watcher = _Watcher(connection)
            with self._lock:
                self._watchers.add(watcher)
            threading.Thread(target=self._deliver, args=(watcher,), name="tflab-watcher", daemon=True).start()
            threading.Thread(target=self._listen, args=(watcher,), name="tflab-watcher", daemon=True).start()

    def _deliver(self, watcher: _Watcher) -> None:
        reader = self._log.reader()
        try:
            while (events := reader.read(_IDLE, lambda: bool(watcher.answers))) is not None:
                events += watcher.take_answers()
                if events:
                    began = time.thread_time()
                    self._give(watcher, b"".join(map(codec.frame, events)))
                    time.sleep(_pause_after(time.thread_time() - began))
        except OSError:
            pass
        self._leaves(watcher)

    def _give(self, watcher: _Watcher, frames: bytes) -> None:
        for start in range(0, len(frames), PIECE):
            watcher.connection.sendall(frames[start : start + PIECE])
            with self._lock:
                self._given += 1

    def _listen(self, watcher: _Watcher) -> None:
        frames = codec.FrameReader()

        def reply(answer: Event) -> None:
            watcher.answers.append(answer)
            self._log.wake()

        try:
            while data := watcher.connection.recv(65536):
                for body in frames.feed(data):
                    request = codec.decode_request(body)
                    if isinstance(request, requests.SteerLoopRequest):
                        self._holder = watcher if request.action in ("pause", "step") else None
                    self._on_request(request, reply)
        except (OSError, codec.ProtocolError):
            pass
        self._leaves(watcher)

    def _leaves(self, watcher: _Watcher) -> None:
        with self._lock:
            self._watchers.discard(watcher)
            held = self._holder is watcher
            if held:
                self._holder = None
        with suppress(OSError):
            watcher.connection.shutdown(socket.SHUT_RDWR)
        watcher.connection.close()
        if held:
            self._on_holder_left()


def _pause_after(spent: float) -> float:
    """Seconds to wait after a delivery that took ``spent`` seconds of a core."""
    return min(max(PACE, spent / SHARE), LONGEST_PAUSE)


def _listening(name: str) -> tuple[socket.socket, Path]:
    folder = watch_folder()
    for number in range(1, _MOST_NAMES):
        path = door(name if number == 1 else f"{name}-{number}", folder)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _bind(listener, path)
            listener.listen(8)
            return listener, path
        except FileExistsError:
            listener.close()
        except BaseException:
            listener.close()
            raise
    raise FileExistsError(str(path))


def _bind(listener: socket.socket, path: Path) -> None:
    """Takes the path where nobody listens at it. Raises FileExistsError where somebody does."""
    if path.exists():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
            try:
                knocking.connect(str(path))
            except ConnectionRefusedError:
                # Its process is gone.
                path.unlink(missing_ok=True)
            except FileNotFoundError:
                pass
            else:
                raise FileExistsError(str(path))
    try:
        listener.bind(str(path))
    except OSError as error:
        if path.exists():
            raise FileExistsError(str(path)) from None
        raise error


def is_ours(watcher: socket.socket) -> bool:
    """Whether the process at the other end is this user's. The folder keeps others out already."""
    if not sys.platform.startswith("linux"):
        return True
    credentials = watcher.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return bool(user == os.getuid())

"""Processes that called ``tflab.watch()``, from outside: which there are, and what one of them says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tflab.client.devices import DeviceWatch
from tflab.client.inbox import Inbox, LabEvent
from tflab.doors.folder import SUFFIX, door, watch_folder
from tflab.protocol import codec, requests
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.steering import LoopAction

_OPENING: Final = 2.0
"""Seconds that a process may take between making its door and answering at it, far more than it needs."""


def look_round(folder: Path | None = None) -> tuple[list[str], list[str]]:
    """The processes that can be watched now, and those that have left their doors behind, as one that is killed does.

    Such doors are taken away. Raises OSError.
    """
    doors = list((folder or watch_folder()).glob(f"*{SUFFIX}"))
    there = [path for path in doors if _answers(path)]
    left = [path for path in doors if path not in there and _is_old(path)]
    for path in left:
        path.unlink(missing_ok=True)
    return sorted(path.stem for path in there), sorted(path.stem for path in left)


def _is_old(path: Path) -> bool:
    """Whether nobody can be about to listen there: a door is made, and answers a moment later."""
    try:
        return time.time() - path.stat().st_mtime > _OPENING
    except OSError:
        return False


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        try:
            knocking.connect(str(path))
        except OSError:
            return False
        return True


class WatchedClient:
    """Reads what one process says, and steers its loop; has the methods of a supervisor that make sense here."""

    def __init__(self, name: str, ended: str) -> None:
        """``ended`` is the line for people about the process's end. Raises OSError where there is none of that name."""
        self._ended = ended
        self._inbox = Inbox()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(str(door(name)))
        except OSError:
            self._socket.close()
            raise
        # The machine's own figures are taken here: a watched process is not to spend its time on them.
        self._devices = DeviceWatch(self._inbox.offer, 1.0)
        self._devices.start()
        threading.Thread(target=self._read, name="tflab-watched", daemon=True).start()

    def drain(self) -> list[LabEvent]:
        """Everything since the last drain, in order; `SessionEnded` is the last."""
        return self._inbox.drain()

    def on_arrival(self, tell: Callable[[], object]) -> None:
        """From now on calls ``tell``, on some thread, when something has come and all before it had been drained."""
        self._inbox.on_arrival(tell)

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until there is something to drain; False where ``timeout`` seconds passed without."""
        return self._inbox.wait(timeout)

    def steer(self, action: LoopAction) -> None:
        """Pauses, resumes, steps or stops the loop that runs there."""
        self._send(requests.SteerLoopRequest(action=action))

    def turn_knob(self, name: str, value: float) -> None:
        """Gives a number there another value."""
        self._send(requests.TurnKnobRequest(name=name, value=value))

    def ask_tensor(self, request: requests.ReadTensorRequest | requests.MeasureTensorRequest) -> None:
        """Asks for elements or exact statistics; `TensorRead` or `TensorMeasured` answers, unless it is too busy."""
        self._send(request)

    def close(self) -> None:
        """Stops watching; the process goes on."""
        self._closing.set()
        self._devices.stop()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _send(self, request: requests.Request) -> None:
        with self._lock, suppress(OSError):
            self._socket.sendall(codec.frame(request))

    def _read(self) -> None:
        frames = codec.FrameReader()
        with self._socket, suppress(OSError, codec.ProtocolError):
            while data := self._socket.recv(1 << 18):
                self._take(frames, data)
        self._inbox.put(SessionEnded(reason="exited", status=None, message=self._ended))

    def _take(self, frames: codec.FrameReader, data: bytes) -> None:
        """Passes on what one read has brought. Raises `codec.ProtocolError`."""
        came: list[tuple[LabEvent, int]] = []
        try:
            for body in frames.feed(data):
                came.append((codec.decode_event(body), len(body)))
        finally:
            self._inbox.put_all(came, unless=self._closing.is_set)

"""Sessions without a fork: each is a process of its own that loaded TensorFlow beforehand, and one more stands ready.

For systems on which forking is not safe (macOS). It costs the memory of a second TensorFlow, and a session that is
asked for before the next spare is warm waits for that.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
from collections import deque
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import IO, Final

from tflab.client.environment import server_environment
from tflab.client.processes import family, kill_all, left_behind
from tflab.client.session_source import OnServerEnd, OnServerEvent, interpreter, last_line
from tflab.protocol import codec, server

_MODULE: Final = "tflab.session.spare"
_PIECE: Final = 65536
_GOODBYE: Final = 1.0
"""Seconds that a spare has to end after its last word."""


@dataclass
class _Process:
    """A spare, and the session that it becomes."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    output: IO[bytes]
    is_ready: bool = False
    fork_id: int | None = None
    """Of the session that it has become; None while it is a spare."""


@dataclass
class _Wish:
    """A session that was asked for, and the descriptors that it gets."""

    fork_id: int
    spec: server.SessionSpec
    descriptors: list[int] = field(default_factory=list)

    def close(self) -> None:
        """Closes our copies of the descriptors."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []


class SpawnSource:
    """Keeps one spare warm. ``on_event`` and ``on_end`` are called on a thread of its own."""

    def __init__(self, python: str, on_event: OnServerEvent, on_end: OnServerEnd) -> None:
        self._python = python
        self._on_event = on_event
        self._on_end = on_end
        self._lock = threading.Lock()
        self._told: SimpleQueue[server.ServerEvent | tuple[int | None, str]] = SimpleQueue()
        self._spare: _Process | None = None
        self._sessions: dict[int, _Process] = {}
        self._wishes: deque[_Wish] = deque()
        self._fork_id = 0
        self._was_ready = False
        self._closing = False

    def launch(self) -> None:
        """Starts the first spare; events follow. Raises OSError where there is no such Python."""
        with self._lock:
            self._start_spare()
        threading.Thread(target=self._tell, name="tflab-spawn", daemon=True).start()

    def fork(self, spec: server.SessionSpec, descriptors: server.SessionDescriptors) -> int:
        """Asks for a session with ``descriptors``; `SessionForked` or `ForkFailed` carries the returned id.

        Raises OSError where no process can be started.
        """
        with self._lock:
            if self._closing:
                raise ConnectionError
            if self._spare is None:
                self._start_spare()
            self._fork_id += 1
            self._wishes.append(_Wish(self._fork_id, spec, [os.dup(descriptor) for descriptor in descriptors]))
            self._grant()
            return self._fork_id

    def kill(self, pid: int) -> None:
        """SIGKILL to a session and what it started; `SessionExited` follows."""
        with self._lock:
            if pid in self._sessions:
                kill_all(family(pid).pids[::-1])

    def close(self) -> None:
        """Ends the spare and all sessions."""
        with self._lock:
            self._closing = True
            for wish in self._wishes:
                wish.close()
            self._wishes.clear()
            living = [*self._sessions.values(), *([self._spare] if self._spare is not None else [])]
            for one in living:
                kill_all([*family(one.process.pid).pids, *left_behind(one.process.pid)])
        for one in living:
            one.process.wait()
        self._told.put((None, ""))

    # --- with the lock held ----------------------------------------------------------------------------------------

    def _start_spare(self) -> None:
        ours, theirs = socket.socketpair()
        output = tempfile.TemporaryFile()  # noqa: SIM115 - the reader thread closes it
        try:
            process = subprocess.Popen(
                [*interpreter(self._python), "-m", _MODULE, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=server_environment(),
                # Not where the learner's files are: they would shadow modules.
                cwd="/",
                # ctrl+c in the lab's terminal is the lab's.
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            output.close()
            raise
        finally:
            theirs.close()
        self._spare = _Process(process, ours, output)
        threading.Thread(target=self._read, args=(self._spare,), name="tflab-spare-reader", daemon=True).start()

    def _grant(self) -> None:
        """Makes the spare the session that was asked for first, where both are there, and starts the next."""
        spare = self._spare
        if spare is None or not spare.is_ready or not self._wishes:
            return
        wish = self._wishes.popleft()
        request = server.ForkRequest(fork_id=wish.fork_id, spec=wish.spec)
        try:
            socket.send_fds(spare.control, [codec.frame(request)], wish.descriptors)
        except OSError as error:
            self._told.put(server.ForkFailed(fork_id=wish.fork_id, message=str(error)))
            return
        finally:
            wish.close()
        spare.fork_id = wish.fork_id
        self._sessions[spare.process.pid] = spare
        self._told.put(server.SessionForked(fork_id=wish.fork_id, pid=spare.process.pid))
        self._spare = None
        try:
            self._start_spare()
        except OSError:
            # The next wish tries again, and is told.
            pass

    # --- threads -----------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Passes on what happened, in order, until the end."""
        while True:
            told = self._told.get()
            if isinstance(told, tuple):
                self._on_end(*told)
                return
            self._on_event(told)

    def _read(self, one: _Process) -> None:
        """One process from its start to its end."""
        frames = codec.FrameReader(maximum=1 << 20)
        with one.control:
            try:
                while data := one.control.recv(_PIECE):
                    for body in frames.feed(data):
                        self._heard(one, codec.decode_server_event(body))
            except (OSError, codec.ProtocolError):
                pass
        with self._lock:
            is_spare = one.fork_id is None
        if is_spare:
            # One that no longer speaks is none.
            try:
                one.process.wait(_GOODBYE)
            except subprocess.TimeoutExpired:
                one.process.kill()
        status = one.process.wait()
        with one.output as output:
            self._ended(one, status, last_line(output))

    def _heard(self, one: _Process, event: server.ServerEvent) -> None:
        with self._lock:
            if not self._was_ready:
                self._told.put(event)
            if isinstance(event, server.ServerReady):
                self._was_ready = one.is_ready = True
                self._grant()

    def _ended(self, one: _Process, status: int, output: str) -> None:
        kill_all(left_behind(one.process.pid))
        with self._lock:
            if self._closing:
                return
            if one.fork_id is not None:
                del self._sessions[one.process.pid]
                self._told.put(server.SessionExited(pid=one.process.pid, status=status))
                return
            self._spare = None
            if not self._was_ready:
                self._closing = True
                self._told.put((status, output))
                return
            # Those who wait are told; the next wish starts another spare.
            while self._wishes:
                wish = self._wishes.popleft()
                wish.close()
                self._told.put(server.ForkFailed(fork_id=wish.fork_id, message=output))

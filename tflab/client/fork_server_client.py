"""The fork server from outside: launched, listened to, asked for sessions."""

from __future__ import annotations

import select
import socket
import subprocess
import tempfile
import threading
import time
from typing import IO, Final

from tflab.client.environment import server_environment
from tflab.client.session_source import OnServerEnd, OnServerEvent, interpreter, last_line
from tflab.client.watchdog import PING_EVERY, Heartbeat
from tflab.protocol import codec, server

LARGEST_PACKET = 1 << 20
SERVER_SILENCE: Final = 20.0
"""Seconds without an answer and without work after which the server counts as hanging: to take down a session that
had much memory takes a while."""


class ForkServerClient:
    """One fork server process. ``on_event`` and ``on_end`` are called on its reader thread."""

    def __init__(
        self,
        python: str,
        on_event: OnServerEvent,
        on_end: OnServerEnd,
        *,
        own_loopback: bool = False,
    ) -> None:
        """``own_loopback``: sessions get a network of their own, where the kernel gives one: loopback, nothing else."""
        self._python = python
        self._options = [server.OWN_LOOPBACK] if own_loopback else []
        self._on_event = on_event
        self._on_end = on_end
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._fork_id = 0
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The server's process."""
        return self._process.pid if self._process is not None else None

    def launch(self) -> None:
        """Starts the process; events follow. Raises OSError where there is no such Python."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - the reader thread closes it
        try:
            self._process = subprocess.Popen(
                [*interpreter(self._python), "-m", "tflab.session.fork_server", str(theirs.fileno()), *self._options],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                env=server_environment(),
                # Not where the learner's files are: they would shadow modules.
                cwd="/",
                # ctrl+c in the lab's terminal is the lab's.
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            self._output.close()
            raise
        finally:
            theirs.close()
        self._control = ours
        threading.Thread(target=self._read, args=(ours, self._process), name="tflab-server-reader", daemon=True).start()

    def fork(self, spec: server.SessionSpec, descriptors: server.SessionDescriptors) -> int:
        """Asks for a session with ``descriptors``; `SessionForked` or `ForkFailed` carries the returned id.

        Raises OSError where the server is gone.
        """
        with self._lock:
            self._fork_id += 1
            request = server.ForkRequest(fork_id=self._fork_id, spec=spec)
            if self._control is None:
                raise ConnectionError
            socket.send_fds(self._control, [codec.encode(request)], descriptors, socket.MSG_DONTWAIT)
            return self._fork_id

    def kill(self, pid: int) -> None:
        """SIGKILL to a session and what it started; `SessionExited` follows."""
        self._send(server.KillRequest(pid=pid))

    def close(self, timeout: float = 2.0) -> None:
        """Ends the server and its sessions."""
        control, self._control = self._control, None
        if control is not None:
            try:
                control.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        process = self._process
        if process is not None:
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _read(self, control: socket.socket, process: subprocess.Popen[bytes]) -> None:
        heartbeat: Heartbeat | None = None
        with control:
            while True:
                if heartbeat is not None and self._is_gone(heartbeat):
                    # It stands still, and what it forked could not be ended by it.
                    process.kill()
                    break
                if not select.select([control], [], [], PING_EVERY / 2)[0]:
                    continue
                try:
                    packet = control.recv(LARGEST_PACKET)
                except OSError:
                    packet = b""
                if not packet:
                    break
                try:
                    event = codec.decode_server_event(packet)
                except codec.ProtocolError:
                    process.kill()
                    break
                if isinstance(event, server.ServerAnswered):
                    if heartbeat is not None:
                        heartbeat.answered(event.sequence, time.monotonic())
                    continue
                if isinstance(event, server.ServerReady):
                    # Before, it is busy and answers nothing.
                    heartbeat = Heartbeat(process.pid, time.monotonic(), SERVER_SILENCE)
                self._on_event(event)
        try:
            status: int | None = process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        self._on_end(status, self._last_output())

    def _is_gone(self, heartbeat: Heartbeat) -> bool:
        """Whether the server has neither answered nor worked for too long; asks it from time to time."""
        now = time.monotonic()
        sequence = heartbeat.next_ping(now)
        if sequence is not None:
            self._send(server.AreYouThereRequest(sequence=sequence))
        return heartbeat.is_silent(now)

    def _send(self, request: server.ServerRequest) -> None:
        try:
            if self._control is not None:
                self._control.send(codec.encode(request), socket.MSG_DONTWAIT)
        except OSError:
            # It has too much to do, or its end is about to be read.
            pass

    def _last_output(self) -> str:
        """The last line of what the server wrote outside the protocol."""
        if self._output is None:
            return ""
        with self._output as file:
            return last_line(file)

"""The fork server from outside: launched, listened to, asked for sessions."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from typing import IO

from tflab.client.environment import server_environment
from tflab.client.session_source import OnServerEnd, OnServerEvent
from tflab.protocol import codec, server

LARGEST_PACKET = 1 << 20


class ForkServerClient:
    """One fork server process. ``on_event`` and ``on_end`` are called on its reader thread."""

    def __init__(
        self,
        python: str,
        on_event: OnServerEvent,
        on_end: OnServerEnd,
    ) -> None:
        self._python = python
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
                [*_interpreter(self._python), "-m", "tflab.session.fork_server", str(theirs.fileno())],
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

    def fork(self, spec: server.SessionSpec, channel: int, raw_output: int) -> int:
        """Asks for a session with these descriptors; `SessionForked` or `ForkFailed` carries the returned id.

        Raises OSError where the server is gone.
        """
        with self._lock:
            self._fork_id += 1
            request = server.ForkRequest(fork_id=self._fork_id, spec=spec)
            if self._control is None:
                raise ConnectionError
            socket.send_fds(self._control, [codec.encode(request)], [channel, raw_output], socket.MSG_DONTWAIT)
            return self._fork_id

    def kill(self, pid: int) -> None:
        """SIGKILL to a session and what it started; `SessionExited` follows."""
        try:
            if self._control is not None:
                self._control.send(codec.encode(server.KillRequest(pid=pid)), socket.MSG_DONTWAIT)
        except OSError:
            # Without a server there is no session.
            pass

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
        with control:
            while True:
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
                self._on_event(event)
        try:
            status: int | None = process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        self._on_end(status, self._last_output())

    def _last_output(self) -> str:
        """The last line of what the server wrote outside the protocol."""
        if self._output is None:
            return ""
        with self._output as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 4096))
            lines = file.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _interpreter(python: str) -> list[str]:
    """The command that starts ``python``; -P (3.11) keeps the working folder out of ``sys.path``."""
    return [python, "-P"] if sys.version_info >= (3, 11) and python == sys.executable else [python]

"""The fork server: ``python -m tflab.session.fork_server FD [--own-loopback]`` imports TensorFlow once and forks
sessions.

``FD`` is a SEQPACKET socket to the lab (`tflab.protocol.server`). The server runs no operation and starts no thread:
what it forks has to be as good as freshly imported. It ends, with every session and what they started, when the
socket closes. With ``--own-loopback`` it and they have a network of their own, where the kernel gives one: loopback and
nothing else. Where forking is not safe, `tflab.session.spare` stands in for it.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import sys
import time
import traceback
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

from tflab import messages
from tflab.protocol import codec, server
from tflab.protocol.server import OWN_LOOPBACK
from tflab.session import forking
from tflab.session.loading import context_is_initialized
from tflab.session.sandbox import survey, take_own_loopback
from tflab.session.startup import CannotStart, one_line, prepare

if TYPE_CHECKING:
    from tflab.session.prebuilt import Prebuilt


class ForkServer:
    """Answers requests of the lab on ``control``."""

    def __init__(self, control: socket.socket, own_loopback: bool = False) -> None:
        self._control = control
        self._own_loopback = own_loopback
        self._sessions: dict[int, str] = {}
        """Scratch folder of each living session, by process."""
        self._patches = ExitStack()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)

    def serve(self) -> NoReturn:
        """Loads TensorFlow, then forks until the lab is gone."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        forking.adopt_orphans()
        survey()
        if self._own_loopback:
            self._own_loopback = take_own_loopback()
        self._prebuilt = self._load()
        signal.set_wakeup_fd(self._wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            readable, _, _ = select.select([self._control.fileno(), self._wake_read], [], [])
            if self._wake_read in readable:
                self._reap()
            if self._control.fileno() in readable:
                self._answer()

    # --- loading -------------------------------------------------------------------------------------------------

    def _load(self) -> Prebuilt:
        started = time.perf_counter()
        try:
            prebuilt = prepare(self._report, self._patches)
        except CannotStart as error:
            self._send(server.ServerFailed(message=str(error)))
            os._exit(1)
        self._send(
            server.ServerReady(
                tensorflow=prebuilt.tensorflow,
                keras=prebuilt.keras,
                python=prebuilt.python,
                seconds=time.perf_counter() - started,
                own_loopback=self._own_loopback,
                gpus=sum(device.kind == "gpu" for device in prebuilt.devices),
            )
        )
        return prebuilt

    def _report(self, stage: str, fraction: float) -> None:
        try:
            packet = codec.encode(server.ServerProgressed(stage=stage, fraction=fraction))
            self._control.send(packet, socket.MSG_DONTWAIT)
        except BlockingIOError:
            # The lab is busy; the next report says more.
            pass
        except OSError:
            os._exit(0)

    # --- serving -------------------------------------------------------------------------------------------------

    def _send(self, event: server.ServerEvent) -> None:
        try:
            self._control.send(codec.encode(event))
        except OSError:
            self._end()

    def _answer(self) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, 1 << 20, len(server.SessionDescriptors._fields))
        except ConnectionError:
            packet, descriptors = b"", []
        if not packet:
            self._end()
        try:
            request = codec.decode_server_request(packet)
        except codec.ProtocolError:
            self._end()
        match request:
            case server.ForkRequest():
                self._fork(request, descriptors)
            case server.KillRequest():
                if request.pid in self._sessions:
                    os.kill(request.pid, signal.SIGKILL)
            case server.AreYouThereRequest():
                self._send(server.ServerAnswered(sequence=request.sequence))
        for descriptor in descriptors:
            os.close(descriptor)

    def _fork(self, request: server.ForkRequest, descriptors: list[int]) -> None:
        if context_is_initialized():
            reason = messages.text("client.context_initialized")
            self._send(server.ForkFailed(fork_id=request.fork_id, message=reason))
            return
        server_pid = os.getpid()
        try:
            pid = forking.quiet_fork()
        except OSError as error:
            self._send(server.ForkFailed(fork_id=request.fork_id, message=one_line(error)))
            return
        if pid == 0:
            self._become_session(request.spec, descriptors, server_pid)
        self._sessions[pid] = request.spec.permissions.scratch
        self._send(server.SessionForked(fork_id=request.fork_id, pid=pid))

    def _become_session(self, spec: server.SessionSpec, descriptors: list[int], parent: int) -> NoReturn:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(self._wake_read)
            os.close(self._wake_write)
            self._control.close()
            from tflab.session.session import run_session

            run_session(self._prebuilt, spec, server.SessionDescriptors(*descriptors), parent)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def _reap(self) -> None:
        try:
            while os.read(self._wake_read, 4096):
                pass
        except BlockingIOError:
            pass
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._sessions:
                del self._sessions[pid]
                self._sweep()
                self._send(server.SessionExited(pid=pid, status=os.waitstatus_to_exitcode(status)))

    def _sweep(self) -> None:
        """Ends what a dead session started: living sessions keep their own orphans, so the rest is the dead one's."""
        for _ in range(100):
            orphans = [pid for pid in forking.children() if pid not in self._sessions]
            if not orphans:
                return
            forking.kill_and_reap(orphans)

    def _end(self) -> NoReturn:
        scratches = list(self._sessions.values())
        sessions, self._sessions = list(self._sessions), {}
        forking.kill_and_reap(sessions)
        self._sweep()
        for scratch in scratches:
            shutil.rmtree(scratch, ignore_errors=True)
        os._exit(0)


def main() -> None:
    """Serves on the descriptor that the command line names."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    messages.use_language(messages.preferred_language())
    ForkServer(control, OWN_LOOPBACK in sys.argv[2:]).serve()


if __name__ == "__main__":
    # Under its real name: sessions replace ``__main__``.
    from tflab.session import fork_server

    fork_server.main()

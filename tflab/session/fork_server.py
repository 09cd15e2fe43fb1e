"""The fork server: ``python -m tflab.session.fork_server FD`` imports TensorFlow once and forks sessions.

``FD`` is a SEQPACKET socket to the lab (`tflab.protocol.server`). The server runs no operation and starts no thread:
what it forks has to be as good as freshly imported. It ends, with every session and what they started, when the
socket closes. Forking without exec is not safe on macOS: there another way of starting sessions would stand in for
`ForkServer`; that is not written, and tflab is untested there.
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
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tflab import messages
from tflab.protocol import codec, server
from tflab.session import forking
from tflab.session.loading import INLINE_BACKEND, ImportProgress, context_is_initialized
from tflab.session.print_listener import listen_to_prints, marked_stdout
from tflab.session.sandbox import survey
from tflab.session.streams import OutputStream

if TYPE_CHECKING:
    from tflab.session.prebuilt import Prebuilt


class ForkServer:
    """Answers requests of the lab on ``control``."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
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
        stdout, stderr = OutputStream("stdout", 1), OutputStream("stderr", 2)
        # Keras imports matplotlib where it is installed, and that reads this once.
        os.environ["MPLBACKEND"] = INLINE_BACKEND
        sys.stdout = sys.__stdout__ = stdout  # type: ignore[assignment,misc]
        sys.stderr = sys.__stderr__ = stderr  # type: ignore[assignment,misc]
        try:
            with ImportProgress(self._report) as progress:
                progress.load("numpy")
                tensorflow = progress.load("tensorflow")
                keras = progress.load("keras")
                progress.stage = "ipython"
                # Both import IPython and TensorFlow's inner modules; sessions then find them loaded.
                from tflab.session import session  # noqa: F401
                from tflab.session.prebuilt import Prebuilt

                prebuilt = Prebuilt.build(stdout, stderr, tensorflow.__version__, keras.__version__)
                if listen_to_prints(Path(str(tensorflow.__file__)).parent, stdout.write, stderr.write):
                    self._patches.enter_context(marked_stdout())
        except ModuleNotFoundError as error:
            self._fail(messages.text("client.module_missing", module=error.name or str(error)))
        # Whatever an import can raise: a library built for another system, a broken installation.
        except Exception as error:
            self._fail(messages.text("client.import_failed", error=_one_line(error)))
        if context_is_initialized():
            self._fail(messages.text("client.context_initialized"))
        forking.freeze_memory()
        self._send(
            server.ServerReady(
                tensorflow=prebuilt.tensorflow,
                keras=prebuilt.keras,
                python=prebuilt.python,
                seconds=time.perf_counter() - started,
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

    def _fail(self, message: str) -> NoReturn:
        self._send(server.ServerFailed(message=message))
        os._exit(1)

    # --- serving -------------------------------------------------------------------------------------------------

    def _send(self, event: server.ServerEvent) -> None:
        try:
            self._control.send(codec.encode(event))
        except OSError:
            self._end()

    def _answer(self) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, 1 << 20, 4)
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
            self._send(server.ForkFailed(fork_id=request.fork_id, message=_one_line(error)))
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

            channel, raw_output = descriptors
            run_session(self._prebuilt, spec, channel, raw_output, parent)
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


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def main() -> None:
    """Serves on the descriptor that the command line names."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    messages.use_language(messages.preferred_language())
    ForkServer(control).serve()


if __name__ == "__main__":
    # Under its real name: sessions replace ``__main__``.
    from tflab.session import fork_server

    fork_server.main()

"""The proving ground: a home, a victim and services to attack, as the lab of one user would see them.

Runs as a program of its own, as root or as another user: ``python -m tests.session.sandbox.ground FOLDER KERNEL``.
``KERNEL`` is JSON: the kernel to play, or null for the real one. Needs the standard library, msgspec and tflab only.
Prints one JSON line: what each attack did without a sandbox (only on the real kernel) and with it.
"""

from __future__ import annotations

import ctypes
import glob
import json
import os
import pty
import resource
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tflab
from tests.session.sandbox.attack import FACILITIES, Attack
from tests.session.sandbox.attacks import ATTACKS
from tflab.protocol.environment import scrubbed

SECRET = "a secret that no session may see"
MEMORY = 256 << 20
FILE_SIZE = 4 << 20
_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.shmat.restype = ctypes.c_void_p
_LIBC.mmap.restype = ctypes.c_void_p


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    return _state(pid) not in ("Z", "")


def is_stopped(pid: int) -> bool:
    """Whether the process stands still until it is told to go on."""
    return _state(pid) == "T"


def _state(pid: int) -> str:
    """The letter of the process's state; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return ""


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether ``condition`` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


class Services:
    """Things of other programs that an attack could reach, alive as long as the ground."""

    def __init__(self, folder: Path, mark: str) -> None:
        self._keep: list[socket.socket] = []
        self.names: dict[str, Any] = {
            "TCP": self._listen(socket.AF_INET, ("127.0.0.1", 0)),
            "UDP": self._receive(socket.AF_INET, ("127.0.0.1", 0)),
            "STREAM": self._listen(socket.AF_UNIX, str(folder / "docker.sock")),
            "DATAGRAM": self._receive(socket.AF_UNIX, str(folder / "log.sock")),
            "ABSTRACT": "\0" + mark,
            "SEGMENT": os.getpid(),
            "QUEUE": os.getpid(),
            "TCP6": 0,
        }
        self._listen(socket.AF_UNIX, "\0" + mark)
        try:
            self.names["TCP6"] = self._listen(socket.AF_INET6, ("::1", 0))
        except OSError:
            # A machine without IPv6; the facility's own try finds out.
            pass
        self._segment = _LIBC.shmget(self.names["SEGMENT"], 4096, 0o1600)
        if self._segment >= 0:
            ctypes.memmove(_LIBC.shmat(self._segment, None, 0), SECRET.encode(), len(SECRET))
        self._queue = _LIBC.msgget(self.names["QUEUE"], 0o1600)
        self._mark = mark
        self._posix_queue = _LIBC.syscall(_mq_open(), mark.encode(), 0o102, 0o600, None)

    def _listen(self, family: int, address: Any) -> Any:
        opened = socket.socket(family)
        opened.bind(address)
        opened.listen(64)
        self._keep.append(opened)
        return opened.getsockname()[1] if family != socket.AF_UNIX else address

    def _receive(self, family: int, address: Any) -> Any:
        opened = socket.socket(family, socket.SOCK_DGRAM)
        opened.bind(address)
        self._keep.append(opened)
        return opened.getsockname()[1] if family != socket.AF_UNIX else address

    def refill(self) -> None:
        """Puts a message where it may have been read."""
        if self._queue >= 0:
            message = ctypes.create_string_buffer((1).to_bytes(8, "little") + SECRET.encode())
            _LIBC.msgsnd(self._queue, message, len(SECRET), 0o4000)

    def close(self) -> None:
        """Takes away what outlives a process."""
        _LIBC.shmctl(self._segment, 0, None)
        _LIBC.msgctl(self._queue, 0, None)
        if self._posix_queue >= 0:
            _LIBC.syscall(_mq_open() + 1, self._mark.encode())


def _mq_open() -> int:
    """The number of mq_open(); mq_unlink() follows it."""
    return 240 if os.uname().machine == "x86_64" else 180


class Ground:
    """Folders, services and the two servers that fork sessions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = f"tflab-attack-{os.getpid()}"
        self.scratches = 0
        self.names: dict[str, Any] = {
            "HOME": str(folder / "home"),
            "STATE": str(folder / "home/.local/state/tflab"),
            "PROJECT": str(folder / "project"),
            "OUT": str(folder / "out"),
            "PACKAGES": sysconfig.get_path("purelib"),
            "CODE": str(Path(tflab.__file__).parent),
            "MARK": self.mark,
            "SECRET": SECRET,
            "MANY": 3000 if os.geteuid() == 0 else 512 + 24 * (os.cpu_count() or 1) + 64,
        }
        self.reset()
        self.services = Services(folder, self.mark)
        self.names.update(self.services.names)

    def reset(self) -> None:
        """Everything as it was before the first attack."""
        for name in ("home", "project", "out"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        home, project, out = self.folder / "home", self.folder / "project", self.folder / "out"
        for made in (home / ".ssh", home / "empty", Path(self.names["STATE"]), project, out):
            made.mkdir(parents=True)
        key = home / ".ssh/id_rsa"
        for path in (key, Path(self.names["STATE"]) / "progress.json", Path("/tmp") / self.mark):
            path.write_text(SECRET)
            path.chmod(0o600)
        try:
            os.setxattr(key, "user.secret", SECRET.encode())
        except OSError:
            # A file system without; the facility's own try finds out.
            pass
        Path("/dev/shm", self.mark).write_text(SECRET)
        (home / ".bashrc").write_text("# start\n")
        (project / "data.txt").write_text("data")
        (project / "link-to-key").symlink_to(key)
        (out / "result.txt").write_text("result")
        if os.geteuid() == 0:
            other = project / "of-another-user"
            other.write_text(SECRET)
            other.chmod(0o600)
            os.chown(other, 12345, 12345)
        for left in (*glob.glob(f"/tmp/{self.mark}?evil"), *glob.glob(f"/dev/shm/{self.mark}-big*")):
            os.unlink(left)
        (Path(self.names["PACKAGES"]) / f"{self.mark}.pth").unlink(missing_ok=True)
        code = Path(self.names["CODE"]) / "__init__.py"
        code.write_text(code.read_text().rstrip("#"))
        self.names["BASHRC_CHANGED"] = os.stat(home / ".bashrc").st_ctime_ns

    def scratch(self) -> Path:
        """A fresh scratch folder."""
        self.scratches += 1
        path = self.folder / "scratches" / str(self.scratches)
        path.mkdir(parents=True)
        return path

    @contextmanager
    def victim(self) -> Iterator[int]:
        """Another program of the same user, with a secret in its memory and one in an open file."""
        secret = ctypes.create_string_buffer(SECRET.encode())
        self.names["ADDRESS"] = ctypes.addressof(secret)
        opened = os.open(self.folder / "home/.ssh/id_rsa", os.O_RDONLY)
        self.names["VICTIM_FILE"] = opened
        ready, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            os.chdir(self.names["HOME"])
            # Where the system lets only parents debug: anyone may debug this one.
            _LIBC.prctl(0x59616D61, ctypes.c_ulong(2**64 - 1), 0, 0, 0)
            os.write(theirs, b"x")
            while True:
                signal.pause()
        os.close(opened)
        os.read(ready, 1)
        os.close(ready)
        os.close(theirs)
        self.names["VICTIM"] = pid
        try:
            yield pid
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def close(self) -> None:
        """Leaves nothing behind outside the folder."""
        self.reset()
        self.services.close()
        Path("/tmp", self.mark).unlink(missing_ok=True)
        Path("/dev/shm", self.mark).unlink(missing_ok=True)


class Server:
    """Forks a session an attack, as tflab's own does: launched with a clean environment, or without a sandbox not."""

    def __init__(self, ground: Ground, *, sandbox: bool, kernel: dict[str, Any] | None = None) -> None:
        self._ground = ground
        self.sandbox = sandbox
        # A signal that the sandbox held never comes; one that it did not hold comes as soon as the machine can.
        self.patience = 1.0 if sandbox else 20.0
        self._kernel = kernel
        ours, theirs = socket.socketpair()
        self._connection = ours.makefile("rw")
        environment = {**os.environ, "HOME": ground.names["HOME"], "DEPLOY_TOKEN": SECRET}
        leaked = os.open(ground.folder / "home/.ssh/id_rsa", os.O_RDONLY)
        terminal, session_side = pty.openpty()
        self._terminal = terminal
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.session.sandbox.ground_server", str(theirs.fileno()), str(leaked)],
            env=scrubbed(environment) if sandbox else environment,
            stdin=session_side,
            stderr=session_side,
            pass_fds=(theirs.fileno(), leaked),
            start_new_session=True,
        )
        for descriptor in (leaked, session_side):
            os.close(descriptor)
        theirs.close()

    def run(self, code: str, permissions: dict[str, Any] | None = None) -> dict[str, Any]:
        """``got``, and ``said``: what stood in the way."""
        ground = self._ground
        scratch = ground.scratch()
        names = {**ground.names, "SCRATCH": str(scratch), "COMES": self.patience}
        chosen: dict[str, Any] = {"scratch": str(scratch), "sandbox": self.sandbox}
        if self.sandbox:
            chosen.update(read=[names["PROJECT"]], write=[names["OUT"]], memory=MEMORY, file_size=FILE_SIZE)
            chosen.update(permissions or {})
        request = {"code": code, "names": names, "permissions": chosen, "kernel": self._kernel}
        self._connection.write(json.dumps(request) + "\n")
        self._connection.flush()
        answer: dict[str, Any] = json.loads(self._connection.readline())
        return answer

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)


def try_attack(ground: Ground, server: Server, attack: Attack) -> dict[str, Any]:
    """One attack against a fresh ground and a fresh victim."""
    ground.reset()
    ground.services.refill()
    patience = server.patience
    with ground.victim() as victim:
        answer = server.run(attack.code, attack.permissions)
        if attack.check:
            names = {
                "os": os,
                "resource": resource,
                "is_dead": lambda pid: wait_until(lambda: not is_alive(pid), patience if answer["got"] else 0.0),
                "is_stopped": lambda pid: wait_until(lambda: is_stopped(pid), patience if answer["got"] else 0.0),
                **ground.names,
                "VICTIM": victim,
            }
            harmed = bool(eval(attack.check, names))
            answer["said"] += "" if harmed else " (no effect outside)"
            answer["got"] = harmed
    return answer


def main() -> None:
    """Tries everything both ways and prints what happened."""
    folder, kernel = Path(sys.argv[1]), json.loads(sys.argv[2])
    began = time.monotonic()
    ground = Ground(folder)
    own = "root" if os.geteuid() == 0 else "user"
    attacks = [attack for attack in ATTACKS if attack.only in ("", own)]
    open_server, closed_server = Server(ground, sandbox=False), Server(ground, sandbox=True, kernel=kernel)
    results = []
    try:
        with ground.victim():
            facilities = {name: open_server.run(code)["got"] for name, code in FACILITIES.items()}
        for attack in attacks:
            possible = not attack.needs or facilities[attack.needs]
            bare = try_attack(ground, open_server, attack) if kernel is None else None
            boxed = try_attack(ground, closed_server, attack)
            results.append({"name": attack.name, "possible": possible, "bare": bare, "boxed": boxed})
    finally:
        for server in (open_server, closed_server):
            server.close()
        ground.close()
    print(json.dumps({"facilities": facilities, "attacks": results, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()

"""Forks one session an attack and reports what it got: ``python -m tests.session.sandbox.ground_server FD LEAKED``."""

from __future__ import annotations

import ctypes
import glob
import json
import mmap
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from tflab.protocol.server import Permissions
from tflab.session.sandbox import Kernel, confine, survey, syscalls

PATIENCE = 30.0
_MORE_CALLS = {"tgkill": (234, 131), "rt_sigqueueinfo": (129, 138)}
"""Numbers on x86_64 and aarch64 that only attacks need."""


def call(name: str, *arguments: Any) -> int:
    """A raw system call."""
    if name not in _MORE_CALLS:
        return syscalls.call(name, *arguments)
    number = _MORE_CALLS[name][os.uname().machine != "x86_64"]
    result = ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return int(result)


def machine_code(code: bytes) -> int:
    """Runs ``code`` and returns what it leaves in the accumulator."""
    area = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    area.write(code)
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(area)))
    return int(function())


def block_device() -> str:
    """A disk, or nothing."""
    found = [path for path in glob.glob("/dev/[vsx][d]*") + glob.glob("/dev/nvme*n*") if os.access(path, os.R_OK)]
    return found[0] if found else ""


def perf_attributes() -> Any:
    """Of a software clock."""
    return ctypes.create_string_buffer(struct.pack("<IIQ", 1, 112, 0) + bytes(24) + struct.pack("<Q", 1) + bytes(64))


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether ``condition`` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


_TOOLS = {
    "os": os,
    "socket": socket,
    "subprocess": subprocess,
    "signal": signal,
    "struct": struct,
    "ctypes": ctypes,
    "libc": ctypes.CDLL(None, use_errno=True),
    "call": call,
    "wait_until": wait_until,
    "is_alive": is_alive,
    "block_device": block_device,
    "machine_code": machine_code,
    "perf_attributes": perf_attributes,
}


def become_session(request: dict[str, Any], leaked: int, report: int) -> None:
    """In the fork: confined, then the attack; ``report`` gets ``got`` or what stood in the way."""
    wanted = request["permissions"]
    wanted.update(read=tuple(wanted.get("read", ())), write=tuple(wanted.get("write", ())))
    os.set_inheritable(report, True)
    os.setpgid(0, 0)
    try:
        confine(Permissions(**wanted), keep={report}, kernel=Kernel(**request["kernel"]) if request["kernel"] else None)
        names = {
            **request["names"],
            **_TOOLS,
            "LEAKED": leaked,
            "REPORT": report,
            "got": lambda value: value and os.write(report, b"got"),
        }
        exec(request["code"], names)
    except BaseException as error:
        os.write(report, f"{type(error).__name__}: {error}"[:300].encode())


def answer(request: dict[str, Any], leaked: int) -> dict[str, Any]:
    """Runs one attack in a session of its own."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        try:
            become_session(request, leaked, theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    said = b""
    deadline = time.monotonic() + PATIENCE
    while select.select([ours], [], [], max(deadline - time.monotonic(), 0))[0]:
        data = os.read(ours, 4096)
        if not data:
            break
        said += data
        if said.startswith(b"got"):
            break
    else:
        said = b"no answer in time"
    if said.startswith(b"got"):
        # What it does last, its own cleaning up, still counts.
        wait_until(lambda: not is_alive(pid), 10.0)
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    _, status = os.waitpid(pid, 0)
    os.close(ours)
    text = said.decode(errors="replace") or f"ended with {os.waitstatus_to_exitcode(status)}"
    return {"got": text.startswith("got"), "said": text}


def main() -> None:
    """Answers requests, a JSON line each, until the lab closes the connection."""
    # The parent dies with nobody to wait for it: so does this process.
    connection = socket.socket(fileno=int(sys.argv[1])).makefile("rw")
    leaked = int(sys.argv[2])
    survey()
    import fcntl
    import termios

    try:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    except OSError:
        # Nobody's terminal; the facility's own try finds out.
        pass
    for line in connection:
        connection.write(json.dumps(answer(json.loads(line), leaked)) + "\n")
        connection.flush()


if __name__ == "__main__":
    main()

"""What the sandbox really holds: each probe tries, in the session itself, what a hostile program would.

The table of probes and levels is data in `tflab.protocol.isolation`. A probe never harms: what it tries is
harmless where it goes through, and undone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from tflab.messages import text
from tflab.protocol.environment import is_allowed
from tflab.protocol.events import Isolation
from tflab.protocol.isolation import COMFORTS, PROBES, ProbeResult, level_of
from tflab.session.sandbox import descriptors, limits
from tflab.session.sandbox.confinement import Confinement
from tflab.session.sandbox.namespaces import SHARED_MEMORY, TEMPORARY, is_below
from tflab.session.sandbox.syscalls import call

_REFUSALS: Final = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSYS, errno.EAFNOSUPPORT)


class _WentThrough(Exception):
    """What should have been refused was not; the message says what."""


def _refused(what: str, action: Callable[[], object]) -> str:
    """Does ``action`` and expects a refusal. Raises `_WentThrough`."""
    try:
        action()
    except OSError as error:
        if error.errno in _REFUSALS:
            return f"{what}: {error.strerror}"
        raise _WentThrough(f"{what}: {error.strerror}") from None
    raise _WentThrough(what)


def _folders_outside(confinement: Confinement) -> Iterator[str]:
    """Folders that the session was not given, the user's own first."""
    permissions = confinement.permissions
    given = [os.path.realpath(path) for path in (*permissions.read, *permissions.write)]
    given += confinement.private
    for folder in (*confinement.homes, "/"):
        if not any(is_below(folder, path) for path in given):
            yield folder


def _files_read(confinement: Confinement) -> str:
    observed = [_refused(f"list {folder}", partial(os.listdir, folder)) for folder in _folders_outside(confinement)]
    return observed[0] if observed else text("sandbox.opened_by_permission")


def _files_write(confinement: Confinement) -> str:
    def create(path: str) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        os.unlink(path)

    paths = [os.path.join(folder, f".tflab-probe-{os.getpid()}") for folder in _folders_outside(confinement)]
    observed = [_refused(f"create {path}", partial(create, path)) for path in paths]
    return observed[0] if observed else text("sandbox.opened_by_permission")


def _network(confinement: Confinement) -> str:
    def unix() -> None:
        socket.socket(socket.AF_UNIX).close()

    def internet(kind: socket.SocketKind) -> None:
        with socket.socket(socket.AF_INET, kind) as opened:
            opened.settimeout(0.2)
            opened.connect(("127.0.0.1", 9))

    observed = _refused("socket(AF_UNIX)", unix)
    if confinement.permissions.network:
        return observed
    _refused("UDP", lambda: internet(socket.SOCK_DGRAM))
    if confinement.permissions.reaches and _is_alone():
        # Whatever it connects to is one of its own cluster.
        return "lo"
    return _refused("TCP 127.0.0.1", lambda: internet(socket.SOCK_STREAM))


def _is_alone() -> bool:
    """Whether this process's network is a loopback interface and no other."""
    with open("/proc/self/net/dev", encoding="ascii", errors="replace") as file:
        names = [line.partition(":")[0].strip() for line in file if ":" in line]
    # Some kernels give every network such tunnels, which are down.
    return set(names) - {"tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0"} == {"lo"}


def _signals(confinement: Confinement) -> str:
    return _refused("kill(parent, 0)", lambda: os.kill(os.getppid(), 0))


def _memory(confinement: Confinement) -> str:
    parent = os.getppid()

    def read() -> None:
        os.close(os.open(f"/proc/{parent}/mem", os.O_RDONLY | os.O_CLOEXEC))

    buffer = ctypes.create_string_buffer(16)
    _refused("process_vm_readv(parent)", lambda: call("process_vm_readv", parent, buffer, 0, buffer, 0, 0))
    return _refused(f"open /proc/{parent}/mem", read)


def _metadata(confinement: Confinement) -> str:
    for folder in _folders_outside(confinement):
        before = os.stat(folder)
        try:
            os.chmod(folder, before.st_mode & 0o7777)
        except OSError as error:
            if error.errno in _REFUSALS:
                return f"chmod {folder}: {error.strerror}"
            raise
        if os.stat(folder).st_ctime_ns != before.st_ctime_ns:
            raise _WentThrough(f"chmod {folder}")
        return f"chmod {folder}: no effect"
    return text("sandbox.opened_by_permission")


def _kernel(confinement: Confinement) -> str:
    _refused("unshare", lambda: call("unshare", 0))
    return _refused("keyctl", lambda: call("keyctl", 0, -1, 0))


def _privileges(confinement: Confinement) -> str:
    with open("/proc/self/status", encoding="utf-8", errors="replace") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    if int(status["CapEff"], 16) or int(status["CapPrm"], 16):
        raise _WentThrough(f"CapEff {status['CapEff']}")
    if status["NoNewPrivs"] != "1":
        raise _WentThrough(f"NoNewPrivs {status['NoNewPrivs']}")
    return f"CapEff {status['CapEff']}, NoNewPrivs 1"


def _descriptors(confinement: Confinement) -> str:
    surplus = descriptors.open_descriptors() - descriptors.STANDARD - confinement.kept
    if surplus:
        raise _WentThrough(f"open: {sorted(surplus)}")
    return f"{len(confinement.kept)} + 3"


def _environment(confinement: Confinement) -> str:
    with open("/proc/self/environ", encoding="utf-8", errors="replace") as file:
        launched = [entry.partition("=")[0] for entry in file.read().split("\0") if entry]
    given = _OWN_NAMES | {name for name, _ in confinement.permissions.variables}
    surplus = sorted({name for name in (*launched, *os.environ) if not is_allowed(name) and name not in given})
    if surplus:
        raise _WentThrough(", ".join(surplus))
    return f"{len(os.environ)}"


_OWN_NAMES: Final = frozenset({"TMP", "TEMP", "JUPYTER_CONFIG_DIR"})


def _limits(confinement: Confinement) -> str:
    permissions = confinement.permissions
    wanted = [("RLIMIT_CORE", resource.RLIMIT_CORE, 0), ("RLIMIT_FSIZE", resource.RLIMIT_FSIZE, permissions.file_size)]
    if permissions.memory is not None:
        wanted.append(("RLIMIT_DATA", resource.RLIMIT_DATA, permissions.memory * 2 + limits.data_in_use()))
    for name, kind, most in wanted:
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or hard > most:
            raise _WentThrough(name)
    return ", ".join(name for name, _, _ in wanted)


def _private_temporary(confinement: Confinement) -> str:
    if TEMPORARY not in confinement.private:
        raise _WentThrough(TEMPORARY)
    return TEMPORARY


def _shared_memory(confinement: Confinement) -> str:
    if SHARED_MEMORY not in confinement.private:
        raise _WentThrough(SHARED_MEMORY)
    return SHARED_MEMORY


_PROBES: Final[dict[str, Callable[[Confinement], str]]] = {
    "limits": _limits,
    "files-read": _files_read,
    "files-write": _files_write,
    "network": _network,
    "memory": _memory,
    "privileges": _privileges,
    "descriptors": _descriptors,
    "environment": _environment,
    "signals": _signals,
    "metadata": _metadata,
    "kernel": _kernel,
    "private-temporary": _private_temporary,
    "shared-memory": _shared_memory,
}


def probe_isolation(confinement: Confinement) -> tuple[ProbeResult, ...]:
    """Tries everything on this process and says what held."""
    results = []
    for name in (*PROBES, *COMFORTS):
        try:
            results.append(ProbeResult(name=name, held=True, observed=_PROBES[name](confinement)))
        except _WentThrough as through:
            results.append(ProbeResult(name=name, held=False, observed=str(through)))
        except (OSError, ValueError, KeyError) as error:
            results.append(ProbeResult(name=name, held=False, observed=f"{type(error).__name__}: {error}"))
    return tuple(results)


def measure_isolation(confinement: Confinement) -> tuple[Isolation, tuple[str, ...]]:
    """The level that this process reaches, and a short phrase for each thing that is missing for ``full``."""
    results = probe_isolation(confinement)
    missing = tuple(
        text(f"sandbox.missing.{result.name}") for result in results if not result.held and result.name in PROBES
    )
    return level_of({result.name for result in results if result.held}), missing

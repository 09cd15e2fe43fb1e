"""Limits on what a session may use, and the rights that root gives up.

Memory, processes and the scratch folder are watched from outside (`tflab.client.watchdog`); what is here are backstops
for what grows faster than one can look. RLIMIT_AS cannot be used with TensorFlow, which reserves address space by the
gigabyte; RLIMIT_DATA stops one huge allocation. Root is exempt from RLIMIT_NPROC whatever it gives up.
"""

from __future__ import annotations

import ctypes
import os
import re
import resource
import signal
import struct
from typing import Final

from tflab.session.sandbox.syscalls import call, forbid_new_privileges, prctl, write_setting

DATA_PER_MEMORY: Final = 1.5
"""RLIMIT_DATA over the memory limit: it counts what is reserved, not what is used."""
OPEN_FILES: Final = 65536
PROCESSES_MORE: Final = 32
"""RLIMIT_NPROC over the limit on processes: the lab, which can say why, is to be the first to act."""
CPU_GRACE: Final = 2
"""Seconds between SIGXCPU and SIGKILL."""
OUT_OF_MEMORY_SCORE: Final = 800
"""Of 1000: the kernel ends a session before anything else of the user."""

_RELEASE: Final = re.compile(r"(\d+)\.(\d+)")
_PR_CAPBSET_DROP: Final = 24
_PR_SET_SECUREBITS: Final = 28
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_SECURE_NO_ROOT_LOCKED: Final = 0b11 | 0b11 << 2 | 0b10 << 4 | 0b11 << 6
"""NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each locked, and KEEP_CAPS locked off."""
_CAPABILITY_VERSION_3: Final = 0x20080522


def namespaces_count_processes() -> bool:
    """Whether RLIMIT_NPROC in a user namespace counts only what lives in it: since Linux 5.14."""
    release = _RELEASE.match(os.uname().release)
    return release is not None and (int(release[1]), int(release[2])) >= (5, 14)


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _threads_of_user() -> int:
    """Threads of this user on the machine: RLIMIT_NPROC counts them all."""
    own = os.getuid()
    count = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == own:
                    # The folder has two links and one more a thread.
                    count += max(os.stat(f"/proc/{name}/task").st_nlink - 2, 1)
            except OSError:
                pass
    return count


def limit(
    *, memory: int | None, file_size: int, cpu_seconds: int | None, processes: int | None, counts_alone: bool
) -> None:
    """Lowers the limits of this process and all that it starts, for good.

    ``memory`` and ``file_size`` in bytes, ``processes`` with their threads. ``counts_alone``: processes are counted for
    this session and not for the whole user, as in a user namespace since Linux 5.14. Raises OSError or ValueError.
    """
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    # Then a file that grows too large is an OSError, not the end of the process.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _lower(resource.RLIMIT_FSIZE, file_size)
    if memory is not None:
        # What the fork inherited counts here, though not for the watchdog, which is to be the first to act.
        _lower(resource.RLIMIT_DATA, int(memory * DATA_PER_MEMORY) + data_in_use())
    if cpu_seconds is not None:
        _lower(resource.RLIMIT_CPU, cpu_seconds + CPU_GRACE)
        # SIGXCPU at the soft limit tells this end from others; the hard one cannot be caught.
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    if processes is not None and os.getuid() != 0:
        others = 0 if counts_alone else _threads_of_user()
        _lower(resource.RLIMIT_NPROC, others + processes + PROCESSES_MORE)


def data_in_use() -> int:
    """Bytes of this process that RLIMIT_DATA counts; 0 where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            found = re.search(r"^VmData:\s+(\d+) kB", status.read(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def offer_to_out_of_memory_killer() -> None:
    """Makes this process the first to go where the machine runs out of memory. Raises OSError."""
    write_setting("/proc/self/oom_score_adj", str(OUT_OF_MEMORY_SCORE))


def drop_capabilities() -> None:
    """Gives up every capability of this process and any that a program could gain, for good. Raises OSError."""
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    try:
        prctl(_PR_SET_SECUREBITS, _SECURE_NO_ROOT_LOCKED)
        for capability in range(64):
            prctl(_PR_CAPBSET_DROP, capability)
    except OSError:
        # No right to, which an ordinary user never has, or past the last capability that this kernel knows.
        pass
    header = ctypes.create_string_buffer(struct.pack("<Ii", _CAPABILITY_VERSION_3, 0), 8)
    nothing = ctypes.create_string_buffer(24)
    call("capset", header, nothing)
    forbid_new_privileges()

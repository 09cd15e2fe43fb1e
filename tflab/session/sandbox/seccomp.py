"""What a session's system calls may be: the table of rules, and the call that loads them.

Landlock decides about files; this decides about what Landlock does not know: sockets, other processes, namespaces,
metadata, and parts of the kernel that a training program has no use for.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from dataclasses import dataclass
from functools import cache
from typing import Final

from tflab.session.sandbox.bpf import Condition, Rule, compile_rules, fail
from tflab.session.sandbox.syscalls import Architecture, call, forbid_new_privileges, machine

_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_SOCK_STREAM, _SOCK_DGRAM, _SOCK_TYPE_MASK = 1, 2, 0xF
_ANY_PROTOCOL, _IPPROTO_TCP = 0, 6
_NETLINK_ROUTE = 0
_CLONE_THREAD = 0x00010000
_CLONE_NEW = (0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x00020000)
_TIOCSTI, _TIOCLINUX, _TIOCSETD = 0x5412, 0x541C, 0x5423
_O_TRUNC, _O_ACCMODE = 0x200, 0x3
_SET_ID_BITS = (0o4000, 0o2000)
_OWN_PID = 0x7FFFFFF1
"""Stands for the session's process id, which is never that large."""
_AS_VALUE = struct.Struct("<I")
_PRIO_PROCESS, _IOPRIO_WHO_PROCESS = 0, 1

_DENIED = fail(errno.EPERM)
_NO_ACCESS = fail(errno.EACCES)
_NOT_THERE = fail(errno.ENOSYS)
_NOT_SUPPORTED = fail(errno.ENOTSUP)
_PRETENDED = fail(0)

OTHER_PROCESSES: Final = (
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "process_mrelease",
    "pidfd_getfd",
    "kcmp",
    "move_pages",
    "migrate_pages",
)
NAMESPACES_AND_MOUNTS: Final = (
    "unshare",
    "setns",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "move_mount",
    "open_tree",
    "open_tree_attr",
    "mount_setattr",
    "statmount",
    "listmount",
    # Handles open files without a path, which is what Landlock goes by.
    "open_by_handle_at",
    "name_to_handle_at",
)
KERNEL: Final = (
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "swapon",
    "swapoff",
    "acct",
    "syslog",
    "settimeofday",
    "clock_settime",
    "personality",
    "quotactl",
    "quotactl_fd",
    "sethostname",
    "setdomainname",
    "vhangup",
    "iopl",
    "ioperm",
    "modify_ldt",
    "uselib",
    "lookup_dcookie",
    "fanotify_init",
    "fanotify_mark",
    # Names of files that others touch, in folders that cannot be read.
    "inotify_add_watch",
)
METADATA: Final = (
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "utime",
    "utimes",
    "futimesat",
    "utimensat",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
)
EXTENDED_ATTRIBUTES: Final = (
    "getxattr",
    "lgetxattr",
    "listxattr",
    "llistxattr",
    "getxattrat",
    "listxattrat",
    "setxattrat",
    "removexattrat",
    "file_getattr",
    "file_setattr",
)
SHARED_MEMORY: Final = (
    "shmget",
    "shmat",
    "shmctl",
    "msgget",
    "msgctl",
    "msgrcv",
    "msgsnd",
    "semget",
    "semctl",
    "semop",
    "semtimedop",
    "mq_open",
    "mq_unlink",
)


@dataclass(frozen=True)
class Filter:
    """What the rules depend on."""

    network: bool = False
    tcp: bool = False
    """Without ``network``: TCP sockets and no other, whose ports Landlock decides about."""
    processes: bool = True
    private_ipc: bool = False
    """True where System V memory and message queues are the session's own."""
    read_only_outside: bool = False
    """True where mounts keep metadata outside from changing, so that it can change inside."""
    truncate_handled: bool = True
    """False for a Landlock that does not know truncation (ABI 1 and 2)."""


def _network_rules(options: Filter) -> list[Rule]:
    # A datagram socket of a pair can still be sent elsewhere, to /dev/log or the journal, say.
    pair = Rule(("socketpair",), _NO_ACCESS, (Condition(1, (_SOCK_DGRAM,), mask=_SOCK_TYPE_MASK),))
    if options.tcp and not options.network:
        return [
            Rule(("socket",), _NO_ACCESS, (Condition(0, (_AF_INET, _AF_INET6), negated=True),)),
            Rule(("socket",), _NO_ACCESS, (Condition(1, (_SOCK_STREAM,), mask=_SOCK_TYPE_MASK, negated=True),)),
            # Landlock takes MPTCP and SCTP, streams too, for none of its business.
            Rule(("socket",), _NO_ACCESS, (Condition(2, (_ANY_PROTOCOL, _IPPROTO_TCP), negated=True),)),
            pair,
        ]
    if not options.network:
        return [Rule(("socket", "connect", "bind", "listen"), _NO_ACCESS), pair]
    # Never AF_UNIX: the sockets of Docker, D-Bus and ssh-agent are ways out. Addresses and DNS need netlink's routes.
    families = (_AF_INET, _AF_INET6, _AF_NETLINK)
    return [
        Rule(("socket",), _NO_ACCESS, (Condition(0, families, negated=True),)),
        Rule(("socket",), _NO_ACCESS, (Condition(0, (_AF_NETLINK,)), Condition(2, (_NETLINK_ROUTE,), negated=True))),
        pair,
    ]


def _process_rules(options: Filter) -> list[Rule]:
    # glibc then uses clone(), whose flags can be read here.
    rules = [Rule(("clone3",), _NOT_THERE)]
    rules += [Rule(("clone",), _DENIED, (Condition(0, (flag,), mask=flag),)) for flag in _CLONE_NEW]
    if not options.processes:
        rules.append(Rule(("fork", "vfork", "execve", "execveat"), _DENIED))
        rules.append(Rule(("clone",), _DENIED, (Condition(0, (0,), mask=_CLONE_THREAD),)))
    # Both are ways to say "myself".
    myself = (0, _OWN_PID)
    elsewhere = Condition(0, myself, negated=True)
    rules.append(
        Rule(
            ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"),
            _DENIED,
            (elsewhere,),
        )
    )
    for name, process in (("setpriority", _PRIO_PROCESS), ("ioprio_set", _IOPRIO_WHO_PROCESS)):
        rules.append(Rule((name,), _DENIED, (Condition(0, (process,), negated=True),)))
        rules.append(Rule((name,), _DENIED, (Condition(1, myself, negated=True),)))
    return rules


def _file_rules(options: Filter) -> list[Rule]:
    rules = [Rule(EXTENDED_ATTRIBUTES, _NOT_SUPPORTED)]
    if options.read_only_outside:
        mode = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2}
        rules += [
            Rule((name,), _DENIED, (Condition(position, (bit,), mask=bit),))
            for name, position in mode.items()
            for bit in _SET_ID_BITS
        ]
    else:
        # Pretended, not refused: copies and archives set times and modes and would fail for nothing.
        rules.append(Rule(METADATA, _PRETENDED))
    if not options.truncate_handled:
        rules.append(Rule(("truncate",), _NO_ACCESS))
        rules.append(Rule(("openat2",), _NOT_THERE))
        for name, position in (("open", 1), ("openat", 2)):
            # Reading with O_TRUNC empties a file that may only be read.
            truncates = Condition(position, (_O_TRUNC,), mask=_O_TRUNC | _O_ACCMODE)
            rules.append(Rule((name,), _NO_ACCESS, (truncates,)))
    return rules


def rules_for(options: Filter) -> list[Rule]:
    """The rules, in the order in which they are tried."""
    rules = [Rule((*OTHER_PROCESSES, *NAMESPACES_AND_MOUNTS, *KERNEL), _DENIED)]
    rules += _network_rules(options)
    rules += _process_rules(options)
    rules += _file_rules(options)
    # Keystrokes into the terminal that the lab runs in.
    rules.append(Rule(("ioctl",), _DENIED, (Condition(1, (_TIOCSTI, _TIOCLINUX, _TIOCSETD)),)))
    if not options.private_ipc:
        rules.append(Rule(SHARED_MEMORY, _DENIED))
    return rules


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


_SET_MODE_FILTER = 1
_GET_ACTION_AVAILABLE = 2
_SYNCHRONISE_THREADS = 1
_ALLOW_SPECULATION = 4
"""Without it kernels before 5.16 slow the whole process down against speculative store bypass."""


def is_available() -> bool:
    """Whether this kernel loads filters."""
    if machine() is None:
        return False
    action = ctypes.c_uint32(fail(0))
    try:
        call("seccomp", _GET_ACTION_AVAILABLE, 0, ctypes.byref(action))
    except OSError:
        return False
    return True


@cache
def _template(options: Filter, architecture: Architecture) -> bytes:
    return compile_rules(rules_for(options), architecture)


def program_for(options: Filter, architecture: Architecture, own_pid: int) -> bytes:
    """The filter of the process ``own_pid``. Raises KeyError for an architecture that is not known."""
    # Compiled once for all sessions of a server: only this number differs.
    return _template(options, architecture).replace(_AS_VALUE.pack(_OWN_PID), _AS_VALUE.pack(own_pid))


def load(options: Filter) -> None:
    """Puts the rules in force for this process and all that it starts, for good. Raises OSError."""
    name = machine()
    if name is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    program = program_for(options, name, os.getpid())
    buffer = ctypes.create_string_buffer(program, len(program))
    argument = _Program(len(program) // 8, ctypes.addressof(buffer))
    forbid_new_privileges()
    try:
        call("seccomp", _SET_MODE_FILTER, _SYNCHRONISE_THREADS | _ALLOW_SPECULATION, ctypes.byref(argument))
    except OSError:
        call("seccomp", _SET_MODE_FILTER, 0, ctypes.byref(argument))

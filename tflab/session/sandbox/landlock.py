"""Landlock: files by allow-list, TCP, signals and abstract sockets, as far as the kernel's ABI goes.

ABI 1 (Linux 5.13) knows files, 2 renames between folders, 3 truncation, 4 TCP, 5 device ioctls, 6 signals and
abstract unix sockets, 7 says whether denials are logged. What an ABI does not know stays open, so `isolation` measures.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tflab.session.sandbox.syscalls import call, forbid_new_privileges, machine

LATEST_ABI: Final = 7
"""The newest that is used; a newer kernel gives at least this."""

EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
REMOVE_DIR: Final = 1 << 4
REMOVE_FILE: Final = 1 << 5
MAKE_CHAR: Final = 1 << 6
MAKE_DIR: Final = 1 << 7
MAKE_REG: Final = 1 << 8
MAKE_SOCK: Final = 1 << 9
MAKE_FIFO: Final = 1 << 10
MAKE_BLOCK: Final = 1 << 11
MAKE_SYM: Final = 1 << 12
REFER: Final = 1 << 13
TRUNCATE: Final = 1 << 14
IOCTL_DEV: Final = 1 << 15

READ: Final = READ_FILE | READ_DIR
WRITE: Final = (
    WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE
)
DEVICE: Final = READ | WRITE_FILE | IOCTL_DEV

_FILE_RIGHTS: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
"""The rights that a rule on something other than a folder may carry."""
_TCP_BIND, _TCP_CONNECT = 1, 2
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 3
_QUERY_VERSION: Final = 1
_PATH_BENEATH, _NET_PORT = 1, 2
_DO_NOT_LOG: Final = 1


@dataclass(frozen=True)
class Grant:
    """Rights on one file, or on a folder and all below it."""

    path: str
    rights: int


@dataclass(frozen=True)
class Ports:
    """TCP ports that stay open. Landlock (ABI 4) goes by the port alone, whatever the address."""

    listens: tuple[int, ...] = ()
    reaches: tuple[int, ...] = ()


_NO_PORTS: Final = Ports()


def handled_rights(abi: int) -> int:
    """Every right on files that ``abi`` decides about: what a grant does not name is then refused."""
    rights = (MAKE_SYM << 1) - 1
    if abi >= 2:
        rights |= REFER
    if abi >= 3:
        rights |= TRUNCATE
    if abi >= 5:
        rights |= IOCTL_DEV
    return rights


def available_abi() -> int:
    """The ABI of this kernel, at most `LATEST_ABI`; 0 without Landlock."""
    if machine() is None:
        return 0
    try:
        return min(call("landlock_create_ruleset", None, 0, _QUERY_VERSION), LATEST_ABI)
    except OSError:
        return 0


def _attributes(abi: int, network: bool) -> bytes:
    attributes = struct.pack("<Q", handled_rights(abi))
    if abi >= 4:
        attributes += struct.pack("<Q", 0 if network else _TCP_BIND | _TCP_CONNECT)
    if abi >= 6:
        attributes += struct.pack("<Q", _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS)
    return attributes


def _add(ruleset: int, grant: Grant, handled: int) -> bool:
    try:
        descriptor = os.open(grant.path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        # Not there, or not for this user: nothing to grant.
        return False
    try:
        rights = grant.rights & handled
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _FILE_RIGHTS
        rule = struct.pack("<Qi", rights, descriptor)
        call("landlock_add_rule", ruleset, _PATH_BENEATH, ctypes.create_string_buffer(rule, len(rule)), 0)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _add_ports(ruleset: int, ports: Ports) -> None:
    for port in {*ports.listens, *ports.reaches}:
        rights = (_TCP_BIND if port in ports.listens else 0) | (_TCP_CONNECT if port in ports.reaches else 0)
        rule = struct.pack("<QQ", rights, port)
        call("landlock_add_rule", ruleset, _NET_PORT, ctypes.create_string_buffer(rule, len(rule)), 0)


def restrict(grants: Iterable[Grant], abi: int, *, network: bool, ports: Ports = _NO_PORTS) -> int:
    """Confines this process, and all that it starts, to ``grants``, for good.

    ``network`` leaves TCP alone; else ``ports`` are all that is open of it (ABI 4). Returns the number of grants that
    apply; paths that do not exist are passed over. Raises OSError.
    """
    attributes = _attributes(abi, network)
    handled = handled_rights(abi)
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    ruleset = call("landlock_create_ruleset", buffer, len(attributes), 0)
    try:
        if abi >= 4 and not network:
            _add_ports(ruleset, ports)
        applied = sum(_add(ruleset, grant, handled) for grant in grants)
        forbid_new_privileges()
        call("landlock_restrict_self", ruleset, _DO_NOT_LOG if abi >= 7 else 0)
    finally:
        os.close(ruleset)
    return applied
